from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.open_item import OpenItem, Settlement

INVOICE_TYPES = ("out_invoice", "out_refund", "out_receipt")


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_cycle = fields.Integer(
        copy=False,
        readonly=True,
        help="How many times collection of this item was started again: by a person, "
        "or because a payment was returned. Each cycle goes through the levels anew.",
    )
    collection_action_line_ids = fields.One2many(
        "recouvrement.action.line", "move_line_id", string="Reminders"
    )
    collection_hold_ids = fields.One2many(
        "recouvrement.hold", "move_line_id", string="Collection Holds"
    )

    def action_restart_collection(self):
        """Start collection of the items again from their first level (new cycle)."""
        for cycle, lines in self.grouped("collection_cycle").items():
            lines.collection_cycle = cycle + 1

    def _collection_reopen(self):
        """Open a new cycle for items that were chased, paid, and are open again."""
        reopened = self.exists().filtered(
            lambda line: (
                not line.reconciled
                and line.account_id.account_type == "asset_receivable"
            )
        )
        if not reopened:
            return
        # sudo: whoever returns a payment need not have rights on collection
        chased = (
            self.env["recouvrement.action.line"]
            .sudo()
            ._read_group(Domain("move_line_id", "in", reopened.ids), ["move_line_id"])
        )
        self.browse(line.id for (line,) in chased).action_restart_collection()

    @api.model
    def _collection_open_items(self, as_of, company, partners=None):
        """Return the receivable items that customers have not paid at a date.

        The one source of open items: decisions, letters, statements and balances all
        start from it. Invoices and opening balances are debits, credit notes and
        unallocated payments are credits (negative residuals). An invoice assigned to a
        factor stays open; the entry that transfers it is no item of the customer.

        The residuals of Odoo are the source. For a past date, what was reconciled
        later (later of the two entries' dates) is added back; matchings that were
        undone since cannot be known.

        :param as_of: date
        :param company: res.company
        :param partners: commercial entities, None for all
        :return: list of OpenItem, in order of due date
        """
        is_past = as_of < fields.Date.context_today(self)
        domain = self._get_collection_domain(company, partners)
        reopened = {}
        if is_past:
            reopened = self._collection_reconciled_after(as_of, domain)
            domain &= Domain("date", "<=", as_of) & (
                Domain("reconciled", "=", False) | Domain("id", "in", list(reopened))
            )
        else:
            domain &= Domain("reconciled", "=", False)
        items = self._collection_read_items(domain)
        for item in items if is_past else ():
            amount, amount_company = reopened.get(item.line_id, (0.0, 0.0))
            item.residual += amount
            item.residual_company += amount_company
        currencies = self.env["res.currency"].browse(
            {item.currency_id for item in items}
        )
        digits = {currency.id: currency.decimal_places for currency in currencies}
        for item in items:
            item.digits = digits[item.currency_id]
            item.residual = round(item.residual, item.digits)
        return [item for item in items if item.residual]

    @api.model
    def _get_collection_domain(self, company, partners=None):
        """Return the domain of receivable items, paid or not.

        What moves receivables to another account says nothing of what customers owe.
        """
        domain = (
            Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("company_id", "=", company.id)
            & Domain("partner_id", "!=", False)
            & Domain("move_id.collection_transfer", "=", False)
        )
        if partners is not None:
            domain &= Domain("partner_id.commercial_partner_id", "in", partners.ids)
        return domain

    @api.model
    def _collection_read_items(self, domain):
        """Read items in one query, with what a decision needs of their entries.

        In SQL because ten thousand records of the ORM's cache cost ten times more; the
        access rules of journal items apply through ``_search``.
        """
        query = self._search(domain)
        moves = self.env["account.move"]
        move = query.join(self._table, "move_id", moves._table, "id", "item_move")
        partner = query.join(
            self._table, "partner_id", "res_partner", "id", "item_partner"
        )

        def of_line(name):
            return self._field_to_sql(self._table, name, query)

        def of_move(name):
            return moves._field_to_sql(move, name, query)

        due = SQL("COALESCE(%s, %s)", of_line("date_maturity"), of_line("date"))
        is_invoice = SQL("%s IN %s", of_move("move_type"), INVOICE_TYPES)
        query.order = SQL("%s, %s", due, of_line("id"))
        rows = self.env.execute_query(
            query.select(
                of_line("id"),
                of_line("move_id"),
                SQL("COALESCE(%s, %s)", of_move("partner_id"), of_line("partner_id")),
                self.env["res.partner"]._field_to_sql(
                    partner, "commercial_partner_id", query
                ),
                of_line("currency_id"),
                of_line("date"),
                due,
                of_line("amount_residual_currency"),
                of_line("amount_residual"),
                is_invoice,
                SQL("COALESCE(%s, FALSE)", of_move("is_move_sent")),
                SQL("%s AND COALESCE(%s, FALSE)", is_invoice, of_line("no_followup")),
                SQL("%s IS NOT DISTINCT FROM 'blocked'", of_move("payment_state")),
                SQL("COALESCE(%s, 0)", of_line("collection_cycle")),
            )
        )
        return [
            OpenItem(*row[:7], float(row[7]), float(row[8]), *row[9:]) for row in rows
        ]

    def _judge_commitments(self):
        """Judge what customers committed to on these items: extend it.

        Called when payments are matched with the items, or are returned.
        """

    @api.model
    def _collection_settlements(self, line_ids):
        """Return ``{line id: [Settlement]}`` of receivable items, in order of date.

        What lowered each of them, in its currency: payments, write-offs, credit notes.
        At the date of the other entry, a credit note at that of its document. What only
        moves the receivable to another account (factor, doubtful debt) lowers nothing.
        Without access rules: what a customer paid does not depend on who asks. In SQL
        because the ORM's cache of ten thousand payments costs ten times more.
        """
        for model, names in {
            "account.partial.reconcile": ["debit_amount_currency"],
            "account.move.line": ["date"],
            "account.move": [
                "credit_note_effect",
                "collection_transfer",
                "invoice_date",
            ],
        }.items():
            self.env[model].flush_model(names)
        settlements = {line_id: [] for line_id in line_ids}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partial.debit_move_id,
                       CASE WHEN move.move_type = 'out_refund'
                            THEN COALESCE(move.invoice_date, credit.date)
                            ELSE credit.date
                        END AS day,
                       partial.debit_amount_currency,
                       partial.id,
                       credit.move_id,
                       move.move_type = 'out_refund',
                       move.credit_note_effect = 'invoice'
                  FROM account_partial_reconcile partial
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                  JOIN account_move move ON move.id = credit.move_id
                 WHERE partial.debit_move_id = ANY(%s)
                   AND partial.debit_amount_currency > 0
                   AND move.collection_transfer IS NOT TRUE
                 ORDER BY day, partial.id
                """,
                list(line_ids),
            )
        )
        for line_id, day, amount, *what in rows:
            settlements[line_id].append(Settlement(day, float(amount), *what))
        return settlements

    @api.model
    def _collection_reconciled_after(self, as_of, domain):
        """Return ``{line_id: (amount, company amount)}`` matched after a date.

        Positive for debits and negative for credits, so that adding it to today's
        residual gives the residual of that date.
        """
        partials = self.env["account.partial.reconcile"]
        lines = self._search(domain)
        reopened = defaultdict(lambda: (0.0, 0.0))
        for side, sign in (("debit", 1), ("credit", -1)):
            groups = partials._read_group(
                Domain("max_date", ">", as_of) & Domain(f"{side}_move_id", "in", lines),
                [f"{side}_move_id"],
                [f"{side}_amount_currency:sum", "amount:sum"],
            )
            for line, amount, amount_company in groups:
                before, before_company = reopened[line.id]
                reopened[line.id] = (
                    before + sign * amount,
                    before_company + sign * amount_company,
                )
        return dict(reopened)
