"""The few things that only the machine's own packages can bring."""

import contextlib
import ctypes
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tooling.console import say, step
from tooling.errors import ToolingError
from tooling.paths import CACHE, LOGS
from tooling.programs import run_logged

BROWSERS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
FREE_BYTES = 4_000_000_000  # Odoo 1.3 GB, its packages 0.4 GB, databases, filestore


@dataclass(frozen=True)
class Need:
    """A system package, what it is for, and how to see that it is there."""

    package: str
    purpose: str
    present: Callable[[], bool]


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_fonts() -> bool:
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", Path.home() / ".fonts")
    return any(True for folder in folders for _ in Path(folder).rglob("*.[to]tf"))


def _has_browser() -> bool:
    return "ODOO_BROWSER_BIN" in os.environ or any(map(shutil.which, BROWSERS))


VENV = Need(
    "python3-venv",
    "private Python environments",
    lambda: importlib.util.find_spec("ensurepip") is not None,
)
# libcairo2 brings the X11, font and FreeType libraries that wkhtmltopdf needs too.
CAIRO = Need("libcairo2", "PDF and bar codes", lambda: _has_library("libcairo.so.2"))
FONTS = Need("fonts-liberation", "letters in the PDF", _has_fonts)
CHROMIUM = Need(
    "chromium", "browser tests, which --no-browser leaves out", _has_browser
)
GIT = Need("git", "the list of files", lambda: bool(shutil.which("git")))

ODOO_NEEDS = (VENV, CAIRO, FONTS)


def is_debian() -> bool:
    """Tell whether this is Debian itself, the one whose mirrors have Odoo 19."""
    return _os_release().get("ID") == "debian"


def _os_release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def require(*needs: Need) -> None:
    """See that the machine has all of `needs`, installing them with its owner's yes."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    packages = " ".join(need.package for need in missing)
    listed = ", ".join(f"{need.package} ({need.purpose})" for need in missing)
    if not shutil.which("apt-get"):
        raise ToolingError(
            f"This machine lacks {listed}: install them, under the names that its "
            "package manager gives them."
        )
    if os.geteuid() != 0:
        raise ToolingError(
            f"This machine lacks {listed}: install them with "
            f"'sudo apt-get install {packages}'."
        )
    if not _agreed(f"This machine lacks {listed}. Install with apt-get? [Y/n] "):
        raise ToolingError(
            f"This machine lacks {listed}: add --yes to have them installed, or do it "
            f"yourself with 'apt-get install {packages}'."
        )
    _install(packages.split())
    still = ", ".join(need.package for need in missing if not need.present())
    if still:
        raise ToolingError(
            f"apt-get installed {still}, but {sys.executable} sees no trace of it: "
            "start ./run with Debian's own /usr/bin/python3."
        )


def _agreed(question: str) -> bool:
    if os.environ.get("RECOUVREMENT_YES") == "1":
        return True
    if not sys.stdin or not sys.stdin.isatty():
        return False
    say(question)
    return sys.stdin.readline().strip().lower() in ("", "y", "yes", "o", "oui")


def _install(packages: list[str]) -> None:
    log = LOGS / "apt.log"
    log.unlink(missing_ok=True)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    options = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    with step(f"System packages: {' '.join(packages)}"):
        # A list that cannot be reached does not matter if the packages can be.
        with contextlib.suppress(ToolingError):
            run_logged("apt-get update", ["apt-get", "update"], log, **options)
        run_logged("apt-get install", install, log, **options)
    importlib.invalidate_caches()


def require_space() -> None:
    """Stop before a download that the disk cannot hold."""
    CACHE.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(CACHE).free < FREE_BYTES:
        raise ToolingError(
            f"The disk of {CACHE} is nearly full: free 4 GB, or set XDG_CACHE_HOME to "
            "a folder on another one."
        )
