"""What the user reads when something is missing, taken, full or refused."""

import errno
import os
import socket
import subprocess

import pytest

from tooling import debian_odoo, demo, errors, main, odoo, postgres, system
from tooling.errors import ToolingError
from tooling.paths import ROOT
from tooling.programs import run_logged


@pytest.fixture
def fails(capsys):
    """Give a function that runs a failing command and returns its one sentence."""

    def run(monkeypatch, function) -> str:
        monkeypatch.setitem(main.COMMANDS, "test", lambda _args: function())
        assert main.main(["test"]) == 1
        lines = capsys.readouterr().err.strip().splitlines()
        told = [line for line in lines if not line.startswith((">", "=", "x"))]
        assert len(told) == 1, told
        assert "Traceback" not in told[0]
        return told[0]

    return run


def test_an_unknown_command_shows_the_help(capsys):
    assert main.main(["tset"]) == 2
    assert "./run COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("E: You don't have enough space: No space left on device", "free 4 GB"),
        ("W: Temporary failure resolving 'somewhere'", "network"),
        ("E: Release file is expired (invalid since 15d)", "clock"),
        ("Failed to establish a new connection: [Errno 111]", "network"),
        ("ERROR: No matching distribution found for x==1", "Python 3.10 to 3.13"),
        ("Segmentation fault", "says why"),
    ],
)
def test_the_log_of_a_program_gives_the_reason(
    tmp_path, monkeypatch, fails, written, told
):
    log = tmp_path / "log"
    failing = ["sh", "-c", 'echo "$0"; exit 3', written]
    sentence = fails(monkeypatch, lambda: run_logged("Installing", failing, log))
    assert told in sentence
    assert str(log) in sentence


def test_a_full_disk_is_told(monkeypatch, fails):
    def write():
        raise OSError(errno.ENOSPC, "No space left on device", "/there")

    assert "free 4 GB" in fails(monkeypatch, write)


def test_a_nearly_full_disk_is_told_before_the_download(tmp_path, monkeypatch, fails):
    monkeypatch.setattr(system, "CACHE", tmp_path)
    monkeypatch.setattr(system, "FREE_BYTES", 10**18)
    assert "XDG_CACHE_HOME" in fails(monkeypatch, system.require_space)


def test_a_folder_of_somebody_else_is_told(monkeypatch, fails):
    def write():
        raise PermissionError(errno.EACCES, "Permission denied", "/there")

    assert "owns the checkout" in fails(monkeypatch, write)


def test_other_errors_of_the_system_keep_their_traceback():
    assert errors.system_refused(OSError(errno.EBADF, "Bad file descriptor")) is None


# --- System packages ---------------------------------------------------------


