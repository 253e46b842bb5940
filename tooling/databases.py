"""Databases: made from templates, so that what is slow is done once.

base template (Odoo's modules, a French company) -> module template (ours installed on it) -> test and demo databases

Templates are named after what they are made from; a change makes another one, and nothing is ever half made: a
database gets its name when it is complete.
"""

import hashlib
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from tooling.console import step
from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.odoo import Odoo
from tooling.paths import LOGS, MODULE, ROOT, STATE

BASE_MODULES = "account,sms,account_payment,account_qr_code_sepa,l10n_fr_account"
LANGUAGE = "fr_FR"  # besides en_US, which is always there
FRENCH_COMPANY = ROOT / "tooling/french_company.py"
FILESTORE = STATE / "odoo/filestore"
# Files of the module that a database does not depend on.
NOT_INSTALLED = {"tests", "readme", "__pycache__"}


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:10]


# A PostgreSQL server of the user's may serve several checkouts and machines: each keeps to its own names.
PREFIX = f"recouvrement_{_digest(socket.gethostname().encode(), os.fsencode(ROOT))[:6]}"


def module_digest() -> str:
    """Return a digest of the files of the module that an installed database depends on."""
    module = ROOT / MODULE
    files = sorted(path for path in module.rglob("*") if path.is_file())
    kept = [path for path in files if not NOT_INSTALLED & set(path.relative_to(module).parts)]
    return _digest(*(part for path in kept for part in (os.fsencode(path.relative_to(module)), path.read_bytes())))


class Databases:
    """The databases of one PostgreSQL server, and their files."""

    def __init__(self, odoo: Odoo):
        self.odoo = odoo

    def base_template(self) -> str:
        """Return the template with Odoo's modules, in French and English, and a French company."""
        name = f"{PREFIX}_base_{_digest(BASE_MODULES.encode(), FRENCH_COMPANY.read_bytes())}"
        if not self.exists(name):
            with step("Base database: Odoo's modules and a French company (2 minutes, once)"), self._template(name):
                self.install(f"{name}_partial", BASE_MODULES, "--load-language", LANGUAGE)
                self.script(f"{name}_partial", FRENCH_COMPANY)
        return name

    def module_template(self) -> str:
        """Return the template with our module as it is now."""
        base = self.base_template()
        name = f"{PREFIX}_module_{_digest(base.encode(), module_digest().encode())}"
        if not self.exists(name):
            for outdated in self.names(f"{PREFIX}_module_"):
                self.drop(outdated)
            with step(f"Installing {MODULE}"), self._template(name, base):
                self.install(f"{name}_partial", MODULE)
        return name

    @contextmanager
    def _template(self, name: str, base: str = "template0"):
        partial = f"{name}_partial"
        self.drop(partial)
        self.copy(base, partial)
        yield
        self.sql(f'ALTER DATABASE "{partial}" RENAME TO "{name}"')
        if (FILESTORE / partial).exists():
            (FILESTORE / partial).rename(FILESTORE / name)
        # As a template it is out of Odoo's sight, and nobody can be connected to it when it is copied.
        self.sql(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false')

    @contextmanager
    def test_copy(self):
        """Give the name of a copy of the module template that is this process's own, and drop it in the end."""
        name = f"{PREFIX}_test_{os.getpid()}"
        with file_lock(STATE / "databases.lock"):
            self._drop_abandoned_copies()
            self.copy(self.module_template(), name)
        try:
            yield name
        finally:
            self.drop(name)

    def _drop_abandoned_copies(self) -> None:
        for name in self.names(f"{PREFIX}_test_"):
            if not Path(f"/proc/{name.rpartition('_')[2]}").exists():
                self.drop(name)

    # --- One database -------------------------------------------------------------------------------------------------

    def install(self, name: str, modules: str, *options: str) -> None:
        """Install modules in a database."""
        self._odoo(name, "install", "--init", modules, "--stop-after-init", *options)

    def script(self, name: str, script: Path) -> None:
        """Run a script in `odoo shell`."""
        with script.open() as source:
            self._odoo(name, script.stem, "--no-http", command=("shell",), stdin=source)

    def _odoo(self, name: str, what: str, *options: str, command=(), stdin=subprocess.DEVNULL) -> None:
        log = LOGS / f"{what}.log"
        log.unlink(missing_ok=True)
        result = self.odoo.run(
            *command, "--database", name, "--logfile", str(log), *options, stdin=stdin, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        if result.returncode:
            with log.open("a") as output:
                output.write(result.stderr)
            last = log.read_text().strip().splitlines()[-1]
            raise ToolingError(f"Odoo failed ({last}); {log} says why.")

    def exists(self, name: str) -> bool:
        return name in self.names(name)

    def names(self, prefix: str) -> list[str]:
        """Return the names of the databases that start with `prefix`."""
        return [name for name in self.sql("SELECT datname FROM pg_database").split() if name.startswith(prefix)]

    def copy(self, template: str, name: str) -> None:
        """Make a database from another one, and link its files: Odoo never changes a stored file."""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        if (FILESTORE / template).exists():
            shutil.copytree(FILESTORE / template, FILESTORE / name, copy_function=os.link)

    def drop(self, name: str) -> None:
        """Drop a database and its files, if it exists."""
        if self.exists(name):
            self.sql(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE false')
            self.sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(FILESTORE / name, ignore_errors=True)

    def sql(self, statement: str) -> str:
        """Run one statement on the server and return its result as text."""
        result = subprocess.run(
            ["psql", "-d", "postgres", "-XAtqwc", statement],
            env=self.odoo.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ToolingError(f"PostgreSQL refused: {result.stderr.strip()}")
        return result.stdout
