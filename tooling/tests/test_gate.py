"""The gate finds what it is there for, and nothing else."""

import subprocess

import pytest

from tooling import gate


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Give a function that writes a file and returns what the gate says of all."""
    monkeypatch.setattr(gate, "ROOT", tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    def write(name: str, text: str) -> list[str]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return gate.findings()

    return write


def test_a_clean_project_has_no_findings(project):
    assert project(f"{gate.MODULE}/models/thing.py", "x = 1\n") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("models/a.py", "_sql_constraints = []\n"),
        ("models/a.py", "groups = self.read_group([], [], [])\n"),
        ("models/a.py", "from odoo import _, models\n"),
        ("views/a.xml", "<tree/>\n"),
        ("views/a.xml", "<field attrs=\"{'invisible': 1}\"/>\n"),
        ("views/a.xml", "<t t-esc='x'/>\n"),
    ],
)
def test_what_odoo_19_replaced_is_found(project, name, text):
    (finding,) = project(f"{gate.MODULE}/{name}", text)
    assert "outdated in Odoo 19" in finding


def test_a_long_file_is_found(project):
    (finding,) = project("a.py", "x = 1\n" * 401)
    assert "401 lines" in finding


def test_a_long_function_is_found(project):
    (finding,) = project("a.py", "def long():\n" + "    x = 1\n" * 50)
    assert "long has 51 lines" in finding


def test_the_host_of_a_registry_is_found(project):
    host = "http://deb.{}.org/debian".format("debian")
    (finding,) = project("README.md", f"From {host}.\n")
    assert "README.md:1" in finding


def test_a_path_of_a_machine_is_found(project):
    (finding,) = project("README.md", "See /{}/me/notes.\n".format("home"))
    assert "README.md:1" in finding


def test_an_untranslated_term_is_found(project):
    po = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (finding,) = project(f"{gate.MODULE}/i18n/fr.po", po + 'msgid "Level"\nmsgstr ""\n')
    assert "not translated: 'Level'" in finding


def test_a_term_that_french_lacks_is_found(project):
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    pot = head + 'msgid "Level"\nmsgstr ""\n'
    project(f"{gate.MODULE}/i18n/{gate.MODULE}.pot", pot)
    (finding,) = project(f"{gate.MODULE}/i18n/fr.po", head)
    assert "lacks 'Level'" in finding


def test_a_test_file_that_is_not_imported_is_found(project):
    project(f"{gate.MODULE}/tests/__init__.py", "from . import test_one\n")
    project(f"{gate.MODULE}/tests/test_one.py", "")
    (finding,) = project(f"{gate.MODULE}/tests/test_two.py", "")
    assert "test_two.py: not imported" in finding
