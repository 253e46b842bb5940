"""For `odoo shell`: make the measurement BENCH_WHAT and print it as JSON."""

# ruff: noqa: F821  (`env` is the shell's)

import importlib
import json
import os

module = importlib.import_module(f"benchmarks.{os.environ['BENCH_WHAT']}")
print(json.dumps(module.measure(env, **json.loads(os.environ["BENCH_OPTIONS"]))))
