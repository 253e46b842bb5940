"""The peer as OCA publishes it, in a folder of its own, out of our environment."""

import shutil
from pathlib import Path

from tooling.console import step
from tooling.locks import file_lock
from tooling.paths import CACHE
from tooling.programs import run_logged

ADDON = "account_credit_control"
REQUIREMENT = "odoo-addon-account-credit-control==19.0.1.0.0.13"
FOLDER = CACHE / REQUIREMENT


def ensure(python: Path) -> Path:
    """Return the peer's folder of add-ons, installed with pip if it is not there."""
    with file_lock(FOLDER.with_name(f"{FOLDER.name}.lock")):
        if not FOLDER.exists():
            with step(f"{REQUIREMENT} (once)"):
                _install(python)
    return FOLDER / "odoo/addons"


def _install(python: Path) -> None:
    partial = FOLDER.with_name(f"{FOLDER.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    # --no-deps: it asks for Odoo, which is there, and for nothing else.
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--target", partial]
    command = [python, "-m", "pip", "install", *options, REQUIREMENT]
    run_logged("Installing the peer", command, FOLDER.with_name(f"{FOLDER.name}.log"))
    partial.rename(FOLDER)
