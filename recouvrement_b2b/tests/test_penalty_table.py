"""The penalties of an invoice on its form, as they are today."""

from freezegun import freeze_time
from lxml import html

from odoo.tests import Form, tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestPenaltyTable(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.env.ref("base.EUR").active = True
        cls.euro = cls.env.ref("base.EUR")

    def _rows(self, invoice):
        """Return the cells of the table, row by row."""
        table = html.fromstring(invoice.with_env(self.env).late_penalty_table)
        return [
            [" ".join(cell.text_content().split()) for cell in row.findall("td")]
            for row in table.findall(".//tr")
            if row.findall("td")
        ]

    def test_rows_and_totals(self):
        invoice = self._create_due(30, 12000.0, currency_id=self.euro.id)
        self.assertEqual(
            self._rows(invoice),
            [
                [
                    "05/16/2026",
                    "05/17/2026",
                    "06/15/2026",
                    "30",
                    "12,000.00 €",
                    "12.15 %",
                    "119.84 €",
                    "Public lists of rates and notices of ECB tenders",
                ],
                ["Penalties", "119.84 €", ""],
                ["Fixed indemnity for recovery costs", "40.00 €", ""],
                ["Total", "159.84 €", ""],
            ],
        )

    def test_what_is_not_verified_says_so(self):
        invoice = self._create_due(-5, 12000.0, currency_id=self.euro.id)
        self.assertFalse(invoice.late_penalty_table, "nothing is late")
        invoice.invalidate_recordset()
        with freeze_time("2026-07-10 08:00:00"):
            rows = self._rows(invoice)
        self.assertNotIn("Not verified", rows[0][-1])
        self.assertIn("Not verified", rows[1][-1])

    def test_no_total_of_two_currencies(self):
        invoice = self._create_due(30, 12000.0)
        self.assertEqual(invoice.currency_id.name, "USD")
        labels = [row[0] for row in self._rows(invoice)[1:]]
        self.assertEqual(labels, ["Penalties", "Fixed indemnity for recovery costs"])

    def test_form_follows_the_formal_notice(self):
        self.customer.penalty_terms_id = self.env.ref(
            "recouvrement_b2b.penalty_terms_switzerland"
        )
        invoice = self._create_due(30, 10000.0, currency_id=self.euro.id)
        with Form(invoice) as form:
            self.assertFalse(form.late_penalty_table)
            form.formal_notice_date = "2026-06-05"
        self.assertEqual(invoice.late_penalty_amount, 13.70)  # 10 days at 5 %
        self.assertIn("13.70", self._rows(invoice)[0][6])

    def test_rows_and_amounts_follow_what_they_depend_on(self):
        """Within one transaction, as in the client: nothing old is shown."""
        swiss = self.env.ref("recouvrement_b2b.penalty_terms_switzerland")
        invoice = self._create_due(30, 10000.0, currency_id=self.euro.id)
        french = invoice.late_penalty_amount
        self.assertTrue(french and invoice.late_penalty_table)
        self.customer.penalty_terms_id = swiss
        self.assertFalse(invoice.late_penalty_amount or invoice.late_penalty_table)
        invoice.formal_notice_date = "2026-06-05"
        self.assertEqual(invoice.late_penalty_amount, 13.70)
        self.assertIn("13.70", self._rows(invoice)[0][6])
        self.customer.insolvency_date = "2026-06-10"
        self.assertEqual(invoice.late_penalty_amount, 5.48)  # 4 days
        self.assertIn("5.48", self._rows(invoice)[0][6])

    def test_missing_rate_shows_a_problem_and_no_row(self):
        invoice = self._create_due(9000, currency_id=self.euro.id)
        self.assertFalse(invoice.late_penalty_table)
        with Form(invoice) as form:
            self.assertTrue(form.late_penalty_problem)
            self.assertFalse(form.late_penalty_table)

    def test_credit_note_says_from_when_it_counts(self):
        refund = self._create_due(0, 100, move_type="out_refund")
        refund.button_draft()
        with Form(refund) as form:
            self.assertEqual(form.credit_note_effect, "invoice")
            form.credit_note_effect = "own"
        self.assertEqual(refund.credit_note_effect, "own")
