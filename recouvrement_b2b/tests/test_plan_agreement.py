"""The agreement: what the law wants to read in it, and as it was sent."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.words import amount_in_words
from .documents import text_of
from .plans import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanAgreement(PlanCommon):
    def test_amounts_in_words(self):
        odd = "mille cinq cent quatre-vingt-dix-sept euros et quatre-vingt-un centimes"
        for amount, currency, lang, words in (
            (1200, "EUR", "fr_FR", "mille deux cents euros"),
            (1597.81, "EUR", "fr_FR", odd),
            (1, "EUR", "fr_FR", "un euro"),
            (1000, "USD", "fr_FR", "mille dollars"),
            (20, "GBP", "en_US", "twenty pounds sterling"),
            (1500.5, "EUR", "en_US", "one thousand, five hundred euro, fifty cents"),
            (10, "XXX", "fr_FR", ""),
        ):
            self.assertEqual(amount_in_words(amount, currency, lang), words)

    def test_the_agreement_says_what_was_agreed(self):
        plan = self._plan(self.first, count=3)
        plan.write({"notice_days": 8, "grace_days": 5, "note": "A guarantee is kept."})
        plan.action_propose()
        text = text_of(plan._render_agreement())
        for expected in (
            plan.name,
            "acknowledges that it owes",
            "one thousand euro",
            self.first.name,
            "333.34",
            "08/30/2026",
            "suspended as long as the instalments are paid",
            "8 days after a formal notice",
            "no novation",
            "two originals",
            "A guarantee is kept.",
            "Good for acknowledgement of debt",
        ):
            self.assertIn(expected, text)

    def test_the_clauses_follow_the_plan(self):
        pages = self.env["recouvrement.plan.page"]
        plan = self._plan(penalty_regime="waived")
        plan.write({"notice_days": 0, "default_after": 2})
        texts = pages._get_values(plan)["texts"]
        self.assertIn("waives the late-payment penalties", texts["penalties"][0])
        self.assertIn("If 2 instalments", texts["default"][0])
        self.assertIn("without any formal notice", texts["default"][0])
        plan.penalty_regime = "running"
        self.assertIn("go on", pages._get_values(plan)["texts"]["penalties"][0])

    def test_the_parties_are_told_by_their_register(self):
        page = self.env["recouvrement.plan.page"]
        party = self.customer
        for country, number, expected in (
            ("fr", "55208131766522", ", SIRET 55208131766522, VAT FR40303265045"),
            ("fr", "552 081 317", ", SIREN 552 081 317, VAT"),
            ("be", "0477472701", ", 0477472701, VAT"),
            ("fr", False, f"{party.name}, VAT"),
        ):
            party.with_context(no_vat_validation=True).write(
                {
                    "country_id": self.env.ref(f"base.{country}").id,
                    "company_registry": number,
                    "vat": "FR40303265045",
                }
            )
            self.assertIn(expected, page._get_party(party))

    def test_messages_quote_the_reference_of_the_agreement(self):
        plan = self._plan()
        plan.action_propose()
        message = plan._send_message("recouvrement_b2b.mail_template_plan_reminder")
        self.assertEqual(message._text_payment_reference(), plan.name)

    def test_what_was_sent_is_kept_as_it_was_sent(self):
        plan = self._plan()
        plan.action_propose()
        plan._send_message("recouvrement_b2b.mail_template_plan_proposal")
        plan.sudo().agreement_id = plan._attach_agreement()
        before = plan.agreement_id.raw
        plan.contact_id = self.env["res.partner"].create(
            {"name": "Jean Petit", "parent_id": self.customer.id}
        )
        plan.action_print()
        self.assertEqual(plan.agreement_id.raw, before)

    def test_without_an_address_the_agreement_is_to_be_printed(self):
        self.customer.email = False
        plan = self._plan()
        plan.action_propose()
        with self.assertRaisesRegex(UserError, "print the agreement"):
            plan.action_send_proposal()
