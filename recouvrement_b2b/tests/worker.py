"""A process of its own that runs collection on a database, and dies where it is told.

Started by test_kill: ``python worker.py DATABASE JOB ARGUMENTS``. Odoo's configuration
comes from the variable ODOO_RC, its sources from PYTHONPATH.
"""

import os
import signal
import sys
import time
from datetime import timedelta

import odoo
from odoo import Command, api, fields
from odoo.modules.registry import Registry


def die(*_args, **_kwargs):
    """End at once: no cleaning up, no rollback, as in a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner, name, calls=1):
    """Die right after the n-th call of a method."""
    original = getattr(owner, name)
    state = {"left": calls}

    def dying(*args, **kwargs):
        result = original(*args, **kwargs)
        state["left"] -= 1
        if not state["left"]:
            die()
        return result

    setattr(owner, name, dying)


def arm(env, point):
    """Arrange the process's end at a point of the run."""
    run = type(env["recouvrement.run"])
    dispatch = type(env["recouvrement.dispatch"])
    builder = type(env["recouvrement.action.builder"])
    mail = type(env["mail.mail"])
    {
        "planned": lambda: after(run, "_open_batches"),
        "creating": lambda: after(builder, "_create_actions", calls=2),
        "batch_done": lambda: after(type(env["recouvrement.run.batch"]), "_process"),
        "claimed": lambda: after(dispatch, "_begin", calls=2),
        "handed_over": lambda: after(mail, "send", calls=2),
        "sent_one": lambda: after(dispatch, "_send_one", calls=2),
    }[point]()


def populate(env, port, customers):
    """Make customers, each with an invoice ten days late, and a mail server."""
    env["ir.cron"].search([]).active = False
    env["ir.mail_server"].create(
        {"name": "test", "smtp_host": "127.0.0.1", "smtp_port": int(port)}
    )
    env["recouvrement.policy"].search([]).partner_domain = False
    env.company.collection_policy_id = make_policy(env)
    env.company.collection_sending = True
    due = fields.Date.today() - timedelta(days=10)
    partners = env["res.partner"].create(
        [
            {"name": f"Client {n}", "is_company": True, "email": f"c{n}@example.com"}
            for n in range(int(customers))
        ]
    )
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": 100, "tax_ids": []})
                ],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    moves.is_move_sent = True
    env.cr.commit()


def make_policy(env):
    """Return a policy of one e-mail that may go out on any day at any hour."""
    template = env["mail.template"].create(
        {
            "name": "Reminder",
            "model_id": env["ir.model"]._get_id("recouvrement.action"),
            "subject": "{{ object.name }}",
            "body_html": "<p>Hello</p>",
            "email_from": "claire@example.com",
        }
    )
    level = {
        "name": "First",
        "days": 1,
        "send_email": True,
        "email_template_id": template.id,
    }
    return env["recouvrement.policy"].create(
        {
            "name": "Kill",
            "state": "running",
            "hour_from": 0,
            "hour_to": 24,
            "send_saturday": True,
            "send_sunday": True,
            "skip_holidays": False,
            "level_ids": [Command.create(level)],
        }
    )


def launch(env, point=""):
    """Run the day's collection, and die at a point of it if one is given."""
    if point:
        arm(env, point)
    env["recouvrement.run"].launch()


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def wait_for_the_word():
    """Tell that all is loaded, so that two workers begin at the same moment."""
    say("ready")
    sys.stdin.readline()


def slow_launch(env):
    """Launch with pauses, so that two workers surely meet."""
    batch = type(env["recouvrement.run.batch"])
    process = batch._process

    def slow(self):
        process(self)
        say("batch")
        time.sleep(0.2)

    batch._process = slow
    wait_for_the_word()
    launch(env)


def wait(env):
    """Prepare the reminders and leave them waiting for a person."""
    env.company.collection_sending = False
    launch(env)
    env.company.collection_sending = True


def slow_check(env):
    """Look again at what waits, slowly, so that two workers surely meet."""
    dispatch = type(env["recouvrement.dispatch"])
    check = dispatch._check_again

    def slow(self, actions, *arguments):
        say(f"{len(actions)} checked")
        time.sleep(1)
        return check(self, actions, *arguments)

    dispatch._check_again = slow
    wait_for_the_word()
    env["recouvrement.dispatch"]._check_waiting(env.company)


JOBS = {
    "populate": populate,
    "launch": launch,
    "slow_launch": slow_launch,
    "wait": wait,
    "slow_check": slow_check,
}


def main(database, job, *arguments):
    odoo.tools.config.parse_config(
        ["--no-http", "--log-level=warn", f"--database={database}"]
    )
    with Registry(database).cursor() as cr:
        run = sys.modules["odoo.addons.recouvrement_b2b.models.recouvrement_run"]
        run.BATCH_SIZE = 2
        JOBS[job](api.Environment(cr, api.SUPERUSER_ID, {}), *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
