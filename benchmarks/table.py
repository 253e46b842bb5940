"""The table that ./run bench prints."""

import os
import platform

WIDTH = 38
HEADER = f"{'':{WIDTH}}{'ours':>10}{'queries':>9}{'peer':>12}{'queries':>9}{'ratio':>8}"
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
    emails, peer_emails = ours["email_count"], peer.get("email_count", 1)
    letters = result["letters"]
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
            _each(ours["letters"], letters),
            _each(peer.get("letters"), letters),
        ),
        _compare(
            f"an e-mail with its PDF, {emails} (ms)",
            _each(ours["emails"], emails),
            _each(peer.get("emails"), peer_emails),
        ),
        _compare("floor: one INSERT ... SELECT (seconds)", result["floor"], None),
    ]


def _each(cost: dict | None, count: int) -> dict | None:
    """Return the cost of one of many, in milliseconds."""
    if cost is None:
        return None
    return {
        "seconds": cost["seconds"] * 1000 / count,
        "queries": cost["queries"] / count,
    }


def _compare(title: str, ours: dict | None, peer: dict | None) -> str:
    ratio = ""
    if ours and peer:
        ratio = f"1/{peer['seconds'] / ours['seconds']:.0f}"
    line = f"{title:{WIDTH}}{_cost(ours, 10)}{_cost(peer, 12)}{ratio:>8}"
    return line.rstrip()


def _cost(cost: dict | None, width: int) -> str:
    if cost is None:
        return " " * (width + 9)
    seconds = cost["seconds"]
    return f"{seconds:>{width},.{0 if seconds >= 100 else 2}f}{cost['queries']:>9,.0f}"
