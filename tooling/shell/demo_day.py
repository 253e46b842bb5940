"""For `odoo shell`: do one day's work, and tell what came out of it.

Writes the letters (one PDF), the worklist (XLSX) and one customer's statement of
penalties (PDF and XLSX) into the folder RECOUVREMENT_OUT, and a summary on standard
output. Nothing is sent, nor marked as sent.
"""

# ruff: noqa: F821  (`env` is the shell's)

import os
from pathlib import Path

from odoo import fields
from odoo.exceptions import UserError

out = Path(os.environ["RECOUVREMENT_OUT"])
admin = env.ref("base.user_admin")
env = env(user=admin, context={**env.context, "lang": admin.lang, "tz": admin.tz})

# On a Sunday nothing goes out: show the next day on which something does.
today = fields.Date.context_today(admin)
policy = env.company.collection_policy_id
day = policy._next_open_day(today, [env.company.country_id.code]) or today
run = env["recouvrement.run"].launch(as_of=day)
env.cr.commit()

actions = env["recouvrement.action"].search(
    [("company_id", "=", env.company.id), ("state", "in", ("proposed", "approved"))]
)
(out / "worklist.xlsx").write_bytes(env["recouvrement.xlsx"].worklist(actions))

documents = env["recouvrement.document"]
pdfs, failures = documents._render_letters(
    actions.filtered(lambda action: action.channel in ("email", "letter"))
)
(out / "letters.pdf").write_bytes(documents._merge(list(pdfs.values())))

# The penalties of one customer: of about so many late invoices, paid ones too, that
# anybody can check the totals by hand.
ABOUT = 6
last = env["recouvrement.penalty"]._last_day(today)
invoices = env["account.move"].search(
    [("company_id", "=", env.company.id), ("move_type", "=", "out_invoice")]
)
first = env.company.penalty_imputation == "interest_first"
try:
    late = env["recouvrement.penalty.page"]._get_late(
        invoices.commercial_partner_id, env.company, last
    )
except UserError as error:  # an invoice older than the official rates
    late, problem = {}, str(error)
else:
    problem = "" if late else "nobody owes any"
if late:
    stated = min(late, key=lambda each: (abs(len(late[each]) - ABOUT), each))
    customer = env["res.partner"].browse(stated)
    parameters = customer, env.company, last, first
    (out / "penalties.pdf").write_bytes(
        documents._render_penalties(*parameters)[stated]
    )
    (out / "penalties.xlsx").write_bytes(
        env["recouvrement.xlsx"].penalties(*parameters)
    )

print(f"{run.company_id.name}, {run.date:%d/%m/%Y}")
print(f"{run.customer_count:>8} customers, {run.item_count} open items, of which")
print(f"{run.chase_count:>8} to chase, {run.wait_count} waiting,")
print(f"{run.hold_count:>8} held, {run.exclude_count} excluded")
print(f"{len(actions):>8} reminders: {out / 'worklist.xlsx'}")
print(f"{len(pdfs):>8} letters: {out / 'letters.pdf'}")
if late:
    print(f"{len(late[stated]):>8} late invoices: {out / 'penalties.pdf'} and .xlsx")
else:
    print(f"         no statement of penalties: {problem}")
if failures:
    print(f"{len(failures):>8} letters that cannot be made:", *set(failures.values()))
print("Why, item by item:")
for line in (run.reason_summary or "").splitlines():
    count, _, reason = line.partition(": ")
    print(f"{count:>8} {reason}")
