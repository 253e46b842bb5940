from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .recouvrement_factor_operation import COSTS, OPERATIONS, SETTLEMENTS, TRANSFERS

ACCOUNTS = {
    "factor": "account_id",
    "holdback": "holdback_account_id",
    "commission": "commission_account_id",
    "interest": "interest_account_id",
    "transit": "transit_account_id",
}


class RecouvrementFactorOperation(models.Model):
    """The entries of operations, for the contracts that book them."""

    _inherit = "recouvrement.factor.operation"

    def _book(self):
        """Post one entry for each day, kind and remittance, and letter customers."""
        booked = self.filtered("factor_id.accounting")
        for key, operations in booked.grouped(
            lambda each: (each.factor_id, each.date, each.kind, each.assignment_id)
        ).items():
            factor = key[0]
            move = (
                self.env["account.move"]
                .with_company(factor.company_id)
                .create(operations._prepare_entry())
            )
            operations.move_id = move
            move._post(soft=False)
            operations._check_period()
            operations._letter()
            operations._match_bank()

    def _check_period(self):
        """Refuse a date in a locked period: the entry would be of another day."""
        for operation in self:
            if operation.move_id.date != operation.date:
                raise UserError(
                    self.env._(
                        "The books are locked on %(date)s: choose a later date.",
                        date=format_date(self.env, operation.date),
                    )
                )

    def _prepare_entry(self):
        """Return the values of the entry of operations of one day and kind."""
        first = self[0]
        rows = [row for operation in self for row in operation._prepare_rows()]
        return {
            "move_type": "entry",
            "journal_id": first.factor_id.journal_id.id,
            "date": first.date,
            "ref": self._get_entry_reference(),
            "collection_transfer": first.kind in TRANSFERS,
            "line_ids": [(0, 0, row) for row in self._merge_rows(rows)],
        }

    def _get_entry_reference(self):
        """Return what the entry is about, as accountants read it."""
        first = self[0]
        what = first.display_name if len(self) == 1 else first.assignment_id.name
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        parts = [first.factor_id.name, kinds[first.kind] if len(self) > 1 else "", what]
        return " · ".join(filter(None, [*parts, first.reference]))

    def _prepare_rows(self):
        """Return the two sides of an operation, and its VAT."""
        self.ensure_one()
        debit, credit = OPERATIONS[self.kind]
        balance = self._get_balance(self.amount)
        taxes = self._prepare_taxes() if self.kind in COSTS else []
        tax = sum(row["balance"] for row in taxes)
        tax_currency = sum(row["amount_currency"] for row in taxes)
        rows = [
            self._prepare_row(debit, self.amount, balance),
            *taxes,
            self._prepare_row(credit, -self.amount - tax_currency, -balance - tax),
        ]
        if taxes:
            rows[0]["tax_ids"] = [(6, 0, self.factor_id.commission_tax_id.ids)]
            rows[0]["tax_tag_ids"] = [(6, 0, self._get_taxes()["base_tags"])]
        return rows

    def _get_balance(self, amount):
        """Return an amount in the company's currency: an invoice keeps its own rate."""
        company = self.company_id
        invoice = self.line_id.move_id
        if invoice:
            items = invoice._get_receivable_lines()
            foreign, own = (
                sum(items.mapped("amount_currency")),
                sum(items.mapped("balance")),
            )
            return company.currency_id.round(amount * own / foreign)
        return self.currency_id._convert(
            amount, company.currency_id, company, self.date
        )

    def _prepare_row(self, side, amount, balance):
        """Return one side of an entry; customers keep their own account."""
        factor, invoice = self.factor_id, self.line_id.move_id
        if side == "customer":
            account = invoice._get_receivable_lines()[:1].account_id
            partner, name = self.line_id.partner_id, invoice.name
        else:
            account, partner = factor[ACCOUNTS[side]], factor.partner_id
            name = self._get_entry_reference()
        return {
            "account_id": account.id,
            "partner_id": partner.id,
            "name": name,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": balance,
            "assignment_line_id": side == "customer" and self.line_id.id,
        }

    def _merge_rows(self, rows):
        """Sum the rows of the factor's accounts; each customer keeps its own."""
        merged, kept = {}, []
        for row in rows:
            key = row["account_id"]
            if row["assignment_line_id"] or "tax_tag_ids" in row:
                kept.append(row)
            elif key in merged:
                for name in ("amount_currency", "balance"):
                    merged[key][name] += row[name]
            else:
                merged[key] = {**row, "name": self._get_entry_reference()}
                kept.append(merged[key])
        return [row for row in kept if row["balance"] or row["amount_currency"]]

    # --- VAT of the commission ---

    def _get_taxes(self):
        """Return what the commission's tax gives for the amount."""
        return self.factor_id._get_commission_taxes(self.amount, self.currency_id)

    def _prepare_taxes(self):
        """Return the rows of VAT of a commission, as the factor billed it."""
        self.ensure_one()
        if self.kind != "commission":
            return []
        taxes = [tax for tax in self._get_taxes()["taxes"] if tax["amount"]]
        computed = self.currency_id.round(sum(tax["amount"] for tax in taxes))
        if computed and not self.tax_amount:
            return []  # reverse charge comes to nothing, and has its rows
        if self.tax_amount and not taxes:
            raise UserError(
                self.env._(
                    "Choose the VAT of the commission on %(contract)s first.",
                    contract=self.factor_id.name,
                )
            )
        rows, left = [], self.tax_amount
        for index, tax in enumerate(taxes, start=1):
            amount = left if index == len(taxes) else tax["amount"]
            left -= amount
            rows.append(
                {
                    **self._prepare_row(
                        "commission", amount, self._get_balance(amount)
                    ),
                    "account_id": tax["account_id"]
                    or self.factor_id.commission_account_id.id,
                    "name": tax["name"],
                    "tax_repartition_line_id": tax["tax_repartition_line_id"],
                    "tax_base_amount": abs(self._get_balance(tax["base"])),
                    "tax_tag_ids": [(6, 0, tax["tag_ids"])],
                }
            )
        return rows

    # --- lettering ---

    def _letter(self):
        """Letter the customers' sides: what was transferred, and what was paid."""
        plan = []
        rows = self.move_id.line_ids.filtered("assignment_line_id")
        for line, own in rows.grouped("assignment_line_id").items():
            if self[0].kind == "assignment":
                line.transfer_line_id = own
            elif self[0].kind in SETTLEMENTS:
                plan += line._get_lettering(own)
        lines = self.env["account.move.line"].with_context(collection_assignment=True)
        lines._reconcile_plan(plan)

    def _match_bank(self):
        """Set payments of or to the factor against the lines of the bank."""
        for operation in self.filtered("statement_line_id"):
            bank_line = operation.statement_line_id
            _liquidity, suspense, _other = bank_line._seek_for_lines()
            if bank_line.is_reconciled or not operation._is_of_bank(suspense):
                raise UserError(
                    self.env._(
                        "%(label)s (%(amount)s) is not this payment: choose the bank "
                        "line of the same amount that is not matched yet.",
                        label=bank_line.payment_ref or bank_line.name,
                        amount=bank_line.currency_id.format(bank_line.amount),
                    )
                )
            account = operation.factor_id.transit_account_id
            suspense.write(
                {
                    "account_id": account.id,
                    "partner_id": operation.factor_id.partner_id.id,
                }
            )
            own = operation.move_id.line_ids.filtered(
                lambda row, account=account: row.account_id == account
            )
            (own + suspense).reconcile()

    def _is_of_bank(self, suspense):
        """Tell whether a bank line that is not matched yet is of the same amount."""
        self.ensure_one()
        wanted = self.amount * (1 if self.kind == "payment" else -1)
        if suspense.currency_id == self.currency_id:
            found, currency = suspense.mapped("amount_currency"), self.currency_id
        else:
            found, currency = suspense.mapped("balance"), self.company_id.currency_id
            wanted = self._get_balance(wanted)
        return not currency.compare_amounts(-sum(found), wanted)

    def _reverse_entries(self):
        """Reverse the entries of operations: what they lettered is open again."""
        moves = self.move_id.filtered(lambda move: move.state == "posted")
        for transfer, own in moves.grouped("collection_transfer").items():
            own.with_context(collection_assignment=True)._reverse_moves(
                [
                    {
                        "ref": self.env._("Cancels %(name)s", name=move.name),
                        "collection_transfer": transfer,
                    }
                    for move in own
                ],
                cancel=True,
            )
        booked = self.filtered("move_id")
        booked.statement_line_id.action_undo_reconciliation()


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    def _get_commission_taxes(self, amount, currency):
        """Return what the VAT of a commission gives (see compute_all of taxes).

        The commission is before VAT even if the tax is usually included in prices, and
        its VAT is due at once: no payment will be lettered with it.
        """
        self.ensure_one()
        tax = self.commission_tax_id.with_context(caba_no_transition_account=True)
        return tax.compute_all(
            amount,
            currency,
            partner=self.partner_id,
            handle_price_include=False,
            include_caba_tags=True,
        )

    def _get_commission_vat(self, amount, currency):
        """Return the VAT of a commission."""
        taxes = self._get_commission_taxes(amount, currency)["taxes"]
        return currency.round(sum(tax["amount"] for tax in taxes))


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    assignment_line_id = fields.Many2one(
        "recouvrement.assignment.line",
        string="Assigned Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The customer's side of a factoring operation is about this invoice.",
    )


class RecouvrementAssignment(models.Model):
    _inherit = "recouvrement.assignment"

    def _letter_factor(self):
        """Letter the factor's accounts, once nothing is left of a remittance.

        In a foreign currency, Odoo then books the difference of the exchange rates.
        """
        for assignment in self:
            factor = assignment.factor_id
            posted = assignment.operation_ids.filtered(
                lambda operation: operation.state == "posted"
            )
            for account in factor.account_id + factor.holdback_account_id:
                rows = posted.move_id.line_ids.filtered(
                    lambda row, account=account: (
                        row.account_id == account and not row.reconciled
                    )
                )
                left = sum(rows.mapped("amount_currency"))
                if account.reconcile and assignment.currency_id.is_zero(left):
                    rows.reconcile()
