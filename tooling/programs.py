"""Running other programs quietly."""

import subprocess
from pathlib import Path

from tooling.errors import program_failed


def run_logged(what: str, command: list, log: Path, **options) -> None:
    """Run `command`, its output to the end of `log`; fail in one sentence."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
            **options,
        )
    if done.returncode:
        raise program_failed(what, log)
