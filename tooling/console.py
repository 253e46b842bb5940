"""What the user sees while a command works."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_last_line = threading.Lock()  # held by the step that rewrites it


def say(text: str = "") -> None:
    """Print on standard error: standard output belongs to Odoo and pytest."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str, alone: bool = True) -> Iterator[Callable[[str], None]]:
    """Announce a long step, then how long it took.

    Gives a function that tells how far it is. On a terminal one line moves on, every
    second, unless others write meanwhile: another step, or a program (`alone` false).
    In a log there is one line at the start and one at the end.
    """
    start = time.monotonic()
    ended = threading.Event()
    progress = ""

    def tell(text: str) -> None:
        nonlocal progress
        progress = text

    def line(mark: str, detail: str) -> str:
        return f"{mark} {title}: {time.monotonic() - start:.0f} s {detail}".rstrip()

    def tick() -> None:
        while not ended.wait(1):
            print(f"\r{line('>', progress)}\033[K", end="", file=sys.stderr, flush=True)

    terminal = alone and sys.stderr.isatty() and _last_line.acquire(blocking=False)
    if terminal:
        threading.Thread(target=tick, daemon=True).start()
    else:
        say(f"> {title}")
    mark, detail = "x", "- failed"
    try:
        yield tell
        mark, detail = "=", ""
    finally:
        ended.set()
        if terminal:
            _last_line.release()
        say(("\r\033[K" if terminal else "") + line(mark, detail))
