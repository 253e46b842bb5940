"""How a command fails: in one sentence that says what to do."""

import errno
from pathlib import Path


class ToolingError(Exception):
    """A failure told in one sentence: `main` prints it, without a traceback."""


DISK_FULL = "The disk is full: free 4 GB and start again."
NO_NETWORK = "The network cannot be reached: connect and try again."
NO_WHEEL = (
    "A Python package was not found: see that pip reaches its index, and that this is "
    "Python 3.10 to 3.13 on x86-64 Linux."
)
EXPIRED = "The mirror's lists have expired: set the clock, or use another mirror."
# What programs write in their logs, and the sentence that it deserves.
KNOWN_REASONS = {
    "No space left on device": DISK_FULL,
    "Disk quota exceeded": DISK_FULL,
    "Temporary failure resolving": NO_NETWORK,
    "Could not resolve": NO_NETWORK,
    "Could not connect": NO_NETWORK,
    "Name or service not known": NO_NETWORK,
    "Temporary failure in name resolution": NO_NETWORK,
    "Failed to establish a new connection": NO_NETWORK,
    "is expired": EXPIRED,
    "is not valid yet": EXPIRED,
    "No matching distribution found": NO_WHEEL,
}


def known_reason(log: Path) -> str | None:
    """Return the sentence for what a program wrote in its log, if it is a known one."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return next(
        (sentence for sign, sentence in KNOWN_REASONS.items() if sign in text), None
    )


def program_failed(what: str, log: Path) -> ToolingError:
    """Return the error of a program that wrote its reasons to `log`."""
    reason = known_reason(log)
    if reason:
        return ToolingError(f"{what} failed ({log}). {reason}")
    return ToolingError(f"{what} failed; {log} says why.")


def system_refused(error: OSError) -> ToolingError | None:
    """Return the sentence for what the system refuses a program, None for the rest."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolingError(DISK_FULL + where)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ToolingError(
            f"This user may not write here{where}: start ./run as the user who owns "
            "the checkout."
        )
    return None
