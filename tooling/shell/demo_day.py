"""For `odoo shell`: do one day's work, and tell what came out of it.

Writes the letters (one PDF) and the worklist (XLSX) into the folder RECOUVREMENT_OUT,
and a summary on standard output.
"""

# ruff: noqa: F821  (`env` is the shell's)

import os
from pathlib import Path

out = Path(os.environ["RECOUVREMENT_OUT"])
out.mkdir(exist_ok=True)
admin = env.ref("base.user_admin")
env = env(user=admin, context={**env.context, "lang": admin.lang, "tz": admin.tz})

run = env["recouvrement.run"].launch()
env.cr.commit()

worklist = env["recouvrement.action"].search(
    [("company_id", "=", env.company.id), ("state", "in", ("proposed", "approved"))]
)
(out / "worklist.xlsx").write_bytes(env["recouvrement.xlsx"].worklist(worklist))

letters = env["recouvrement.dispatch"]._print(worklist)
env.cr.commit()
if letters:
    (out / "letters.pdf").write_bytes(letters)

print(f"Run of {run.date:%d/%m/%Y}, {run.company_id.name}")
print(f"  {run.customer_count:>8,} customers with {run.item_count:,} open items")
for field, label in (
    ("chase_count", "to chase"),
    ("wait_count", "waiting"),
    ("hold_count", "held"),
    ("exclude_count", "excluded"),
):
    print(f"  {run[field]:>8,} {label}")
print(f"  {len(worklist):>8,} reminders in the worklist")
