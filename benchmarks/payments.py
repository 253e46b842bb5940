"""Make the invoices years old and pay parts of them late, for the penalties.

Each entry, journal item and matching is made once by the ORM and cloned by SQL.
"""

from odoo import Command
from odoo.tools import SQL

from benchmarks.populate import INVOICED_DAYS, clone, next_id
from benchmarks.stopwatch import expect

PART = 100.0
MOST_PARTS = 3  # an invoice has none, one, two or three of them, in turn
OLDEST = 900  # days overdue: five half-years
DAYS_BETWEEN = 50


def measure(env, items):
    """Populate and commit; nothing is measured."""
    first_line = _age(env, items)
    for number in range(1, MOST_PARTS + 1):
        _pay_parts(env, first_line, items, number)
    _lower_residuals(env)
    env.cr.commit()
    for model in ("account.move", "account.move.line", "account.partial.reconcile"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(env[model]._table)))
    env.cr.commit()
    return {}


def _age(env, items):
    """Spread the due dates over years; return the id of the first item.

    Items were cloned in one go: their ids follow each other.
    """
    lines = env["account.move.line"].search(
        [
            ("move_id.name", "=like", "BENCH/%"),
            ("account_id.account_type", "=", "asset_receivable"),
        ],
        order="id",
    )
    expect(
        "items to pay", (len(lines), lines[-1:].id), (items, lines[0].id + items - 1)
    )
    due = SQL("CURRENT_DATE - (1 + ((id - %s) * 7919) %% %s)::int", lines[0].id, OLDEST)
    env.cr.execute(
        SQL(
            "UPDATE account_move_line SET date_maturity = %s WHERE id = ANY(%s)",
            due,
            lines.ids,
        )
    )
    env.cr.execute(
        SQL(
            """
            UPDATE account_move_line line
               SET date = maturity.day - %(days)s,
                   invoice_date = maturity.day - %(days)s
              FROM (SELECT move_id, date_maturity AS day FROM account_move_line
                     WHERE id = ANY(%(ids)s)) maturity
             WHERE line.move_id = maturity.move_id;
            UPDATE account_move move
               SET date = line.date, invoice_date = line.date,
                   invoice_date_due = line.date_maturity
              FROM account_move_line line
             WHERE line.id = ANY(%(ids)s) AND move.id = line.move_id
            """,
            days=INVOICED_DAYS,
            ids=lines.ids,
        )
    )
    env.invalidate_all()
    return lines[0].id


def _pay_parts(env, first_line, items, number):
    """Pay a part of the items that have this number of parts or more."""
    entry, line, partial = _create_payment(env, first_line)
    span = MOST_PARTS + 1 - number
    count = items // (MOST_PARTS + 1) * span
    # one item in four has none, the next one has one, and so on
    turn = SQL("(g / %s) * %s + %s + g %% %s", span, MOST_PARTS + 1, number, span)
    item = SQL("%s + %s", first_line, turn)
    day = SQL(
        "(SELECT date_maturity + %s FROM account_move_line WHERE id = %s)",
        number * DAYS_BETWEEN,
        item,
    )
    first_credit = _clone_entry(env, entry, line, count, f"PART/{number}/", day)
    clone(
        env,
        partial,
        count,
        id=SQL("%s + g", next_id(env, partial)),
        debit_move_id=item,
        credit_move_id=SQL("%s + g", first_credit),
        max_date=day,
    )
    # The patterns are no payments.
    line.remove_move_reconcile()
    entry.button_draft()
    entry.button_cancel()
    env.flush_all()


def _clone_entry(env, entry, line, count, prefix, day):
    """Clone an entry; return the id of the first clone of one of its lines."""
    first_entry = next_id(env, entry)
    name = SQL("%s || lpad(g::text, 8, '0')", prefix)
    clone(
        env,
        entry,
        count,
        id=SQL("%s + g", first_entry),
        name=name,
        sequence_prefix=SQL("%s", prefix),
        sequence_number=SQL("g"),
        access_token=SQL("NULL"),
        date=day,
    )
    firsts = {}
    for each in entry.line_ids:
        firsts[each] = next_id(env, each)
        clone(
            env,
            each,
            count,
            id=SQL("%s + g", firsts[each]),
            move_id=SQL("%s + g", first_entry),
            move_name=name,
            date=day,
        )
    return firsts[line]


def _create_payment(env, first_line):
    """Pay a part of an item; return the entry, its item and their matching."""
    item = env["account.move.line"].browse(first_line)
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    entry = env["account.move"].create(
        {
            "journal_id": bank.id,
            "line_ids": [
                Command.create(
                    {
                        "account_id": account.id,
                        "partner_id": item.partner_id.id,
                        "balance": sign * PART,
                    }
                )
                for account, sign in (
                    (item.account_id, -1),
                    (bank.default_account_id, 1),
                )
            ],
        }
    )
    entry.action_post()
    line = entry.line_ids.filtered(lambda each: each.account_id == item.account_id)
    (item + line).reconcile()
    env.flush_all()
    return entry, line, line.matched_debit_ids


def _lower_residuals(env):
    """Lower the residuals of the items by what is matched with them."""
    env.cr.execute(
        SQL(
            """
            UPDATE account_move_line line
               SET amount_residual = balance - paid.amount,
                   amount_residual_currency = amount_currency - paid.amount
              FROM (SELECT debit_move_id, sum(amount) AS amount
                      FROM account_partial_reconcile GROUP BY debit_move_id) paid
             WHERE line.id = paid.debit_move_id
            """
        )
    )
