"""The databases that are measured, and the measurements in them.

One database is populated; each product is installed in a copy of its own, so that both
work on the same data and neither is there while the other is measured.
"""

import itertools
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from tooling import odoo
from tooling.console import step
from tooling.databases import PREFIX, Databases
from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.paths import ROOT, STATE

BENCH = f"{PREFIX}_bench_"
SCRIPT = ROOT / "benchmarks/in_odoo.py"
CONFIGURATION = STATE / "bench.conf"
MAIL_SERVER_SECONDS = 30


class Bench:
    """Odoo, a mail server that takes everything, and databases dropped in the end."""

    def __init__(self, addons: list[Path]):
        """Prepare Odoo, with the peer's folder of add-ons if it is to be measured."""
        ready = odoo.ensure()
        self.smtp_port = _find_free_port()
        _write_configuration([ROOT, *addons], self.smtp_port)
        self.odoo = replace(
            ready,
            variables={
                **ready.variables,
                "ODOO_RC": str(CONFIGURATION),
                # for `import benchmarks` in Odoo
                "PYTHONPATH": f"{ready.variables['PYTHONPATH']}{os.pathsep}{ROOT}",
            },
        )
        self.databases = Databases(self.odoo)
        self.names = (f"{BENCH}{os.getpid()}_{number}" for number in itertools.count())

    def __enter__(self) -> "Bench":
        for name in self.databases.names(BENCH):
            if not Path(f"/proc/{name.removeprefix(BENCH).split('_')[0]}").exists():
                self.databases.drop(name)
        self.mail_server = _start_mail_server(self.odoo, self.smtp_port)
        return self

    def __exit__(self, *_error) -> None:
        self.mail_server.terminate()
        self.mail_server.wait()

    @contextmanager
    def populated(self, items: int, customers: int) -> Iterator[str]:
        """Give a database of a French company with open items, no product in it."""
        with file_lock(STATE / "databases.lock"):
            base = self.databases.base_template()
        with self._copy(base) as name:
            with step(f"Populating {items:,} open items of {customers:,} customers"):
                self.measure("populate", name, items=items, customers=customers)
            yield name

    @contextmanager
    def copy_with(self, module: str, source: str) -> Iterator[str]:
        """Give a copy of a database with a product installed."""
        with self._copy(source) as name:
            self.databases.install(name, module)
            yield name

    @contextmanager
    def _copy(self, source: str) -> Iterator[str]:
        name = next(self.names)
        try:
            self.databases.copy(source, name)
            yield name
        finally:
            self.databases.drop(name)

    def measure(self, what: str, database: str, **options: int) -> dict:
        """Call `measure` of benchmarks/WHAT.py in Odoo; return what it returns."""
        variables = {"BENCH_WHAT": what, "BENCH_OPTIONS": json.dumps(options)}
        return json.loads(self.databases.script(database, SCRIPT, **variables))


def _write_configuration(addons: list[Path], smtp_port: int) -> None:
    lines = [
        "[options]",
        f"addons_path = {','.join(map(str, addons))}",
        f"data_dir = {odoo.DATA}",
        "smtp_server = 127.0.0.1",
        f"smtp_port = {smtp_port}",
    ]
    CONFIGURATION.write_text("\n".join(lines) + "\n")


def _find_free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start_mail_server(ready: odoo.Odoo, port: int) -> subprocess.Popen:
    """Start a real SMTP server that throws away what it is given."""
    address = f"127.0.0.1:{port}"
    options = ["--nosetuid", "--listen", address, "--class", "aiosmtpd.handlers.Sink"]
    command = [str(ready.python), "-m", "aiosmtpd", *options]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + MAIL_SERVER_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return server
        time.sleep(0.1)
    server.kill()
    raise ToolingError("The mail server of the benchmark did not start.")
