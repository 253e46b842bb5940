"""The commands of ./run, and how they end."""

import argparse
import os
import signal
from collections.abc import Callable

from tooling import build, demo, lint, odoo, postgres, testing
from tooling.console import say
from tooling.errors import ToolingError, system_refused


def run_odoo(args: list[str]) -> int:
    """Odoo's own command line, for example: ./run odoo shell -d recouvrement_demo."""
    port = _find_port(args)
    if port:
        odoo.require_port(port)
    ready = odoo.ensure()
    return ready.become(ready.command(*args))


def _find_port(args: list[str]) -> int | None:
    """Return where `odoo ARGS` will listen, None if it will not."""
    other_command = args and not args[0].startswith("-") and args[0] != "server"
    if other_command or {"--stop-after-init", "--no-http", "--help", "-h"} & set(args):
        return None
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-p", "--http-port", type=int, default=odoo.HTTP_PORT)
    return parser.parse_known_args(args)[0].http_port


def run_python(args: list[str]) -> int:
    """Python where Odoo can be imported."""
    ready = odoo.ensure()
    return ready.become([str(ready.python), *args])


def run_bench(args: list[str]) -> int:
    """What a daily run costs, beside its peer (--sizes N,N; --no-peer)."""
    from benchmarks import bench  # measures with this package: not before it is loaded

    return bench.main(args)


def run_stop(_args: list[str]) -> int:
    """Stop the embedded PostgreSQL."""
    postgres.stop()
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo.main,
    "test": testing.main,
    "lint": lint.main,
    "build": build.main,
    "odoo": run_odoo,
    "python": run_python,
    "bench": run_bench,
    "stop": run_stop,
}
# What follows these belongs to another program, --yes and --help too.
HAND_ALL_ON = ("odoo", "python")


def main(args: list[str]) -> int:
    """Run one command and return its exit code."""
    name, rest = (args[0], args[1:]) if args else ("", [])
    if name not in COMMANDS:
        _show_help()
        return 0 if name in ("-h", "--help", "help") else 2
    if "--yes" in rest and name not in HAND_ALL_ON:
        rest.remove("--yes")
        os.environ["RECOUVREMENT_YES"] = "1"
    # A command that is ended drops its databases, as one that is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return COMMANDS[name](rest)
    except ToolingError as error:
        say(str(error))
    except OSError as error:
        sentence = system_refused(error)
        if sentence is None:
            raise
        say(str(sentence))
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    return 1


def _show_help() -> None:
    say("Usage: ./run COMMAND [ARGS]\n")
    for name, function in COMMANDS.items():
        say(f"  {name:<8}{function.__doc__.splitlines()[0]}")
    say(
        "\nEnvironment: ODOO_PATH, an Odoo 19 of your own; PGHOST, PGPORT, PGUSER and "
        "PGPASSWORD,\na PostgreSQL of your own; RECOUVREMENT_YES=1 (or --yes), install "
        "missing system packages."
    )
