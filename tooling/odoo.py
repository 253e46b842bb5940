"""Odoo itself: where it is, its configuration, how it is run."""

import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tooling import debian_odoo, postgres, python_env, system
from tooling.errors import ToolingError
from tooling.paths import ROOT, STATE

SERIES = (19, 0)
DATA = STATE / "odoo"  # filestore and sessions
CONFIGURATION = STATE / "odoo.conf"
HTTP_PORT = 8069
ENVIRONMENT = ("odoo", "test")  # requirements/*.lock


@dataclass(frozen=True)
class Odoo:
    """A ready Odoo 19: its files, its Python, the variables to run programs with."""

    folder: Path
    python: Path
    variables: dict[str, str]

    def command(self, *args: str) -> list[str]:
        """Return the command line of Odoo's own command `args`."""
        # -P: a folder 'odoo' where the user happens to be is not Odoo.
        safe = ["-P"] if sys.version_info >= (3, 11) else []
        return [str(self.python), *safe, "-m", "odoo", *args]

    def become(self, command: list[str]) -> NoReturn:
        """Turn this process into another: keyboard and signals are all its own."""
        sys.stdout.flush()
        os.execve(command[0], command, self.variables)

    def run(self, command: list, **options) -> subprocess.CompletedProcess:
        """Run any program where Odoo and PostgreSQL can be reached."""
        return subprocess.run(command, env=self.variables, check=False, **options)


def ensure() -> Odoo:
    """Prepare all that Odoo needs, a running PostgreSQL included."""
    system.require(*system.ODOO_NEEDS)
    odoo_folder, venv = _fetch()
    postgres_variables = postgres.ensure(venv)
    postgres_programs = postgres.programs_of(venv)
    path = [venv / "bin", postgres_programs, os.environ.get("PATH", "")]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    variables = {
        **inherited,
        **postgres_variables,
        "PATH": os.pathsep.join(map(str, path)),
        "PYTHONPATH": str(odoo_folder),
        "ODOO_RC": str(_write_configuration()),
    }
    return Odoo((odoo_folder / "odoo").resolve(), venv / "bin/python", variables)


def _fetch() -> tuple[Path, Path]:
    """Return the folders of Odoo and of its Python environment."""
    own = os.environ.get("ODOO_PATH")
    if own:
        return _users_own(Path(own)), python_env.ensure(*ENVIRONMENT)
    venv = python_env.folder_of(*ENVIRONMENT)
    if debian_odoo.FOLDER.exists() or python_env.is_ready(venv):
        return debian_odoo.ensure(), python_env.ensure(*ENVIRONMENT)
    # Both from far away: at the same time.
    system.require_space()
    with ThreadPoolExecutor() as pool:
        fetched = pool.submit(debian_odoo.ensure)
        installed = pool.submit(python_env.ensure, *ENVIRONMENT)
        return fetched.result(), installed.result()


def _users_own(path: Path) -> Path:
    """Return a folder with nothing but the `odoo` package of the user's own Odoo.

    A package installed in site-packages has neighbours there, which must not come
    before the locked versions.
    """
    package = next(
        (
            folder
            for folder in (path / "odoo", path)
            if (folder / "release.py").exists()
        ),
        None,
    )
    if package is None:
        raise ToolingError(
            f"ODOO_PATH ({path}) holds no Odoo: set it to an Odoo 19 source checkout, "
            "or to the folder that has the installed package 'odoo' in it."
        )
    release = (package / "release.py").read_text()
    version = re.search(r"^version_info = \((\d+), (\d+)", release, re.MULTILINE)
    if not version or tuple(map(int, version.groups())) != SERIES:
        found = ".".join(version.groups()) if version else "of an unknown version"
        raise ToolingError(
            f"ODOO_PATH ({path}) is Odoo {found}: recouvrement_b2b needs Odoo 19.0."
        )
    folder = STATE / "users-odoo"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("odoo", "addons"):  # in a source checkout, addons are beside
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to((package.parent / name).resolve())
    return folder


def _write_configuration() -> Path:
    lines = [
        "[options]",
        f"addons_path = {ROOT}",
        f"data_dir = {DATA}",
        "http_interface = 127.0.0.1",
        # Nobody listens at this port: a demonstration writes to nobody.
        "smtp_port = 9",
    ]
    CONFIGURATION.write_text("\n".join(lines) + "\n")
    return CONFIGURATION


def require_port(port: int) -> None:
    """Stop if another program listens where Odoo should."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError as error:
            raise ToolingError(
                f"Port {port} is taken: choose another with --http-port, for example "
                f"--http-port {port + 1}."
            ) from error
