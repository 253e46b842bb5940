"""The table that ./run bench prints."""

import os
import platform

WIDTH = 38
COLUMNS = f"{'CPU':>8}{'queries':>9}"
HEADER = f"{'':{WIDTH}}{'ours':>8}{COLUMNS}{'peer':>10}{COLUMNS}{'ratio':>7}{'CPU':>7}"
# Our steps and the peer's that have no counterpart, each under the line of the whole.
OURS = {
    "decide": "decide",
    "create": "create actions and lines",
    "rest": "batches, logs, chatter, commits",
}
PEERS = {
    "levels": "A level run",
    "ready": "B set to ready",
    "communications": "C build communications",
}


def describe_machine() -> str:
    """Return what the figures were taken on."""
    return (
        f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, "
        f"Python {platform.python_version()}, single runs"
    )


def format_results(results: list[dict]) -> str:
    """Return the table of all sizes."""
    return "\n".join(line for result in results for line in _format_size(result))


def _format_size(result: dict) -> list[str]:
    ours, peer = result["ours"], result["peer"] or {}
    penalties = result["penalties"]
    letters, emails = ours["numbers"]["letters"], ours["numbers"]["emails"]
    return [
        "",
        f"{result['items']:,} open items of {result['customers']:,} customers",
        HEADER,
        _compare("run (seconds)", ours["run"], peer.get("run")),
        *(_compare(f"  {title}", ours[name], None) for name, title in OURS.items()),
        *(
            _compare(f"  {title}", None, peer[name])
            for name, title in PEERS.items()
            if peer
        ),
        _compare(
            f"a letter, {letters} in a batch (ms)",
            _each(ours, "letters"),
            _each(peer, "letters"),
        ),
        _compare(
            f"an e-mail with its PDF, {emails} (ms)",
            _each(ours, "emails"),
            _each(peer, "emails"),
        ),
        _compare("floor: one INSERT ... SELECT (seconds)", result["floor"], None),
        _compare("penalties, row by row (seconds)", penalties["penalties"], None),
        f"{'  rows given':{WIDTH}}{penalties['rows']:>8,}",
        _compare("floor: items and payments read (s)", penalties["floor"], None),
    ]


def _each(product: dict, what: str) -> dict | None:
    """Return the cost of one of many letters or e-mails, in milliseconds."""
    if not product:
        return None
    number = product["numbers"][what]
    units = {"seconds": number / 1000, "cpu": number / 1000, "queries": number}
    return {name: product[what][name] / unit for name, unit in units.items()}


def _compare(title: str, ours: dict | None, peer: dict | None) -> str:
    ratios = ""
    if ours and peer:
        ratios = "".join(
            f"{_ratio(ours[name], peer[name]):>7}" for name in ("seconds", "cpu")
        )
    return f"{title:{WIDTH}}{_cost(ours, 8)}{_cost(peer, 10)}{ratios}".rstrip()


def _ratio(ours: float, peer: float) -> str:
    times = peer / ours
    return f"1/{times:.{0 if times >= 10 else 1}f}"


def _cost(cost: dict | None, width: int) -> str:
    if cost is None:  # the other one does not do it
        return f"{'-':>{width}}" + " " * len(COLUMNS)
    seconds, cpu = _number(cost["seconds"]), _number(cost["cpu"])
    return f"{seconds:>{width}}{cpu:>8}{cost['queries']:>9,.0f}"


def _number(value: float) -> str:
    return f"{value:,.{0 if value >= 100 else 2}f}"
