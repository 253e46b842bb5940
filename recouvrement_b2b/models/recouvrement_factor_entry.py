from odoo import models
from odoo.exceptions import UserError

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
            operations._letter()
            operations._match_bank()

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
        }

    def _merge_rows(self, rows):
        """Sum the rows of the factor's accounts; each customer keeps its own."""
        merged, kept = {}, []
        factor = self[0].factor_id.partner_id.id
        for row in rows:
            key = row["account_id"]
            if row["partner_id"] != factor or "tax_tag_ids" in row:
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
        return self.factor_id.commission_tax_id.compute_all(
            self.amount, self.currency_id, partner=self.factor_id.partner_id
        )

    def _prepare_taxes(self):
        """Return the rows of VAT of a commission, as the factor billed it."""
        self.ensure_one()
        if self.kind != "commission" or not self.tax_amount:
            return []
        if not self.factor_id.commission_tax_id:
            raise UserError(
                self.env._(
                    "Choose the VAT of the commission on %(contract)s first.",
                    contract=self.factor_id.name,
                )
            )
        taxes = [tax for tax in self._get_taxes()["taxes"] if tax["amount"]]
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
        rows = self.move_id._get_receivable_lines().grouped("name")
        for line in self.line_id:
            own = rows.get(line.move_id.name)  # none of a holdback
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
            sign = 1 if operation.kind == "payment" else -1
            if bank_line.is_reconciled or bank_line.company_currency_id.compare_amounts(
                -sum(suspense.mapped("balance")),
                sign * operation._get_balance(operation.amount),
            ):
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
        self.statement_line_id.action_undo_reconciliation()
