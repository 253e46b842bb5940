"""Measure recouvrement_b2b: the daily run, letters, e-mails."""

from benchmarks.stopwatch import Stopwatch, expect

LEVELS = (5, 15, 30)  # days from the due date


def measure(env, items, letters, emails):
    """Return the seconds and queries of each step, and what they were done for."""
    _configure(env)
    watch = Stopwatch(env)
    actions = _run(env, watch, items)
    with watch.step("letters"):
        _pdfs, failures = env["recouvrement.document"]._render_letters(
            actions[:letters]
        )
    expect("failures of letters", list(failures.values())[:1], [])
    env.company.collection_sending = True
    dispatch = env["recouvrement.dispatch"]
    with watch.step("emails"):
        sent = dispatch._send(actions[:emails], ignore_hours=True)
    expect("e-mails", len(sent), emails)
    return {**watch.steps, "numbers": {"letters": letters, "emails": emails}}


def _run(env, watch, items):
    """Launch the day's run, sending apart; return its actions."""
    decision = env["recouvrement.decision"]
    builder = env["recouvrement.action.builder"]
    with (
        watch.step("run"),
        watch.part("decide", decision, "_decide_all"),
        watch.part("create", builder, "_create_actions"),
    ):
        run = env["recouvrement.run"].launch()
    watch.steps["rest"] = watch.steps["run"].copy()
    for part in ("decide", "create"):
        watch.steps["rest"].subtract(watch.steps[part])
    expect("items chased", run.chase_count, items)
    return run.action_ids


def _configure(env):
    """Set up a policy like the peer's: e-mails, one level due per item, by customer."""
    policy = env["recouvrement.policy"].create(
        {
            "name": "Bench",
            "state": "running",
            # The benchmark also works on Sundays and holidays.
            "send_saturday": True,
            "send_sunday": True,
            "skip_holidays": False,
        }
    )
    pattern = env.ref("recouvrement_b2b.level_standard_30")  # shipped texts, in French
    for days in LEVELS:
        pattern.copy(
            {
                "policy_id": policy.id,
                "days": days,
                "send_letter": False,
                "attach_invoices": False,
            }
        )
    env.company.write({"collection_policy_id": policy.id, "collection_sending": False})
    env["recouvrement.policy"].search([("id", "!=", policy.id)]).partner_domain = False
    collector = env.ref("base.user_admin")
    env["ir.default"].set(
        "res.partner", "collector_id", collector.id, company_id=env.company.id
    )
