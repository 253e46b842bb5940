"""How databases are named, and how Odoo's failures are read."""

import pytest

from tooling import databases


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Give the folder of a module."""
    monkeypatch.setattr(databases, "ROOT", tmp_path)
    folder = tmp_path / databases.MODULE
    for name in ("models/thing.py", "tests/test_thing.py"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("x = 1\n")
    return folder


@pytest.mark.parametrize("name", ["models/thing.py", "i18n/fr.po", "new.xml"])
def test_a_change_of_the_module_makes_another_template(module, name):
    before = databases.module_digest()
    (module / name).parent.mkdir(exist_ok=True)
    (module / name).write_text("x = 2\n")
    assert databases.module_digest() != before


def test_a_change_of_its_tests_does_not(module):
    before = databases.module_digest()
    (module / "tests/test_thing.py").write_text("x = 2\n")
    assert databases.module_digest() == before


def test_the_exception_is_read_from_the_log(tmp_path):
    log = tmp_path / "log"
    log.write_text(
        "2026-11-22 03:33:16,1 1 INFO db odoo: Loading\n"
        "Traceback (most recent call last):\n"
        '  File "x.py", line 1, in f\n'
        "    self.cr.execute(query)\n"
        "psycopg2.errors.UndefinedColumn: column passes does not exist\n"
        "LINE 1: SELECT passes\n"
    )
    reason = "psycopg2.errors.UndefinedColumn: column passes does not exist"
    assert databases._last_error(log) == reason
