"""Odoo itself: where it is, its configuration, how it is run."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tooling import debian_odoo, postgres, python_env
from tooling.paths import ROOT, STATE


@dataclass
class Odoo:
    """A ready Odoo: an environment to run commands in."""

    venv: Path
    program: list[str]
    environment: dict[str, str]

    @property
    def python(self) -> str:
        return str(self.venv / "bin/python")

    def run(self, *args: str, **options) -> subprocess.CompletedProcess:
        """Run Odoo's own command line."""
        return subprocess.run([*self.program, *args], env=self.environment, check=False, **options)


def ensure() -> Odoo:
    """Prepare everything that Odoo needs, PostgreSQL included."""
    folder = debian_odoo.ensure()
    venv = python_env.ensure("odoo", "test")
    packages = folder / "usr/lib/python3/dist-packages"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "ODOO_"))}
    environment |= postgres.ensure(venv)
    environment |= {
        "PYTHONPATH": str(packages),
        "PATH": os.pathsep.join([str(venv / "bin"), str(postgres.bin_folder(venv)), os.environ.get("PATH", "")]),
        "ODOO_RC": str(_configuration()),
    }
    return Odoo(venv, [str(venv / "bin/python"), str(folder / "usr/bin/odoo")], environment)


def _configuration() -> Path:
    path = STATE / "odoo.conf"
    text = f"""[options]
addons_path = {ROOT}
data_dir = {STATE / "odoo"}
http_interface = 127.0.0.1
list_db = True
"""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path
