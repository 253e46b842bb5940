"""Plans made as a person makes them, for tests."""

from freezegun import freeze_time

from odoo import Command

from .common import day
from .penalties import PenaltyCommon


class PlanCommon(PenaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        cls.first = cls._invoice(1000, "2026-04-30")
        cls.second = cls._invoice(500, "2026-05-31")

    def _wizard(self, moves=None, **values):
        moves = moves or self.first + self.second
        action = moves.action_payment_plan()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"count": 3, "first_date": day("2026-06-30"), **values})
        return wizard

    def _plan(self, moves=None, **values):
        """Return a draft plan: 3 x 500, on 30 June, 30 July and 30 August 2026."""
        action = self._wizard(moves, **values).action_apply()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _accept(self, plan, **values):
        proof = self.env["ir.attachment"].create({"name": "signed.pdf", "raw": b"%PDF"})
        action = plan.action_accept()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"proof_ids": [Command.set(proof.ids)], **values})
        wizard.action_apply()
        return plan

    def _agreed(self, moves=None, **values):
        plan = self._plan(moves, **values)
        plan.action_propose()
        return self._accept(plan)

    def _pay_freely(self, amount, date):
        """Record a payment of the customer that nobody has matched."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": amount,
                "currency_id": self.euro.id,
                "date": date,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return payment

    def _judge(self, plan, date):
        with freeze_time(f"{date} 06:00:00"):
            plan._judge(day(date))

    def _instalments(self, plan):
        return [
            (str(each.date_due), each.amount, each.paid, each.state)
            for each in plan.instalment_ids.sorted("date_due")
        ]
