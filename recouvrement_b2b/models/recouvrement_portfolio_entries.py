from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.portfolio import IN_PROCESS, MATCHED, UNMATCHED

DISPUTE_REVIEW_DAYS = 14
VAT = 20
# Payment terms by code: (share in per cent, type of delay, days) of each instalment.
TERMS = {
    "immediate": [(100, "days_after", 0)],
    "30": [(100, "days_after", 30)],
    "45": [(100, "days_after", 45)],
    "60": [(100, "days_after", 60)],
    "45_eom": [(100, "days_end_of_month_on_the", 45)],
    "split": [(30, "days_after", 0), (70, "days_after", 60)],
}


class RecouvrementPortfolio(models.AbstractModel):
    """The entries of a portfolio: invoices, balances, payments, and their disputes."""

    _inherit = "recouvrement.portfolio"

    # === Invoices === #

    @api.model
    def _write_invoices(self, books):
        """Create and post the invoices, then the credit notes set against them."""
        invoices = sorted(books.portfolio.invoices, key=lambda invoice: invoice.date)
        names = self._get_free_names(invoices, books)
        credits = [invoice for invoice in invoices if invoice.amount < 0]
        invoices = [invoice for invoice in invoices if invoice.amount > 0]
        self._write_documents(self.env._("Invoices"), invoices, names, books)
        self._write_documents(self.env._("Credit notes"), credits, names, books)

    @api.model
    def _write_documents(self, label, invoices, names, books):
        for rank, batch in enumerate(books.batches(label, invoices), start=1):
            moves = self.env["account.move"].create(
                [
                    self._prepare_invoice_vals(invoice, books, names.get(invoice.key))
                    for invoice in batch
                ]
            )
            moves._post(soft=False)
            for invoice, move in zip(batch, moves, strict=True):
                books.items[invoice.key] = self._get_receivable(move)
            self._end_batch(rank)

    @api.model
    def _get_free_names(self, invoices, books):
        """Return the names of imported invoices: their numbers, made unique."""
        if not books.portfolio.imported:
            return {}
        moves = self.env["account.move"]
        found = moves.search_fetch([("journal_id", "=", books.sales.id)], ["name"])
        taken, names = set(found.mapped("name")), {}
        for invoice in invoices:
            name = invoice.number
            if name in taken:  # another customer's invoice has the same number
                name = f"{invoice.number} ({invoice.customer})"
            taken.add(name)
            names[invoice.key] = name
        return names

    @api.model
    def _prepare_invoice_vals(self, invoice, books, name=None):
        partner = books.partners[invoice.customer]
        values = {
            "move_type": "out_refund" if invoice.amount < 0 else "out_invoice",
            "journal_id": books.sales.id,
            "partner_id": partner.id,
            "invoice_date": invoice.date,
            "date": invoice.date,
            "currency_id": self._get_currency(invoice.currency, books).id,
            "invoice_payment_term_id": self._get_term(invoice.term, books).id,
            "invoice_user_id": partner.user_id.id,
            "ref": invoice.label,
            "is_move_sent": invoice.sent,
            "invoice_line_ids": [
                Command.create(values)
                for values in self._prepare_invoice_lines(invoice, partner, books)
            ],
        }
        if not invoice.term:
            values["invoice_date_due"] = invoice.due
        if name:
            values |= {
                "name": name,
                "payment_reference": name,
                "imported_number": invoice.number,
            }
        if invoice.reverses:
            reversed_items = books.items[invoice.customer, invoice.reverses]
            values["reversed_entry_id"] = reversed_items.move_id.id
        return values

    @api.model
    def _prepare_invoice_lines(self, invoice, partner, books):
        """Return the lines with their tax, else one line of the amount without tax."""
        account = books.company.income_account_id or books.sales.default_account_id
        if not account:
            raise UserError(
                self.env._(
                    "Choose the income account of the journal %s.", books.sales.name
                )
            )
        if not invoice.lines:
            return [
                {
                    "name": invoice.label or invoice.number,
                    "quantity": 1,
                    "price_unit": float(abs(invoice.amount)),
                    "account_id": account.id,
                    "tax_ids": [Command.clear()],
                }
            ]
        taxes = self._get_taxes(partner, books)
        return [
            {
                "name": line.label,
                "quantity": line.quantity,
                "price_unit": float(line.price),
                "account_id": account.id,
                "tax_ids": [Command.set(taxes.ids)],
            }
            for line in invoice.lines
        ]

    @api.model
    def _get_taxes(self, partner, books):
        """Return the 20 % tax on sales, or what replaces it for a foreign customer."""
        taxes = self.env["account.tax"]
        tax = books.company.account_sale_tax_id
        if tax.amount != VAT:
            tax = taxes.search(
                [
                    *taxes._check_company_domain(books.company),
                    ("type_tax_use", "=", "sale"),
                    ("amount_type", "=", "percent"),
                    ("amount", "=", VAT),
                ],
                limit=1,
            )
        if not tax:
            raise UserError(
                self.env._(
                    "The company needs a 20 % tax on sales: load the French chart."
                )
            )
        positions = self.env["account.fiscal.position"]
        return positions._get_fiscal_position(partner).map_tax(tax)

    @api.model
    def _get_term(self, code, books):
        """Return a payment term by its code, created where it is not there yet."""
        terms = self.env["account.payment.term"]
        if code and code not in books.terms:
            name = self._get_term_name(code)
            company = ("company_id", "in", [False, books.company.id])
            books.terms[code] = terms.search(
                [("name", "=", name), company], limit=1
            ) or terms.create(
                {
                    "name": name,
                    "line_ids": [
                        Command.create(
                            {
                                "value": "percent",
                                "value_amount": share,
                                "delay_type": delay,
                                "nb_days": days,
                                "days_next_month": "0",
                            }
                        )
                        for share, delay, days in TERMS[code]
                    ],
                }
            )
        return books.terms.get(code, terms)

    @api.model
    def _get_term_name(self, code):
        names = {
            "immediate": self.env._("On receipt"),
            "45_eom": self.env._("45 days, end of month"),
            "split": self.env._("30 % at once, 70 % after 60 days"),
        }
        return names.get(code) or self.env._("%s days from the invoice", code)

    @api.model
    def _get_currency(self, name, books):
        if not name:
            return books.company.currency_id
        return self.env["res.currency"].search([("name", "=", name)], limit=1)

    @api.model
    def _get_receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    @api.model
    def _end_batch(self, rank):
        """Write what is pending, free its memory, and let PostgreSQL count the rows.

        The planner knows nothing of rows that are not committed yet: without ANALYZE,
        Odoo's queries on payments take half a minute each after 2,000 invoices.
        """
        self.env.flush_all()
        self.env.invalidate_all()
        if rank & (rank - 1) == 0:  # 1, 2, 4, 8...: its estimates follow the growth
            self.env.cr.execute(
                "ANALYZE account_move, account_move_line, account_partial_reconcile,"
                " account_payment, account_bank_statement_line"
            )

    # === Balances brought forward === #

    @api.model
    def _write_openings(self, books):
        """Write one entry of all the balances; some of its lines have no due date."""
        openings = books.portfolio.openings
        if not openings:
            return
        journals = self.env["account.journal"]
        journal = journals.search(
            [*journals._check_company_domain(books.company), ("type", "=", "general")],
            limit=1,
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": openings[0].date,
                "ref": self.env._("Balances brought forward"),
                "line_ids": [
                    Command.create(values)
                    for values in self._prepare_opening_lines(openings, books)
                ],
            }
        )
        move._post(soft=False)
        items = self._get_receivable(move)
        for opening in openings:
            books.items[opening.key] = items.filtered(
                lambda line, opening=opening: line.name == opening.number
            )

    @api.model
    def _prepare_opening_lines(self, openings, books):
        lines = []
        for opening in openings:
            partner = books.partners[opening.customer]
            lines.append(
                {
                    "name": opening.number,
                    "partner_id": partner.id,
                    "account_id": partner.property_account_receivable_id.id,
                    "debit": float(opening.amount),
                    "date_maturity": opening.due or False,
                }
            )
        lines.append(
            {
                "name": self.env._("Balances brought forward"),
                "account_id": books.company.get_unaffected_earnings_account().id,
                "credit": float(sum(opening.amount for opening in openings)),
            }
        )
        return lines

    # === Payments === #

    @api.model
    def _write_payments(self, books):
        """Write what came in on the bank statement, then what is still on its way."""
        payments = books.portfolio.payments
        received = [payment for payment in payments if payment.kind != IN_PROCESS]
        batches = books.batches(self.env._("Payments"), received)
        for rank, batch in enumerate(batches, start=1):
            lines = self.env["account.bank.statement.line"].create(
                [self._prepare_statement_vals(payment, books) for payment in batch]
            )
            plan = [
                self._get_receivable(line.move_id)
                | self._get_items(payment, books).filtered(lambda i: not i.reconciled)
                for payment, line in zip(batch, lines, strict=True)
                if payment.kind == MATCHED
            ]
            self.env["account.move.line"]._reconcile_plan(plan)
            self._end_batch(rank)
        ordered = [payment for payment in payments if payment.kind == IN_PROCESS]
        if ordered:
            self.env["account.payment"].create(
                [self._prepare_payment_vals(payment, books) for payment in ordered]
            ).action_post()

    @api.model
    def _get_items(self, payment, books):
        """Return the journal items of the documents that a payment is about."""
        items = self.env["account.move.line"]
        for number in payment.documents:
            items |= books.items[payment.customer, number]
        return items

    @api.model
    def _prepare_statement_vals(self, payment, books):
        """Return a line of the bank statement, on the customer's account when known."""
        partner = books.partners[payment.customer]
        items = self._get_items(payment, books)
        documents = ", ".join(items.move_id.mapped("name")[:3])
        values = {
            "journal_id": books.bank.id,
            "date": payment.date,
            "partner_id": partner.id,
            "payment_ref": payment.label
            or self.env._("Transfer %s", f"{partner.name} {documents}".strip()),
            "amount": float(payment.amount),
        }
        if payment.kind != UNMATCHED:
            account = items.account_id[:1] or partner.property_account_receivable_id
            values["counterpart_account_id"] = account.id
        currency = self._get_currency(payment.currency, books)
        if currency != books.company.currency_id:
            values |= {
                "amount": currency._convert(
                    float(payment.amount),
                    books.company.currency_id,
                    books.company,
                    payment.date,
                ),
                "foreign_currency_id": currency.id,
                "amount_currency": float(payment.amount),
            }
        return values

    @api.model
    def _prepare_payment_vals(self, payment, books):
        moves = self._get_items(payment, books).move_id
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "journal_id": books.bank.id,
            "partner_id": books.partners[payment.customer].id,
            "date": payment.date,
            "amount": float(payment.amount),
            "memo": ", ".join(moves.mapped("name")),
            "invoice_ids": [Command.set(moves.ids)],
        }

    # === Disputes === #

    @api.model
    def _write_disputes(self, books):
        """Suspend collection of what is contested and still open, until a review."""
        today = fields.Date.context_today(self)
        self.env["recouvrement.hold"].create(
            [
                values
                for invoice in books.portfolio.invoices
                if invoice.disputed or invoice.disputed_amount
                for values in self._prepare_dispute_vals(invoice, books, today)
            ]
        )

    @api.model
    def _prepare_dispute_vals(self, invoice, books, today):
        items = books.items[invoice.key].filtered(
            lambda line: not line.reconciled and line.amount_residual > 0
        )
        if invoice.disputed_amount:
            items = items[:1]
        owner = (
            books.partners[invoice.customer].collector_id
            or (self.env.user - self.env.ref("base.user_root"))
            or books.company._get_collection_manager()
        )
        return [
            {
                "company_id": books.company.id,
                "partner_id": item.partner_id.commercial_partner_id.id,
                "move_line_id": item.id,
                "amount": float(invoice.disputed_amount),
                "reason": "dispute",
                "note": self.env._("Contested by the customer."),
                "user_id": owner.id,
                "date_start": today,
                "review_date": today + timedelta(days=DISPUTE_REVIEW_DAYS),
            }
            for item in items
        ]
