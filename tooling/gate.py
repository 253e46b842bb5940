"""What no linter sees; each check returns sentences, none when all is well.

Run by ./run lint in the linters' environment, for `polib`.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tooling.errors import ToolingError
from tooling.paths import MODULE, ROOT

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
TEXT = {".py", ".xml", ".js", ".scss", ".css", ".md", ".rst", ".toml", ".lock", ".csv"}
TEXT |= {".po", ".pot", ".sql", ".html", ".txt", ".yml", ".cfg", ".sh", ""}
LIMITED = {".py", ".xml", ".js", ".scss"}

# What Odoo 19 has replaced; the linters do not tell.
OUTDATED = {
    r"_sql_constraints\b": "models.Constraint",
    r"\.read_group\(": "_read_group, or formatted_read_group",
    r"\battrs=\"": "invisible, readonly and required expressions",
    r"<tree\b": "<list>",
    r"\bt-(esc|raw)=": "t-out",
    r"\boe_chatter\b": "<chatter/>",
    r"^from odoo import .*\b_(,|\)|$)": "self.env._",
    r"\bnumbercall\b": "nothing: scheduled actions repeat",
}
# Hosts of package registries: a mirror's address belongs to the machine, not to us.
REGISTRY = re.compile(
    r"\b[\w.-]*(pypi|pythonhosted|npmjs|yarnpkg|debian|ubuntu|rubygems|crates)"
    r"\.(org|io|com|net)\b"
)
# Paths of somebody's own machine.
MACHINE_PATH = re.compile(r"(?<![\w./}-])/(work|root|home/\w+|Users/\w+)/\w")


def main() -> int:
    """Print every finding; 1 if there is one."""
    found = findings()
    for finding in found:
        print(finding)
    return 1 if found else 0


def findings() -> list[str]:
    """Return what is wrong in the project, a sentence each."""
    files = list(_files())
    return [
        *_outdated(files),
        *_too_long(files),
        *_places(files),
        *_translations(),
        *_forgotten_tests(),
    ]


def _files() -> Iterator[Path]:
    """Give the text files of the project: those that git has, or would add."""
    list_files = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        list_files, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        raise ToolingError("Lint reads the list of files from git: run it in a clone.")
    for name in sorted(set(listed.stdout.splitlines())):
        path = ROOT / name
        if path.suffix in TEXT and path.is_file() and path.name != "LICENSE":
            yield path


def _lines(path: Path, pattern: str | re.Pattern) -> Iterator[str]:
    """Give 'file:line' where `pattern` is found."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if re.search(pattern, line):
            yield f"{path.relative_to(ROOT)}:{number}"


def _outdated(files: list[Path]) -> Iterator[str]:
    code = [path for path in files if path.suffix in (".py", ".xml", ".js")]
    for path in code:
        if path.relative_to(ROOT).parts[0] == MODULE:
            for pattern, instead in OUTDATED.items():
                for place in _lines(path, pattern):
                    yield f"{place}: outdated in Odoo 19, use {instead}"


def _too_long(files: list[Path]) -> Iterator[str]:
    for path in files:
        if path.suffix not in LIMITED:
            continue
        text = path.read_text("utf-8")
        length = text.count("\n")
        if length > MAX_FILE_LINES:
            name = path.relative_to(ROOT)
            yield f"{name}: {length} lines, split it (limit {MAX_FILE_LINES})"
        if path.suffix == ".py":
            yield from _long_functions(path, ast.parse(text))


def _long_functions(path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield f"{place}: {node.name} has {length} lines (limit 50)"


def _places(files: list[Path]) -> Iterator[str]:
    for path in files:
        for place in _lines(path, REGISTRY):
            yield f"{place}: names a package registry's host"
        for place in _lines(path, MACHINE_PATH):
            yield f"{place}: names a path of somebody's machine"


def _translations() -> Iterator[str]:
    """French is complete, and translates what the template has."""
    french, template = (ROOT / MODULE / "i18n" / n for n in ("fr.po", f"{MODULE}.pot"))
    if not french.exists():
        return
    import polib

    entries = polib.pofile(str(french))
    name = french.relative_to(ROOT)
    for entry in [*entries.untranslated_entries(), *entries.fuzzy_entries()]:
        yield f"{name}:{entry.linenum}: not translated: {entry.msgid[:60]!r}"
    if template.exists():
        known = {(entry.msgctxt, entry.msgid) for entry in entries}
        for entry in polib.pofile(str(template)):
            if (entry.msgctxt, entry.msgid) not in known:
                yield f"{name}: lacks {entry.msgid[:60]!r}, which {template.name} has"


def _forgotten_tests() -> Iterator[str]:
    """A test file that tests/__init__.py does not import is never run by Odoo."""
    folder = ROOT / MODULE / "tests"
    if not folder.exists():
        return
    imported = (folder / "__init__.py").read_text("utf-8")
    for path in sorted(folder.glob("test_*.py")):
        if not re.search(rf"\b{path.stem}\b", imported):
            yield f"{path.relative_to(ROOT)}: not imported in tests/__init__.py"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolingError as error:
        sys.exit(str(error))
