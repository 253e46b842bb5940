"""./run demo: a company, its receivables, one day of collection, the web client."""

import argparse
import contextlib
import hashlib
import json
import re
import socket
import subprocess
import time
from pathlib import Path

from tooling import odoo
from tooling.console import say, step
from tooling.databases import SHELL, Databases, module_digest
from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.odoo import Odoo
from tooling.paths import LOGS, OUT, STATE

GENERATED = "recouvrement_demo"
IMPORTED = "recouvrement_import"
SUMMARY = "summary.txt"
SERVER_START_SECONDS = 120
SERVER_STOP_SECONDS = 3


def main(args: list[str]) -> int:
    """A demo company, or your own export (--data FILE), its day's run, the web client.

    Other options are handed on to what fills the database: the generator or, with
    --data, the importer (--mapping FILE, --date-style STYLE, --shift-dates...).
    """
    options = _parse(args)
    if options.serve:
        odoo.require_port(options.http_port)
    ready = odoo.ensure()
    with file_lock(STATE / "demo.lock"):
        Demo(ready, options).prepare()
    return _serve(ready, options) if options.serve else 0


def _parse(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run demo", description=main.__doc__)
    parser.add_argument("--data", type=Path, metavar="FILE", help="import this export")
    parser.add_argument("--fresh", action="store_true", help="make the database anew")
    parser.add_argument("--database", metavar="NAME", help="another name for it")
    parser.add_argument("--http-port", type=int, default=odoo.HTTP_PORT, metavar="PORT")
    parser.add_argument("--no-serve", dest="serve", action="store_false")
    options, options.fill = parser.parse_known_args(args)
    if options.data and not options.data.is_file():
        raise ToolingError(f"There is no file {options.data}: give --data your export.")
    options.database = options.database or (IMPORTED if options.data else GENERATED)
    if not re.fullmatch(r"\w[\w-]*", options.database):
        raise ToolingError("A database name has letters, digits, _ and - only.")
    return options


class Demo:
    """The demo database. What it holds is written in PostgreSQL's comment on it."""

    def __init__(self, ready: Odoo, options: argparse.Namespace):
        self.ready = ready
        self.databases = Databases(ready)
        self.options = options
        self.name = options.database
        self.out = OUT if self.name == GENERATED else OUT / self.name

    def prepare(self) -> None:
        """Bring the database to its data, to our module's files, and to today."""
        wanted = {"data": self._data_digest(), "module": module_digest()}
        holds = self._read_comment()
        if self.options.fresh or holds.get("data") != wanted["data"]:
            self._make()
        elif holds.get("module") != wanted["module"]:
            with step("Upgrading the demo database to the module's files") as tell:
                self.databases.upgrade(self.name, tell)
        elif holds.get("day") == _today() and (self.out / SUMMARY).exists():
            say((self.out / SUMMARY).read_text())
            return
        self._write_comment(wanted)
        self._run_day()
        self._write_comment({**wanted, "day": _today()})

    def _make(self) -> None:
        if self.databases.exists(self.name):
            self.databases.drop(self.name)
        self.databases.copy_of_module_template(self.name)
        self._write_comment({})
        self.databases.script(self.name, SHELL / "demo_settings.py")
        if self.options.data:
            self._fill(f"Importing {self.options.data}", "recouvrement_import")
        else:
            self._fill("Generating a company", "recouvrement_demo")
            with step("A factoring contract"):
                self.databases.script(self.name, SHELL / "demo_factoring.py")

    def _fill(self, title: str, command: str) -> None:
        """Run a command of our module, which tells its own progress."""
        file = [str(self.options.data)] if self.options.data else []
        arguments = ["-d", self.name, *file, *self.options.fill]
        log = LOGS / f"{command}.log"
        with step(title, alone=False), log.open("w") as errors:
            done = self.ready.run(
                self.ready.command(command, *arguments), stderr=errors
            )
            if done.returncode:
                raise ToolingError(f"{title} failed: {_last_words(log)} (log: {log})")

    def _run_day(self) -> None:
        title = "Collection run of today, letters and worklist"
        self.out.mkdir(parents=True, exist_ok=True)
        with step(title):
            summary = self.databases.script(
                self.name, SHELL / "demo_day.py", RECOUVREMENT_OUT=str(self.out)
            )
        (self.out / SUMMARY).write_text(summary)
        say(summary)

    def _data_digest(self) -> str:
        """Return what the data come from: files and options."""
        digest = hashlib.sha256()
        for argument in [str(self.options.data), *self.options.fill]:
            digest.update(f"{argument}\0".encode())
            if Path(argument).is_file():
                digest.update(Path(argument).read_bytes())
        return digest.hexdigest()[:10]

    # --- What the database holds ---------------------------------------------

    def _read_comment(self) -> dict:
        if not self.databases.exists(self.name):
            return {}
        try:
            return json.loads(self.databases.read_comment(self.name))["run_demo"]
        except (ValueError, KeyError, TypeError) as error:
            raise ToolingError(
                f"The database {self.name} was not made by ./run demo: choose another "
                "name with --database, or drop it."
            ) from error

    def _write_comment(self, holds: dict) -> None:
        self.databases.write_comment(self.name, json.dumps({"run_demo": holds}))


def _last_words(log: Path) -> str:
    """Return the last line that a command wrote, its dated log lines left out."""
    lines = [line for line in log.read_text().splitlines() if re.match("[^ 0-9]", line)]
    return lines[-1] if lines else "see above"


def _today() -> str:
    return time.strftime("%Y-%m-%d")


def _serve(ready: Odoo, options: argparse.Namespace) -> int:
    """Run the web server until the user stops it."""
    log = LOGS / "server.log"
    arguments = ["--database", options.database, "--http-port", str(options.http_port)]
    command = ready.command(*arguments, "--no-database-list", "--logfile", str(log))
    with subprocess.Popen(
        command, env=ready.variables, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for(server, options.http_port, log)
            say(
                f"Open http://localhost:{options.http_port} and log in as admin, "
                "password admin."
            )
            say(f"(log: {log}; Ctrl+C stops the server, './run stop' PostgreSQL)")
            return server.wait()
        except KeyboardInterrupt:
            # Ctrl+C has reached the server too; a signal to ./run alone has not.
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(SERVER_STOP_SECONDS)
            server.terminate()
            return 0


def _wait_for(server: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + SERVER_START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port)),
        ):
            return
        time.sleep(0.2)
    server.terminate()
    raise ToolingError(f"Odoo's web server did not start; {log} says why.")
