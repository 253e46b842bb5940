"""Time and queries of the steps of a measurement, in Odoo."""

import os
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo import sql_db


class Stopwatch:
    """Measure steps: each begins with nothing cached or pending, and ends committed.

    Chatter and tracking are written just before a commit: without it, a step looks up
    to twenty times cheaper than it is.
    """

    def __init__(self, env):
        self.env = env
        self.steps = {}  # name -> Counter of seconds, CPU seconds and queries

    @contextmanager
    def step(self, name):
        """Measure a step up to the end of its commit."""
        self.env.cr.commit()
        self.env.invalidate_all()
        with self._add_up(name):
            yield
            self.env.cr.commit()

    @contextmanager
    def part(self, name, model, method):
        """Measure, within a step, all the calls of one method of a model."""
        original = getattr(type(model), method)

        def measured(records, *args, **kwargs):
            with self._add_up(name):
                return original(records, *args, **kwargs)

        with patch.object(type(model), method, measured):
            yield

    @contextmanager
    def _add_up(self, name):
        before = self._read_counters()
        yield
        spent = self.steps.setdefault(name, Counter())
        spent.update(self._read_counters())
        spent.subtract(before)

    def _read_counters(self):
        database = self.env.cr._cnx.info.backend_pid
        return {
            "seconds": time.perf_counter(),
            # Odoo's, that of the programs it called, and PostgreSQL's for it
            "cpu": sum(os.times()[:4]) + _read_cpu_of(database),
            "queries": sql_db.sql_counter,  # of all cursors
        }


def _read_cpu_of(pid):
    """Return the CPU seconds of a process, 0 if it runs on another machine."""
    try:
        # after the name, in parentheses: the third to the last of 52 fields
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def expect(what, found, wanted):
    """Stop a measurement that did not do the work it is said to have done."""
    if found != wanted:
        raise AssertionError(f"{what}: {found} instead of {wanted}")
