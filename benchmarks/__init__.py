"""./run bench: what the daily run costs, beside its peer; README.md explains."""
