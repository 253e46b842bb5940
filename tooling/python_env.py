"""Private Python environments, at locked versions."""

import hashlib
import sys
from pathlib import Path

from tooling import system
from tooling.console import step
from tooling.locks import file_lock
from tooling.paths import CACHE, ROOT
from tooling.programs import run_logged

REQUIREMENTS = ROOT / "requirements"


def folder_of(*names: str) -> Path:
    """Return where the environment of requirements/NAME.lock is, or will be.

    Its name carries the hash of the lock files: other versions, another environment.
    """
    content = b"".join((REQUIREMENTS / f"{name}.lock").read_bytes() for name in names)
    digest = hashlib.sha256(content).hexdigest()[:12]
    python = f"py{sys.version_info[0]}.{sys.version_info[1]}"
    return CACHE / "venvs" / "-".join((*names, python, digest))


def is_ready(folder: Path) -> bool:
    """Tell whether an environment is complete, and its Python still there."""
    return (folder / ".complete").exists() and (folder / "bin/python").exists()


def ensure(*names: str) -> Path:
    """Return the environment of requirements/NAME.lock, made if it is not there."""
    folder = folder_of(*names)
    if is_ready(folder):
        return folder
    system.require(system.VENV)
    with file_lock(folder.with_name(f"{folder.name}.lock")):
        if not is_ready(folder):
            with step(f"Python packages for {names[0]} (once)"):
                _make(folder, names)
    return folder


def _make(folder: Path, names: tuple[str, ...]) -> None:
    log = folder.with_name(f"{folder.name}.log")
    log.unlink(missing_ok=True)
    create = [sys.executable, "-m", "venv", "--clear", folder]
    # --no-deps: what is not in a lock file is not installed. Wheels only: no compiler.
    install = [folder / "bin/python", "-m", "pip", "install", "--no-deps"]
    options = ["--only-binary=:all:", "--disable-pip-version-check", "--no-input"]
    options += ["--cache-dir", CACHE / "wheels"]
    locks = [arg for name in names for arg in ("-r", REQUIREMENTS / f"{name}.lock")]
    what = "Installing the Python packages"
    run_logged(what, create, log)
    run_logged(what, [*install, *options, *locks], log)
    wkhtmltopdf = folder / "bin/wkhtmltopdf-pack"
    if wkhtmltopdf.exists():
        # Odoo looks for it on PATH, under its usual name.
        (folder / "bin/wkhtmltopdf").symlink_to(wkhtmltopdf.name)
    (folder / ".complete").touch()
