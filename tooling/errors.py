"""How a command fails: in one sentence that says what to do."""

import errno
from pathlib import Path


class ToolingError(Exception):
    """A failure to tell the user in one sentence; `main` prints it, without a traceback."""


# What programs write in their logs, and the sentence that it deserves.
KNOWN_REASONS = {
    "No space left on device": "The disk is full: free 4 GB and start again.",
    "Disk quota exceeded": "The disk quota is used up: free 4 GB and start again.",
    "Temporary failure resolving": "The network cannot be reached: connect and try again.",
    "Could not resolve": "The network cannot be reached: connect and try again.",
    "Name or service not known": "The network cannot be reached: connect and try again.",
    "Failed to establish a new connection": (
        "The network cannot be reached: connect and try again."
    ),
    "No matching distribution found": (
        "A Python package has no build for this Python or machine: use x86-64 Linux "
        "with Python 3.10 to 3.13, and look that pip reaches its index."
    ),
}


def program_failed(what: str, log: Path) -> ToolingError:
    """Return the error of a program that wrote its reasons to `log`."""
    text = log.read_text(errors="replace") if log.exists() else ""
    for sign, sentence in KNOWN_REASONS.items():
        if sign in text:
            return ToolingError(f"{what} failed ({log}). {sentence}")
    return ToolingError(f"{what} failed; {log} says why.")


def system_refused(error: OSError) -> ToolingError | None:
    """Return the sentence for what the system refuses a program, None for the rest."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolingError(f"The disk is full{where}: free 4 GB and start again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ToolingError(
            f"This user may not write here{where}: start ./run as the user who owns "
            "the checkout."
        )
    return None
