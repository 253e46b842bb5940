"""Private Python environments, at locked versions."""

import hashlib
import subprocess
import sys
from pathlib import Path

from tooling.console import step
from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.paths import CACHE, ROOT

LOCKS = ROOT / "requirements"


def ensure(*names: str) -> Path:
    """Return the folder of the environment that holds requirements/NAME.lock, making it if needed.

    Its name carries the hash of the lock files: another version, another environment.
    """
    locks = [LOCKS / f"{name}.lock" for name in names]
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()[:12]
    python = f"py{sys.version_info[0]}.{sys.version_info[1]}"
    folder = CACHE / "venvs" / f"{'-'.join(names)}-{python}-{digest}"
    complete = folder / ".complete"
    if complete.exists():
        return folder
    with file_lock(folder.with_suffix(".lock")):
        if not complete.exists():
            with step(f"Python packages ({', '.join(names)})"):
                _make(folder, locks)
            complete.touch()
    return folder


def _make(folder: Path, locks: list[Path]) -> None:
    log = folder.with_suffix(".log")
    requirements = [arg for lock in locks for arg in ("-r", str(lock))]
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "--no-deps", "--only-binary", ":all:"]
    with log.open("w") as output:
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [*pip, "--disable-pip-version-check", "--no-input", *requirements],
        ):
            if subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False).returncode:
                raise ToolingError(f"The Python packages could not be installed; {log} says why.")
    wkhtmltopdf = folder / "bin/wkhtmltopdf-pack"
    if wkhtmltopdf.exists():
        # Odoo looks for it on PATH under its usual name.
        (folder / "bin/wkhtmltopdf").symlink_to(wkhtmltopdf.name)
