"""./run bench: populate companies, measure ours and the peer, print one table."""

import argparse

from benchmarks import peer_package, table
from benchmarks.company import Bench
from tooling import odoo
from tooling.console import step
from tooling.paths import MODULE

SIZES = (1_000, 10_000, 100_000)
ITEMS_PER_CUSTOMER = 10
PEER_LIMIT = 10_000  # items: beyond, the peer takes hours
LETTERS, EMAILS = 200, 50
# Fewer of the peer's: each e-mail takes seconds, and 200 letters crash the converter.
PEER_LETTERS, PEER_EMAILS = 40, 5


def main(args: list[str]) -> int:
    """What a daily run costs, beside its peer (--sizes N,N; --no-peer)."""
    options = _parse(args)
    with_peer = options.peer and min(options.sizes) <= PEER_LIMIT
    addons = [peer_package.ensure(odoo.ensure().python)] if with_peer else []
    results = []
    with Bench(addons) as bench:
        for items in options.sizes:
            peer = with_peer and items <= PEER_LIMIT
            results.append(_measure(bench, items, peer))
    print(table.describe_machine())
    print(table.format_results(results))
    return 0


def _parse(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=main.__doc__)
    parser.add_argument(
        "--sizes",
        type=_parse_sizes,
        default=SIZES,
        metavar="N,N",
        help=f"numbers of open items, by default {','.join(map(str, SIZES))}",
    )
    parser.add_argument(
        "--no-peer", dest="peer", action="store_false", help="measure ours alone"
    )
    return parser.parse_args(args)


def _parse_sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in text.split(","))
    if min(sizes) < ITEMS_PER_CUSTOMER:
        raise ValueError(text)
    return sizes


def _measure(bench: Bench, items: int, with_peer: bool) -> dict:
    """Return what was measured with a number of open items."""
    customers = items // ITEMS_PER_CUSTOMER
    result = {"items": items, "customers": customers, "peer": None}
    with bench.populated(items, customers) as data:
        result["floor"] = bench.measure("floor", data)["floor"]
        with (
            step(f"Ours, {items:,} open items"),
            bench.copy_with(MODULE, data) as database,
        ):
            numbers = _limit(customers, letters=LETTERS, emails=EMAILS)
            result["ours"] = bench.measure("ours", database, items=items, **numbers)
        if with_peer:
            with (
                step(f"The peer, {items:,} open items"),
                bench.copy_with(peer_package.ADDON, data) as database,
            ):
                numbers = _limit(customers, letters=PEER_LETTERS, emails=PEER_EMAILS)
                result["peer"] = bench.measure("peer", database, items=items, **numbers)
        with (
            step(f"Penalties of {items:,} late invoices"),
            bench.copy_with(MODULE, data) as database,
        ):
            bench.measure("payments", database, items=items)
            result["penalties"] = bench.measure("penalties", database, items=items)
    return result


def _limit(customers: int, **numbers: int) -> dict[str, int]:
    """Return how many letters and e-mails to make: one a customer at most."""
    return {name: min(number, customers) for name, number in numbers.items()}
