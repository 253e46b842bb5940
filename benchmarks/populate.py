"""Fill a database with posted, overdue invoices: one by the ORM, cloned by SQL.

Ten thousand invoices then take seconds, and their figures stay coherent.
"""

from odoo import Command, fields
from odoo.tools import SQL

INVOICED_DAYS = 30  # before the due date
# Days overdue, spread evenly; every item has reached the first level of both products.
LEAST_OVERDUE, OVERDUE_SPREAD = 10, 150
CLOSED_PORT = "http://127.0.0.1:9"


def measure(env, items, customers):
    """Populate and commit; nothing is measured."""
    _complete_company(env)
    partner = _create_partner(env)
    move = _create_invoice(env, partner)
    env.flush_all()
    first_partner = _clone_partner(env, partner, customers)
    _clone_invoice(env, move, items, SQL("%s + g %% %s", first_partner, customers))
    # The patterns are not customers.
    move.button_draft()
    move.button_cancel()
    env.cr.commit()
    for model in (partner, move, move.line_ids):
        env.execute_query(SQL("ANALYZE %s", SQL.identifier(model._table)))
    env.cr.commit()
    return {}


def _complete_company(env):
    """Give the company what letters show: an address, an account for the QR code."""
    company = env.company
    company.write(
        {
            "name": "Ateliers de mesure",
            "street": "12 rue des Essais",
            "zip": "69002",
            "city": "Lyon",
            "email": "compta@example.com",
            "phone": "04 00 00 00 00",
        }
    )
    env["res.partner.bank"].create(
        {
            "partner_id": company.partner_id.id,
            "acc_number": "FR76 3000 6000 0112 3456 7890 189",
            "allow_out_payment": True,
        }
    )
    # Odoo's own layout asks the web server for its styles: there is none, and the
    # answer must not depend on who listens at the usual port.
    env["ir.config_parameter"].set_param("report.url", CLOSED_PORT)


def _create_partner(env):
    return env["res.partner"].create(
        {
            "name": "Bench",
            "is_company": True,
            "email": "bench@example.com",
            "street": "1 rue de la Paix",
            "zip": "75002",
            "city": "Paris",
            "country_id": env.ref("base.fr").id,
            "lang": "fr_FR",
        }
    )


def _create_invoice(env, partner):
    tax = env["account.tax"].search(
        [
            ("type_tax_use", "=", "sale"),
            ("amount", "=", 20),
            ("company_id", "=", env.company.id),
        ],
        limit=1,
    )
    today = fields.Date.today()
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": today,
            "invoice_payment_term_id": False,
            "invoice_date_due": today,
            "invoice_line_ids": [
                Command.create(
                    {"name": "Service", "price_unit": 1000.0, "tax_ids": tax.ids}
                )
            ],
        }
    )
    move.action_post()
    move.is_move_sent = True  # what was never sent is not chased
    return move


def _clone_partner(env, partner, count):
    """Clone a customer; return the first id."""
    first = next_id(env, partner)
    name = SQL("'Bench ' || g")
    email = SQL("'bench' || g || '@example.com'")
    itself = SQL("%s + g", first)
    clone(
        env,
        partner,
        count,
        id=itself,
        commercial_partner_id=itself,
        name=name,
        complete_name=name,
        email=email,
        email_normalized=email,
    )
    return first


def _clone_invoice(env, move, count, partner):
    """Clone a posted invoice and its journal items."""
    first = next_id(env, move)
    due = SQL("CURRENT_DATE - (%s + (g * 7919) %% %s)", LEAST_OVERDUE, OVERDUE_SPREAD)
    invoiced = SQL("%s - %s", due, INVOICED_DAYS)
    name = SQL("'BENCH/' || lpad(g::text, 8, '0')")
    clone(
        env,
        move,
        count,
        id=SQL("%s + g", first),
        name=name,
        payment_reference=name,
        sequence_prefix=SQL("'BENCH/'"),
        sequence_number=SQL("g"),
        access_token=SQL("NULL"),
        partner_id=partner,
        commercial_partner_id=partner,
        partner_shipping_id=partner,
        date=invoiced,
        invoice_date=invoiced,
        invoice_date_due=due,
    )
    for line in move.line_ids:
        clone(
            env,
            line,
            count,
            id=SQL("%s + g", next_id(env, line)),
            move_id=SQL("%s + g", first),
            move_name=name,
            partner_id=partner,
            date=invoiced,
            invoice_date=invoiced,
            date_maturity=due if line.date_maturity else SQL("NULL::date"),
        )


def next_id(env, record):
    return env.execute_query(
        SQL("SELECT max(id) + 1 FROM %s", SQL.identifier(record._table))
    )[0][0]


def clone(env, record, count, **changes):
    """Copy a row `count` times; in `changes`, g goes from 0 to `count` - 1."""
    table = SQL.identifier(record._table)
    columns = {
        name: changes.get(name, SQL.identifier("pattern", name))
        for name, field in record._fields.items()
        if field.store and field.column_type
    }
    env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS pattern, "
            "generate_series(0, %s) AS g WHERE pattern.id = %s RETURNING id",
            table,
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(columns.values()),
            table,
            count - 1,
            record.id,
        )
    )
    sequence = f"{record._table}_id_seq"
    env.execute_query(
        SQL("SELECT setval(%s, (SELECT max(id) FROM %s))", sequence, table)
    )
