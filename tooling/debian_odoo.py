"""Odoo 19 out of Debian's packages, unpacked into the cache but not installed.

No wheel of Odoo exists; Debian sid has the package `odoo-19`. The mirror is the one
that this machine's apt already uses.
"""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from tooling import system
from tooling.console import step
from tooling.errors import ToolingError, known_reason
from tooling.locks import file_lock
from tooling.paths import CACHE
from tooling.programs import run_logged

# Odoo's web client reaches its fonts and scripts, which Debian packages apart, by
# relative links. Its icons are font-awesome 4.7: later suites have another major
# version, with other file names.
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
DIGEST = hashlib.sha256(repr(PACKAGES).encode()).hexdigest()[:8]
FOLDER = CACHE / f"odoo-19-{DIGEST}"
# Debian leaves this script of video calls out. Every page would say so in the console
# as an error, at which the tests of the web client stop.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
LOG = CACHE / "odoo-19.log"
KEYRINGS = Path("/usr/share/keyrings")


def ensure() -> Path:
    """Return the folder with Debian's Odoo 19, fetched if it is not there."""
    if not FOLDER.exists():
        if not system.is_debian():
            raise ToolingError(
                "Only Debian's mirrors have Odoo 19: set ODOO_PATH to the folder of an "
                "Odoo 19 of your own (a source checkout, or an installed package)."
            )
        with file_lock(CACHE / "odoo-19.lock"):
            if not FOLDER.exists():
                with step("Odoo 19 from Debian (130 MB, once)"):
                    _fetch()
    packages = FOLDER / "usr/lib/python3/dist-packages"
    left_out = packages / LEFT_OUT
    if not left_out.exists():
        left_out.parent.mkdir(exist_ok=True)
        left_out.touch()
    return packages


def _fetch() -> None:
    work = CACHE / "odoo-19.partial"
    shutil.rmtree(work, ignore_errors=True)
    LOG.unlink(missing_ok=True)
    unpacked = work / "unpacked"
    unpacked.mkdir(parents=True)
    options = _private_apt(work)
    _choose_mirror(work, options)
    names = [f"{name}/{suite}" for suite, names in PACKAGES.items() for name in names]
    what = "Fetching Odoo 19 from Debian"
    run_logged(what, ["apt-get", *options, "download", *names], LOG, cwd=work)
    for package in sorted(work.glob("*.deb")):
        run_logged(what, ["dpkg-deb", "--extract", package, unpacked], LOG)
    _check_links(unpacked)
    unpacked.rename(FOLDER)
    shutil.rmtree(work)


def _private_apt(work: Path) -> list[str]:
    """Return the options for lists and archives of our own, which need no root."""
    (work / "lists/partial").mkdir(parents=True)
    (work / "cache/archives/partial").mkdir(parents=True)
    return [
        f"-oDir::Etc::SourceList={work / 'sources.list'}",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={work / 'lists'}",
        f"-oDir::Cache={work / 'cache'}",
        "-oAPT::Sandbox::User=",
        "-oAcquire::Languages=none",
        "-oAcquire::Retries=3",
    ]


def _choose_mirror(work: Path, options: list[str]) -> None:
    """Point the private apt at the first mirror of this machine that has Odoo."""
    keyrings = sorted(KEYRINGS.glob("debian-archive-keyring.*"))
    signed = f"[signed-by={keyrings[0]}] " if keyrings else ""
    for mirror in _mirrors():
        lines = [f"deb {signed}{mirror} {suite} main\n" for suite in PACKAGES]
        (work / "sources.list").write_text("".join(lines))
        try:
            run_logged("apt-get update", ["apt-get", *options, "update"], LOG)
            run_logged("apt-cache", ["apt-cache", *options, "show", "odoo-19"], LOG)
        except ToolingError:
            continue
        return
    reason = known_reason(LOG) or "Add a mirror that has the suite sid."
    raise ToolingError(
        f"No Debian mirror of this machine gave Odoo 19 ({LOG}). {reason} Or set "
        "ODOO_PATH to an Odoo 19 of your own."
    )


def _mirrors() -> list[str]:
    """Return the addresses of Debian's mirrors in this machine's apt configuration."""
    # --print-uris says where apt would look, even where 'apt-get update' never ran.
    listed = subprocess.run(
        ["apt-get", "--print-uris", "update"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^'(\S+)/dists/([^/]+)/InRelease'", listed.stdout, re.MULTILINE)
    partial = ("-security", "-updates", "-backports")
    return list(
        dict.fromkeys(uri for uri, suite in found if not suite.endswith(partial))
    )


def _check_links(unpacked: Path) -> None:
    """See that no link leads nowhere: icons and scripts would be missing."""
    for path in unpacked.rglob("*"):
        if path.is_symlink() and not path.exists():
            raise ToolingError(
                f"Debian's Odoo 19 lacks the file that {path.name} links to: set "
                "ODOO_PATH to an Odoo 19 of your own."
            )
