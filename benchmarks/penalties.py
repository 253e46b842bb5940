"""Measure the late-payment penalties of all invoices, row by row."""

from odoo import fields
from odoo.tools import SQL

from benchmarks.stopwatch import Stopwatch, expect

# What has to be read: each item with each of its payments.
FLOOR = """
SELECT line.id, line.date_maturity, line.amount_currency, credit.date,
       partial.debit_amount_currency
  FROM account_move_line line
  JOIN account_account account ON account.id = line.account_id
  LEFT JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
  LEFT JOIN account_move_line credit ON credit.id = partial.credit_move_id
 WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
   AND line.balance > 0
"""


def measure(env, items):
    """Return the cost of the penalties, beside that of reading what they come from."""
    moves = env["account.move"].search([("name", "=like", "BENCH/%")])
    expect("invoices", len(moves), items)
    watch = Stopwatch(env)
    with watch.step("floor"):
        env.execute_query(SQL(FLOOR))
    day = fields.Date.context_today(moves)
    moves[:1].penalty_breakdown(day)  # what a process reads once
    with watch.step("penalties"):
        answer = moves.penalty_breakdown(day)
    expect(
        "invoices that owe", sum(bool(each["rows"]) for each in answer.values()), items
    )
    rows = sum(len(each["rows"]) for each in answer.values())
    return {**watch.steps, "rows": rows}
