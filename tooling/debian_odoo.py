"""Odoo 19 out of Debian's packages, unpacked into the cache without being installed.

No wheel of Odoo exists; Debian sid has the package `odoo-19`. The mirror is the one that this machine's apt uses.
"""

import re
import shutil
import subprocess
from pathlib import Path

from tooling.console import step
from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.paths import CACHE

# Odoo's web client reaches its fonts and scripts, which Debian packages separately, by relative links.
# The icons are font-awesome 4.7: newer Debian releases have another major version with other file names.
PACKAGES = {
    "sid": (
        "odoo-19",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
        "fonts-montserrat",
        "fonts-roboto-unhinted",
        "fonts-ocr-b",
    ),
    "bookworm": ("fonts-font-awesome", "fonts-inconsolata"),
}
KEYRINGS = Path("/usr/share/keyrings")


def ensure() -> Path:
    """Return the folder where Odoo is unpacked, fetching it if needed."""
    folder = CACHE / "odoo-19"
    if folder.exists():
        return folder
    with file_lock(CACHE / "odoo-19.lock"):
        if not folder.exists():
            with step("Odoo 19 from Debian (about 130 MB)"):
                _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    work = CACHE / "odoo-19.partial"
    shutil.rmtree(work, ignore_errors=True)
    unpacked = work / "unpacked"
    (work / "lists/partial").mkdir(parents=True)
    (work / "cache/archives/partial").mkdir(parents=True)
    unpacked.mkdir()
    apt = _Apt(work)
    apt.use_mirror(_mirrors())
    for package in [f"{name}/{suite}" for suite, names in PACKAGES.items() for name in names]:
        apt.run("apt-get", "download", package)
    for package in sorted(work.glob("*.deb")):
        apt.run("dpkg-deb", "--extract", package.name, "unpacked")
    dangling = [path for path in unpacked.rglob("*") if path.is_symlink() and not path.exists()]
    if dangling:
        raise ToolingError(f"Debian's Odoo lacks a file ({dangling[0]}): set ODOO_PATH to an Odoo 19 of your own.")
    unpacked.rename(folder)
    shutil.rmtree(work)


def _mirrors() -> list[str]:
    """Return the addresses of Debian's mirrors in this machine's own apt configuration."""
    # `update --print-uris` says where apt would look, also on a machine that never ran 'apt-get update'.
    listed = subprocess.run(["apt-get", "--print-uris", "update"], capture_output=True, text=True, check=False)
    found = re.findall(r"^'(\S+)/dists/([^/]+)/InRelease'", listed.stdout, flags=re.MULTILINE)
    mirrors = [uri for uri, suite in found if not suite.endswith(("-security", "-updates", "-backports"))]
    if not mirrors:
        raise ToolingError(
            "apt has no mirror in its configuration: add one, or set ODOO_PATH to an Odoo 19 of your own."
        )
    return list(dict.fromkeys(mirrors))


class _Apt:
    """apt with lists and archives of its own, so that it needs no root and leaves the machine's lists alone."""

    def __init__(self, work: Path):
        self.work = work
        self.sources = work / "sources.list"
        self.log = CACHE / "odoo-19.log"
        self.log.write_text("")
        self.options = [
            f"-oDir::Etc::SourceList={self.sources}",
            "-oDir::Etc::SourceParts=/dev/null",
            f"-oDir::State::Lists={work / 'lists'}",
            f"-oDir::Cache={work / 'cache'}",
            "-oAPT::Sandbox::User=",
            "-oAcquire::Languages=none",
            "-oAcquire::Retries=3",
        ]

    def use_mirror(self, mirrors: list[str]) -> None:
        """Keep the first mirror that has Odoo."""
        keyrings = sorted(KEYRINGS.glob("debian-archive-keyring.*"))
        signed = f"[signed-by={keyrings[0]}] " if keyrings else ""
        for mirror in mirrors:
            self.sources.write_text("".join(f"deb {signed}{mirror} {suite} main\n" for suite in PACKAGES))
            if self.call("apt-get", "update") == 0 and self.call("apt-cache", "show", "odoo-19") == 0:
                return
        raise ToolingError(
            f"No Debian mirror of this machine gave Odoo 19 ({self.log}): check the network, or set ODOO_PATH to an "
            "Odoo 19 of your own."
        )

    def call(self, program: str, *args: str) -> int:
        options = self.options if program.startswith("apt-") else []
        with self.log.open("a") as log:
            return subprocess.run(
                [program, *options, *args],
                cwd=self.work,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                check=False,
            ).returncode

    def run(self, program: str, *args: str) -> None:
        if self.call(program, *args):
            raise ToolingError(f"Odoo 19 could not be fetched from Debian; {self.log} says why.")
