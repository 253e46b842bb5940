import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    """Forget the variables of the ./run test that runs these tests."""
    for name in list(os.environ):
        if name.startswith("PG") or name in ("ODOO_PATH", "RECOUVREMENT_YES"):
            monkeypatch.delenv(name)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Give a function that puts a shell script on PATH, before the real program."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def add(name: str, script: str) -> None:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return add


@pytest.fixture
def postgres_programs():
    """Give the folder of the PostgreSQL that ./run installed."""
    return Path(shutil.which("pg_ctl")).parent
