"""What the user sees while a command works."""

import sys
import time
from contextlib import contextmanager


def say(text: str = "") -> None:
    """Print on standard error, so that standard output stays what Odoo or pytest print."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str):
    """Announce a long step, then its duration."""
    say(f"... {title}")
    start = time.monotonic()
    yield
    say(f"    {title}: done in {time.monotonic() - start:.0f} s")
