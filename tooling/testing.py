"""./run test: all tests, on a database of their own."""

import subprocess
from pathlib import Path

from tooling import odoo
from tooling.databases import Databases
from tooling.paths import MODULE, ROOT

TESTS = f"{MODULE}/tests"


def main(args: list[str]) -> int:
    """Run pytest; without a path among its arguments, over all tests of the module."""
    ready = odoo.ensure()
    paths = [] if any(_is_path(arg) for arg in args) else [TESTS]
    with Databases(ready).test_copy() as database:
        command = [ready.python, "-m", "pytest", "--odoo-http", "--odoo-database", database, *args, *paths]
        return subprocess.run(command, env=ready.environment, cwd=ROOT, check=False).returncode


def _is_path(arg: str) -> bool:
    return not arg.startswith("-") and Path(ROOT, arg.partition("::")[0]).exists()
