"""Debts whose penalties are checked by hand, for the tests of their rules."""

from odoo import Command

from .common import TODAY, RecouvrementCommon

PRINCIPAL = 3650.0


class DebtCommon(RecouvrementCommon):
    """Debts of 3,650.00 EUR at a contract rate of 10 %: one euro a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.terms = cls._create_terms(rate_base="fixed", fixed_rate=10)
        cls.customer.penalty_terms_id = cls.terms

    @classmethod
    def _create_terms(cls, **values):
        return cls.env["recouvrement.penalty.terms"].create(
            {"name": "Contract", **values}
        )

    def _invoice(self, days=100, amount=PRINCIPAL, **values):
        """Create an invoice in euros, due some days ago."""
        return self._create_due(days, amount, currency_id=self.euro.id, **values)

    def _pay_in_euros(self, moves, amount, on, **values):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        values = {"currency_id": self.euro.id, "payment_date": on, **values}
        return wizard.create({**values, "amount": amount})._create_payments()

    def _credit(self, invoice, amount, on, effect):
        """Set a credit note against an invoice."""
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "invoice_date": on,
                "invoice_payment_term_id": False,
                "currency_id": invoice.currency_id.id,
                "credit_note_effect": effect,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Bread", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
        )
        note.action_post()
        (self._receivable(invoice) + self._receivable(note)).reconcile()
        return note

    def _hold(self, reason="dispute", **values):
        return self.env["recouvrement.hold"].create(
            {"reason": reason, "review_date": TODAY, **values}
        )

    def _answer(self, invoice, as_of=TODAY):
        return invoice.penalty_breakdown(as_of)[invoice.id]

    def _rows(self, invoice, as_of=TODAY):
        """Return (days, balance, amount) of each row."""
        answer = self._answer(invoice, as_of)
        self.assertEqual(
            round(sum(row["amount"] for row in answer["rows"]), 2), answer["interest"]
        )
        return [(row["days"], row["balance"], row["amount"]) for row in answer["rows"]]

    def assertNothingDue(self, invoice, principal=PRINCIPAL):
        answer = self._answer(invoice)
        self.assertEqual(answer["rows"], [])
        for name in ("interest", "indemnity", "total"):
            self.assertEqual(answer[name], 0, name)
        self.assertEqual(answer["principal"], principal)
