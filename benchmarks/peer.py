"""Measure the peer, OCA's account_credit_control: level run, letters, e-mails."""

from odoo import Command, fields

from benchmarks.stopwatch import Stopwatch, expect

LEVELS = 3
DELAY_DAYS = 5
FIRST = "net_days"  # the first level counts from the due date
REPORT = "account_credit_control.report_credit_control_summary"


def measure(env, items, letters, emails):
    """Return the seconds and queries of each step, and what they were done for."""
    run = _create_run(env)
    watch = Stopwatch(env)
    with watch.step("levels"):
        run.generate_credit_lines()
    expect("items chased", len(run.line_ids), items)
    with watch.step("ready"):
        run.set_to_ready_lines()
    with watch.step("communications"):
        communications = env[
            "credit.control.communication"
        ]._generate_comm_from_credit_lines(run.line_ids)
    with watch.step("letters"):
        env["ir.actions.report"]._render_qweb_pdf(REPORT, communications[:letters].ids)
    with watch.step("emails"):
        communications[:emails]._generate_emails()
    sent = communications[:emails].credit_control_line_ids.mapped("state")
    expect("states of the e-mails", set(sent), {"sent"})
    total = watch.steps["levels"] + watch.steps["ready"] + watch.steps["communications"]
    return {
        **watch.steps,
        "run": total,
        "numbers": {"letters": letters, "emails": emails},
    }


def _create_run(env):
    accounts = env["account.account"].search(
        [("account_type", "=", "asset_receivable")]
    )
    template = env.ref("account_credit_control.email_template_credit_control_base")
    policy = env["credit.control.policy"].create(
        {
            "name": "Bench",
            "company_id": env.company.id,
            "account_ids": accounts.ids,
            "level_ids": [
                Command.create(
                    {
                        "name": f"Level {level}",
                        "level": level,
                        "computation_mode": "previous_date"
                        if level > 1
                        else "net_days",
                        "delay_days": DELAY_DAYS,
                        "email_template_id": template.id,
                        "channel": "email",
                        "custom_text": "Please pay.",
                        "custom_mail_text": "<p>Please pay.</p>",
                    }
                )
                for level in range(1, LEVELS + 1)
            ],
        }
    )
    env.company.credit_policy_id = policy
    return env["credit.control.run"].create(
        {
            "date": fields.Date.today(),
            "policy_ids": policy.ids,
            "company_id": env.company.id,
        }
    )
