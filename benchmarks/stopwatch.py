"""Time and queries of the steps of a measurement, in Odoo."""

import os
import time
from collections import Counter
from contextlib import contextmanager
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
        before = _read_counters()
        yield
        spent = self.steps.setdefault(name, Counter())
        spent.update(_read_counters())
        spent.subtract(before)


def _read_counters():
    return {
        "seconds": time.perf_counter(),
        "cpu": sum(os.times()[:4]),  # ours and that of programs that we called
        "queries": sql_db.sql_counter,  # of all cursors
    }


def expect(what, found, wanted):
    """Stop a measurement that did not do the work it is said to have done."""
    if found != wanted:
        raise AssertionError(f"{what}: {found} instead of {wanted}")
