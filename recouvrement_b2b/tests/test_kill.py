import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from aiosmtpd.controller import Controller

import odoo
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools.misc import find_pg_tool

from .smtp import Mailbox, find_free_port

WORKER = Path(__file__).with_name("worker.py")
CUSTOMERS = 6


@tagged("post_install", "-at_install", "recouvrement_kill")
class TestKill(BaseCase):
    """Processes that die in the middle, and two that work at the same time.

    They need a database of their own, whose commits are real: a copy of the tests'.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = f"{get_db_name()}_kill"
        cls._sql(f'CREATE DATABASE "{cls.template}"')
        cls.addClassCleanup(cls._drop, cls.template)
        dump = subprocess.Popen(
            [find_pg_tool("pg_dump"), "--no-owner", get_db_name()],
            stdout=subprocess.PIPE,
        )
        subprocess.run(
            [find_pg_tool("psql"), "-q", "-d", cls.template],
            stdin=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        cls.port = find_free_port()
        cls._run_worker(cls.template, "populate", str(cls.port), str(CUSTOMERS))

    def setUp(self):
        super().setUp()
        self.database = f"{self.template}_{self._testMethodName[5:40]}"
        self._sql(f'CREATE DATABASE "{self.database}" TEMPLATE "{self.template}"')
        self.addCleanup(self._drop, self.database)
        self.mailbox = Mailbox()
        server = Controller(self.mailbox, hostname="127.0.0.1", port=self.port)
        server.start()
        self.addCleanup(server.stop)

    @classmethod
    def _sql(cls, statement):
        with closing(odoo.sql_db.db_connect("postgres").cursor()) as cr:
            cr._cnx.autocommit = True
            cr._obj.execute(statement)

    @classmethod
    def _drop(cls, database):
        odoo.sql_db.close_db(database)
        cls._sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    @classmethod
    def _start(cls, database, job, *arguments):
        return subprocess.Popen(
            [sys.executable, str(WORKER), database, job, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    @classmethod
    def _run_worker(cls, database, job, *arguments):
        """Run a worker that is to reach its end."""
        worker = cls._start(database, job, *arguments)
        _out, errors = worker.communicate(timeout=120)
        if worker.returncode:
            raise AssertionError(errors)

    def _launch(self):
        self._run_worker(self.database, "launch")

    def _run_two(self, job):
        """Run two workers that begin at the same word; return what they printed."""
        workers = [self._start(self.database, job) for _each in range(2)]
        for worker in workers:
            self.assertEqual(worker.stdout.readline(), "ready\n")
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        outputs = [worker.communicate(timeout=120) for worker in workers]
        for worker, (_out, errors) in zip(workers, outputs, strict=True):
            self.assertEqual(worker.returncode, 0, errors)
        return [out for out, _errors in outputs]

    def _states(self):
        """Return ``{customer: states of its actions}``."""
        with closing(odoo.sql_db.db_connect(self.database).cursor()) as cr:
            cr.execute(
                "SELECT p.name, array_agg(a.state) FROM recouvrement_action a "
                "JOIN res_partner p ON p.id = a.partner_id GROUP BY p.name"
            )
            return dict(cr.fetchall())

    def _check_nothing_lost_nothing_twice(self, unknown):
        """After the restart: one contact a customer, the ones in flight shown."""
        states = self._states()
        self.assertEqual(len(states), CUSTOMERS)
        self.assertEqual([len(own) for own in states.values()], [1] * CUSTOMERS)
        counts = Counter(own[0] for own in states.values())
        self.assertEqual(counts["unknown"], unknown)
        self.assertEqual(counts["sent"], CUSTOMERS - unknown)
        per_address = Counter(self.mailbox.recipients)
        self.assertFalse([who for who, times in per_address.items() if times > 1])

    def _kill_and_restart(self, point):
        worker = self._start(self.database, "launch", point)
        _out, errors = worker.communicate(timeout=120)
        self.assertEqual(worker.returncode, -signal.SIGKILL, errors)
        self._launch()

    def test_killed_when_planned(self):
        self._kill_and_restart("planned")
        self._check_nothing_lost_nothing_twice(unknown=0)

    def test_killed_while_creating(self):
        self._kill_and_restart("creating")
        self._check_nothing_lost_nothing_twice(unknown=0)

    def test_killed_after_a_batch(self):
        self._kill_and_restart("batch_done")
        self._check_nothing_lost_nothing_twice(unknown=0)

    def test_killed_when_claimed(self):
        """'Sending' was committed, the mail server never saw it: a person decides."""
        self._kill_and_restart("claimed")
        self._check_nothing_lost_nothing_twice(unknown=1)
        self.assertEqual(len(self.mailbox.messages), CUSTOMERS - 1)

    def test_killed_when_handed_over(self):
        """The mail server has it, the database does not know: never sent again."""
        self._kill_and_restart("handed_over")
        self._check_nothing_lost_nothing_twice(unknown=1)
        self.assertEqual(len(self.mailbox.messages), CUSTOMERS)

    def test_killed_between_two_messages(self):
        self._kill_and_restart("sent_one")
        self._check_nothing_lost_nothing_twice(unknown=0)

    def test_two_runs_at_the_same_time_share_the_work(self):
        batches = [out.count("batch") for out in self._run_two("slow_launch")]
        self.assertEqual(sum(batches), CUSTOMERS / 2)
        self.assertTrue(all(batches), "both did some of the work")
        self._check_nothing_lost_nothing_twice(unknown=0)

    def test_two_runs_that_look_again_at_what_waits_do_not_disturb_each_other(self):
        """Both begin at the same time: one does it, the other leaves it alone."""
        self._run_worker(self.database, "wait")
        outputs = self._run_two("slow_check")
        self.assertCountEqual(
            [out.split() for out in outputs],
            [[str(CUSTOMERS), "checked"], ["0", "checked"]],
        )
        self._launch()
        self._check_nothing_lost_nothing_twice(unknown=0)

    def test_launched_again_it_sends_nothing_more(self):
        for _each in range(2):
            self._launch()
        self._check_nothing_lost_nothing_twice(unknown=0)
