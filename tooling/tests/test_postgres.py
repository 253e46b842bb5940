"""The embedded server, for real: started once, killed, started again."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tooling import postgres


@pytest.fixture
def venv(tmp_path, monkeypatch, postgres_programs):
    """Give the Python environment, with a state folder of its own for the server."""
    for name in ("STATE", "CACHE"):
        monkeypatch.setattr(postgres, name, tmp_path)
    monkeypatch.setattr(postgres, "DATA", tmp_path / "postgres")
    monkeypatch.setattr(postgres, "LOG", tmp_path / "postgresql.log")
    monkeypatch.setattr(postgres, "SETTINGS", {"listen_addresses": "''"})
    monkeypatch.setattr(postgres, "programs_of", lambda venv: postgres_programs)
    yield tmp_path
    postgres.stop()


def _ask(variables: dict[str, str], question: str) -> str:
    psql = ["psql", "-d", "postgres", "-XAtc", question]
    environment = {**os.environ, **variables}
    return subprocess.check_output(psql, env=environment, text=True).strip()


def _pid() -> int:
    return int((postgres.DATA / "postmaster.pid").read_text().split()[0])


def test_two_calls_at_once_start_one_server(venv):
    failures = []

    def start():
        try:
            postgres.ensure(venv)
        except Exception as error:  # noqa: BLE001  (told below)
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert _ask(postgres.ensure(venv), "SELECT current_user") == postgres.USER


def test_a_killed_server_is_started_again(venv):
    postgres.ensure(venv)
    os.kill(_pid(), signal.SIGKILL)
    assert _ask(postgres.ensure(venv), "SELECT 1") == "1"


def test_a_pid_file_that_names_another_program_is_forgotten(venv):
    postgres.ensure(venv)
    pid_file = postgres.DATA / "postmaster.pid"
    left = pid_file.read_text()
    postgres.stop()
    # As after a restart of the machine: the number is this test's now.
    pid_file.write_text(left.replace(left.split()[0], str(os.getpid()), 1))
    assert _ask(postgres.ensure(venv), "SELECT 1") == "1"


def test_stopping_twice_is_no_failure(venv):
    postgres.ensure(venv)
    postgres.stop()
    postgres.stop()
    assert not Path(postgres.DATA / "postmaster.pid").exists()
