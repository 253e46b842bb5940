"""./run test: all tests, those of the module on a database of their own."""

from pathlib import Path

from tooling import odoo, system
from tooling.databases import Databases
from tooling.odoo import Odoo
from tooling.paths import MODULE, ROOT

MODULE_TESTS = f"{MODULE}/tests"
TOOLING_TESTS = "tooling/tests"
NO_BROWSER = "--no-browser"
NO_TEST_SELECTED = 5  # pytest's exit code, where -k or -m leaves nothing


def main(args: list[str]) -> int:
    """All tests, or those that pytest's ARGS select; --no-browser leaves tours out."""
    browser = NO_BROWSER not in args
    args = [arg for arg in args if arg != NO_BROWSER]
    paths = [arg for arg in args if _is_path(arg)]
    tooling_only = bool(paths) and all(TOOLING_TESTS in path for path in paths)
    if browser and not tooling_only:
        system.require(system.CHROMIUM)
    ready = odoo.ensure()
    if paths:
        test = _test_tooling if tooling_only else _test_module
        return test(ready, args, browser)
    results = {
        _test_tooling(ready, [*args, TOOLING_TESTS], browser),
        _test_module(ready, [*args, MODULE_TESTS], browser),
    }
    return max(results - {NO_TEST_SELECTED} or results)


def _test_tooling(ready: Odoo, args: list[str], _browser: bool) -> int:
    # Without Odoo's plugin, which wants a database.
    pytest = [ready.python, "-m", "pytest", "-p", "no:odoo", *args]
    return ready.run(pytest, cwd=ROOT).returncode


def _test_module(ready: Odoo, args: list[str], browser: bool) -> int:
    http = ["--odoo-http"] if browser else []
    with Databases(ready).test_database() as database:
        options = ["--odoo-database", database, *http]
        pytest = [ready.python, "-m", "pytest", *options, *args]
        return ready.run(pytest, cwd=ROOT).returncode


def _is_path(arg: str) -> bool:
    return not arg.startswith("-") and (ROOT / Path(arg.partition("::")[0])).exists()