def test_without_chromium_root_is_told_to_agree(monkeypatch, programs, fails):
    monkeypatch.setattr(system, "_has_browser", lambda: False)
    missing = system.Need("chromium", "browser tests", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs("apt-get", "exit 1")
    sentence = fails(monkeypatch, lambda: system.require(missing))
    assert "--yes" in sentence
    assert "apt-get install chromium" in sentence


def test_without_chromium_a_user_is_told_to_ask_root(monkeypatch, programs, fails):
    missing = system.Need("chromium", "browser tests", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    programs("apt-get", "exit 1")
    sentence = fails(monkeypatch, lambda: system.require(missing))
    assert "sudo apt-get install chromium" in sentence


def test_where_there_is_no_apt_the_user_is_told_what_lacks(monkeypatch, fails):
    missing = system.Need("libcairo2", "PDF", lambda: False)
    monkeypatch.setenv("PATH", "")
    assert "libcairo2 (PDF)" in fails(monkeypatch, lambda: system.require(missing))


def test_agreeing_installs_what_is_missing(tmp_path, monkeypatch, programs):
    installed = tmp_path / "installed"
    missing = system.Need("libcairo2", "PDF", installed.exists)
    programs("apt-get", f'case "$*" in *libcairo2) touch {installed};; esac')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "LOGS", tmp_path)
    monkeypatch.setenv("RECOUVREMENT_YES", "1")
    system.require(missing)
    assert installed.exists()


# --- Odoo --------------------------------------------------------------------


def _fetch_from_debian(tmp_path, monkeypatch):
    monkeypatch.setattr(debian_odoo, "CACHE", tmp_path)
    monkeypatch.setattr(debian_odoo, "LOG", tmp_path / "log")
    monkeypatch.setattr(debian_odoo, "FOLDER", tmp_path / "odoo")
    monkeypatch.setattr(system, "is_debian", lambda: True)
    return debian_odoo.ensure


def test_without_a_mirror_another_odoo_is_asked_for(
    tmp_path, monkeypatch, programs, fails
):
    programs(
        "apt-get",
        "[ $1 = --print-uris ] && echo \"'http://a.test/dists/stable/InRelease' a 0\""
        " && exit\necho Temporary failure resolving >&2; exit 100",
    )
    sentence = fails(monkeypatch, _fetch_from_debian(tmp_path, monkeypatch))
    assert "network" in sentence
    assert "ODOO_PATH" in sentence
    assert not (tmp_path / "odoo").exists()


def test_the_mirror_is_the_one_of_the_machine(programs):
    # The address of a mirror, without the suites that hold updates only.
    programs(
        "apt-get",
        "echo \"'http://a.test/deb/dists/stable/InRelease' a 0\"\n"
        "echo \"'http://a.test/deb/dists/stable-updates/InRelease' a 0\"\n"
        "echo \"'http://s.test/deb/dists/stable-security/InRelease' a 0\"\n"
        "echo \"'http://a.test/deb/dists/stable/main/binary-all/Packages.xz' a 0\"",
    )
    assert debian_odoo._mirrors() == ["http://a.test/deb"]


def test_elsewhere_than_on_debian_an_odoo_is_asked_for(tmp_path, monkeypatch, fails):
    fetch = _fetch_from_debian(tmp_path, monkeypatch)
    monkeypatch.setattr(system, "is_debian", lambda: False)
    assert "set ODOO_PATH" in fails(monkeypatch, fetch)


@pytest.fixture
def users_odoo(tmp_path, monkeypatch):
    """Give a function that makes a source checkout of an Odoo of some version."""
    monkeypatch.setattr(odoo, "STATE", tmp_path / "state")

    def make(version_info: str):
        package = tmp_path / "checkout/odoo"
        package.mkdir(parents=True)
        (package / "release.py").write_text(f"version_info = {version_info}\n")
        return package.parent

    return make


def test_another_version_of_odoo_is_refused(monkeypatch, users_odoo, fails):
    path = users_odoo("(18, 0, 0, FINAL, 0, '')")
    assert "is Odoo 18.0" in fails(monkeypatch, lambda: odoo._users_own(path))


def test_a_folder_without_odoo_is_refused(tmp_path, monkeypatch, fails):
    assert "holds no Odoo" in fails(monkeypatch, lambda: odoo._users_own(tmp_path))


def test_the_users_odoo_is_taken_without_its_neighbours(users_odoo):
    path = users_odoo("(19, 0, 0, FINAL, 0, '')")
    (path / "werkzeug").mkdir()
    for given in (path, path / "odoo"):
        folder = odoo._users_own(given)
        assert (folder / "odoo/release.py").exists()
        assert not (folder / "werkzeug").exists()


def test_a_port_in_use_is_told(monkeypatch, fails):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = fails(monkeypatch, lambda: odoo.require_port(port))
    assert f"--http-port {port + 1}" in sentence


# --- PostgreSQL --------------------------------------------------------------


def test_a_postgresql_that_refuses_is_told(
    tmp_path, monkeypatch, postgres_programs, fails
):
    own = {"PGHOST": str(tmp_path), "PGUSER": "somebody"}
    check = lambda: postgres._check_users_own(postgres_programs, own)  # noqa: E731
    assert "correct PGHOST" in fails(monkeypatch, check)


def test_a_path_too_long_for_a_socket_uses_the_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "STATE", tmp_path / ("long" * 30))
    monkeypatch.setattr(postgres, "CACHE", tmp_path)
    assert postgres._socket_folder().parent == tmp_path / "pg"


def test_paths_all_too_long_for_a_socket_are_told(tmp_path, monkeypatch, fails):
    monkeypatch.setattr(postgres, "STATE", tmp_path / ("long" * 30))
    monkeypatch.setattr(postgres, "CACHE", tmp_path / ("long" * 30))
    assert "XDG_CACHE_HOME" in fails(monkeypatch, postgres._socket_folder)


# --- The demo ----------------------------------------------------------------


def test_a_missing_export_is_told_at_once():
    with pytest.raises(ToolingError, match=r"no file .*missing\.csv"):
        demo._parse(["--data", "missing.csv"])


def test_a_database_that_is_not_ours_is_left_alone(monkeypatch):
    made = demo.Demo.__new__(demo.Demo)
    made.name = "accounting"
    made.databases = type("Other", (), {})()
    made.databases.exists = lambda name: True
    made.databases.read_comment = lambda name: "our books"
    with pytest.raises(ToolingError, match="was not made by"):
        made._read_comment()


def test_an_interrupted_command_ends_quietly(monkeypatch, capsys):
    def interrupt(_args):
        raise KeyboardInterrupt

    monkeypatch.setitem(main.COMMANDS, "test", interrupt)
    assert main.main(["test"]) == 130
    assert capsys.readouterr().err.strip() == "Stopped."


def test_an_old_python_is_told(tmp_path):
    run = (ROOT / "run").read_text()
    old = run.replace("import sys\n", "import sys\nsys.version_info = (3, 9)\n")
    (tmp_path / "run").write_text(old)
    done = subprocess.run(
        ["python3", tmp_path / "run"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "needs Python 3.10" in done.stderr
