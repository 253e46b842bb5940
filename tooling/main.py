"""The commands of ./run."""

import subprocess
import sys

from tooling import odoo, testing
from tooling.console import say
from tooling.errors import ToolingError


def run_odoo(args: list[str]) -> int:
    """Odoo's own command line."""
    return odoo.ensure().run(*args).returncode


def run_python(args: list[str]) -> int:
    """Python in Odoo's environment."""
    ready = odoo.ensure()
    return subprocess.run([ready.python, *args], env=ready.environment, check=False).returncode


COMMANDS = {"test": testing.main, "odoo": run_odoo, "python": run_python}


def main(args: list[str]) -> int:
    if not args or args[0] not in COMMANDS:
        say(f"Usage: ./run COMMAND [ARGS], where COMMAND is one of: {', '.join(COMMANDS)}.")
        return 2
    try:
        return COMMANDS[args[0]](args[1:])
    except ToolingError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
