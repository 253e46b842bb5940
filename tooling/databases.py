"""Databases, made from templates so that what is slow is done once.

base template (Odoo's modules, a French company) -> module template (ours on top of it)
-> test and demo databases. Templates are named after what they are made of, so that a
change makes another one, and get their name only when they are complete.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tooling.console import step
from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.odoo import DATA, Odoo
from tooling.paths import CHECKOUT_ID, LOGS, MODULE, ROOT, STATE

BASE_MODULES = "account,sms,account_payment,account_qr_code_sepa,l10n_fr_account"
EMPTY = "template0"
LANGUAGES = "fr_FR,en_US"  # the first is the default of users and customers
SHELL = ROOT / "tooling/shell"
FILESTORE = DATA / "filestore"
PREFIX = f"recouvrement_{CHECKOUT_ID}"
# Folders of the module that an installed database does not depend on.
NOT_INSTALLED = {"tests", "readme", "__pycache__"}


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:10]


def module_digest() -> str:
    """Return a digest of what an installed database depends on in our module."""
    module = ROOT / MODULE
    content = []
    for path in sorted(path for path in module.rglob("*") if path.is_file()):
        name = path.relative_to(module)
        if not NOT_INSTALLED & set(name.parts):
            content += [os.fsencode(name), path.read_bytes()]
    return _digest(*content)


class Databases:
    """The databases of one PostgreSQL server, and their files."""

    def __init__(self, odoo: Odoo):
        self.odoo = odoo

    # --- Templates -----------------------------------------------------------

    def base_template(self) -> str:
        """Return the template with Odoo's modules, French, and a French company."""
        script = SHELL / "french_company.py"
        asked = f"{self.odoo.folder} {BASE_MODULES} {LANGUAGES}".encode()
        name = f"{PREFIX}_base_{_digest(asked, script.read_bytes())}"
        if not self.exists(name):
            with (
                step("Odoo's modules and a French company (2 minutes, once)") as tell,
                self._new_template(name, EMPTY) as partial,
            ):
                options = ["--load-language", LANGUAGES]
                self.install(partial, BASE_MODULES, *options, tell=tell)
                self.script(partial, script)
        return name

    def module_template(self) -> str:
        """Return the template with our module as its files are now."""
        base = self.base_template()
        name = f"{PREFIX}_module_{_digest(base.encode(), module_digest().encode())}"
        if not self.exists(name):
            for outdated in self.names(f"{PREFIX}_module_"):
                self.drop(outdated)
            with (
                step(f"Installing {MODULE}") as tell,
                self._new_template(name, base) as partial,
            ):
                self.install(partial, MODULE, tell=tell)
        return name

    @contextmanager
    def _new_template(self, name: str, source: str) -> Iterator[str]:
        partial = f"{name}_partial"
        self.drop(partial)
        self.copy(source, partial)
        yield partial
        self.sql(f'ALTER DATABASE "{partial}" RENAME TO "{name}"')
        if (FILESTORE / partial).exists():
            (FILESTORE / partial).rename(FILESTORE / name)
        # Out of Odoo's sight, and never in use when it is to be copied.
        hide = "IS_TEMPLATE true ALLOW_CONNECTIONS false"
        self.sql(f'ALTER DATABASE "{name}" WITH {hide}')

    def copy_of_module_template(self, name: str) -> None:
        """Make the database `name` with our module installed."""
        with file_lock(STATE / "databases.lock"):
            self.copy(self.module_template(), name)

    @contextmanager
    def test_database(self) -> Iterator[str]:
        """Give the name of a database for this process alone, dropped in the end."""
        for name in self.names(f"{PREFIX}_test_"):
            owner = name.rpartition("_")[2]
            if not Path(f"/proc/{owner}").exists():
                self.drop(name)
        name = f"{PREFIX}_test_{os.getpid()}"
        try:
            self.copy_of_module_template(name)
            yield name
        finally:
            self.drop(name)

    # --- Odoo on one database ------------------------------------------------

    def install(self, name: str, modules: str, *options: str, tell=None) -> None:
        """Install modules in a database."""
        arguments = ["--init", modules, "--stop-after-init", *options]
        self._run_odoo(f"install-{modules}", name, arguments, tell=tell)

    def upgrade(self, name: str, tell=None) -> None:
        """Bring a database to our module's files as they are now."""
        arguments = ["--update", MODULE, "--stop-after-init"]
        self._run_odoo("upgrade", name, arguments, tell=tell)

    def script(self, name: str, script: Path, **variables: str) -> str:
        """Run a script of tooling/shell in `odoo shell`; return what it printed."""
        with script.open() as source:
            return self._run_odoo(
                script.stem, name, ["shell"], stdin=source, variables=variables
            )

    def _run_odoo(
        self,
        what: str,
        name: str,
        arguments: list[str],
        *,
        stdin=subprocess.DEVNULL,
        variables=None,
        tell=None,
    ) -> str:
        log = LOGS / f"{what.partition(',')[0]}-{name}.log"
        log.unlink(missing_ok=True)
        options = ["--database", name, "--no-http", "--logfile", str(log)]
        with subprocess.Popen(
            self.odoo.command(*arguments, *options),
            env={**self.odoo.variables, **(variables or {})},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            output, errors = _follow(process, log, tell)
        if process.returncode:
            with log.open("a") as file:
                file.write(errors)
            raise ToolingError(f"Odoo failed ({_last_error(log)}); {log} says why.")
        return output

    # --- PostgreSQL ----------------------------------------------------------

    def exists(self, name: str) -> bool:
        """Tell whether a database exists."""
        return name in self.names(name)

    def names(self, prefix: str) -> list[str]:
        """Return the names of the databases that start with `prefix`."""
        names = self.sql("SELECT datname FROM pg_database").split()
        return [name for name in names if name.startswith(prefix)]

    def copy(self, source: str, name: str) -> None:
        """Copy a database, and link its files: Odoo never changes a stored one."""
        # As Odoo does it: whatever the server's own encoding and order.
        new = "ENCODING 'UTF8' LC_COLLATE 'C'" if source == EMPTY else ""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}" {new}')
        if (FILESTORE / source).exists():
            target = FILESTORE / name
            shutil.copytree(FILESTORE / source, target, copy_function=os.link)

    def drop(self, name: str) -> None:
        """Drop a database and its files, if it exists."""
        if self.exists(name):
            self.sql(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE false')
            self.sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(FILESTORE / name, ignore_errors=True)

    def read_comment(self, name: str) -> str:
        """Return PostgreSQL's comment on a database."""
        return self.sql(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{name}'"  # our own name, or checked: see demo._parse
        )

    def write_comment(self, name: str, comment: str) -> None:
        """Change PostgreSQL's comment on a database."""
        self.sql(f"COMMENT ON DATABASE \"{name}\" IS '{comment}'")

    def sql(self, statement: str) -> str:
        """Run one statement on the server and return its result as text."""
        psql = ["psql", "-d", "postgres", "-XAtqwc", statement]
        done = self.odoo.run(psql, capture_output=True, text=True)
        if done.returncode:
            raise ToolingError(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout


def _follow(
    process: subprocess.Popen, log: Path, tell: Callable[[str], None] | None
) -> tuple[str, str]:
    """Wait for Odoo, telling which module of how many it is loading."""
    while True:
        try:
            return process.communicate(timeout=1)
        except subprocess.TimeoutExpired:
            if tell and log.exists():
                loading = r"Loading module \S+ \((\d+/\d+)\)"
                tell((re.findall(loading, log.read_text(errors="replace")) or [""])[-1])


def _last_error(log: Path) -> str:
    """Return the exception that the last traceback in a log ends with."""
    reason = "no reason given"
    after_code = False
    for line in log.read_text(errors="replace").splitlines():
        if after_code and re.match(r"[\w.]+(: |$)", line):
            reason = line
        after_code = line.startswith("    ")
    return reason
