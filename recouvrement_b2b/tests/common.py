from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.fields import Date

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import mail_new_test_user

TODAY = date(2026, 6, 15)  # a Monday, no public holiday near


class RecouvrementCommon(AccountTestInvoicingCommon):
    """A company, a policy with few levels, and customers who owe.

    The clock is stopped at ``TODAY``, ten in the morning.
    """

    @classmethod
    def setUpClass(cls):
        clock = freeze_time("2026-06-15 08:00:00")  # UTC
        clock.start()
        cls.addClassCleanup(clock.stop)
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.collector = mail_new_test_user(
            cls.env,
            login="claire",
            name="Claire Martin",
            email="claire@example.com",
            groups="recouvrement_b2b.recouvrement_group_user",
            company_id=cls.company.id,
        )
        cls.env.user.group_ids += cls.env.ref(
            "recouvrement_b2b.recouvrement_group_manager"
        )
        cls.email_template = cls.env["mail.template"].create(
            {
                "name": "Reminder",
                "model_id": cls.env["ir.model"]._get_id("recouvrement.action"),
                "subject": "Reminder {{ object.name }}",
                "body_html": "<p>Dear <t t-out='object.partner_id.name'/></p>",
                "email_from": "claire@example.com",
                "lang": "{{ object.lang }}",
            }
        )
        cls.policy = cls.env["recouvrement.policy"].create(
            {
                "name": "Test policy",
                "state": "running",
                "minimum_days": 0,
                "hour_from": 0,
                "hour_to": 24,
                "level_ids": [
                    Command.create(cls._level(-5, "Friendly")),
                    Command.create(cls._level(1, "First")),
                    Command.create(cls._level(10, "Second")),
                    Command.create(cls._level(30, "Last", send_letter=True)),
                ],
            }
        )
        cls.company.collection_policy_id = cls.policy
        cls.company.collection_sending = True
        # The shipped policies have tests of their own.
        cls.env["recouvrement.policy"].search(
            [("id", "!=", cls.policy.id)]
        ).partner_domain = False
        cls.customer = cls._create_customer("Boulangerie Durand")

    @classmethod
    def _level(cls, days, name, **values):
        return {
            "name": name,
            "days": days,
            "send_email": True,
            "email_template_id": cls.email_template.id,
            "letter_subject": name,
            "letter_body": "<p>Please pay.</p>",
            **values,
        }

    @classmethod
    def _create_customer(cls, name, **values):
        login = name.lower().replace(" ", ".")
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{login}@example.com",
                "street": "1 rue de la Paix",
                "zip": "75002",
                "city": "Paris",
                "country_id": cls.env.ref("base.fr").id,
                "property_payment_term_id": False,
                "collector_id": cls.collector.id,
                **values,
            }
        )

    @classmethod
    def _create_due(cls, days, amount=1000.0, partner=None, sent=True, **values):
        """Create a posted invoice due ``days`` days ago (negative: in the future)."""
        due = TODAY - timedelta(days=days)
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Bread", "price_unit": amount, "tax_ids": []}
                    )
                ],
                **values,
            }
        )
        move.action_post()
        move.is_move_sent = sent
        return move

    @classmethod
    def _pay(cls, moves, amount=None, day=TODAY):
        """Register a payment of invoices and return it."""
        values = {"payment_date": day}
        if amount is not None:
            values["amount"] = amount
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        return wizard.create(values)._create_payments()

    def _receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _decide(self, move=None, as_of=TODAY, **kwargs):
        """Return the decision on an invoice (one due date), or all of them."""
        decisions = self.env["recouvrement.policy"].decide(as_of=as_of, **kwargs)
        if move is None:
            return decisions
        return next((each for each in decisions if each["move_id"] == move.id), None)

    def assertDecision(self, move, outcome, reason, as_of=TODAY, **kwargs):
        decision = self._decide(move, as_of)
        self.assertIsNotNone(decision, "the invoice is not an open item")
        self.assertEqual((decision["outcome"], decision["reason"]), (outcome, reason))
        for name, value in kwargs.items():
            self.assertEqual(decision[name], value, name)
        return decision

    def _launch(self, as_of=None):
        return self.env["recouvrement.run"].launch(as_of=as_of, company=self.company)

    def _level_of(self, days):
        return self.policy.level_ids.filtered(lambda level: level.days == days)


def day(text):
    """Return the date of an ISO text."""
    return Date.to_date(text)
