"""Periods of payment longer than French law allows, and what invoices must say."""

from datetime import date, timedelta
from unittest import TestCase

from odoo import Command
from odoo.tests import Form, tagged

from ..tools.payment_period import end_of_month, latest_due_date
from .common import RecouvrementCommon, day
from .documents import text_of


@tagged("post_install", "-at_install")
class TestLatestDueDate(TestCase):
    def test_the_longest_of_the_three_ways(self):
        for invoiced, latest in (
            # 60 days
            ("2026-01-31", "2026-04-01"),
            ("2026-06-15", "2026-08-14"),
            # 45 days, then the end of the month
            ("2026-01-20", "2026-03-31"),
            ("2026-02-14", "2026-04-15"),
            ("2026-02-15", "2026-04-30"),
            # the end of the month, then 45 days
            ("2026-01-01", "2026-03-17"),
            ("2026-12-01", "2027-02-14"),
        ):
            with self.subTest(invoiced):
                self.assertEqual(latest_due_date(day(invoiced)), day(latest))

    def test_every_day_of_a_leap_year(self):
        for number in range(366):
            invoiced = date(2028, 1, 1) + timedelta(days=number)
            days = (latest_due_date(invoiced) - invoiced).days
            self.assertTrue(60 <= days <= 75, invoiced)
        self.assertEqual(end_of_month(date(2028, 2, 3)), date(2028, 2, 29))


class FrenchCommon(RecouvrementCommon):
    """A company established in France that invoices in euros."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env.ref("base.EUR").active = True
        cls.company.country_id = cls.env.ref("base.fr")
        cls.customer.lang = "en_US"

    @classmethod
    def _invoice(cls, partner=None, **values):
        return cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "invoice_date": "2026-06-15",
                "currency_id": cls.env.ref("base.EUR").id,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Bread", "price_unit": 1000, "tax_ids": []})
                ],
                **values,
            }
        )

    @classmethod
    def _term(cls, *lines, **values):
        return cls.env["account.payment.term"].create(
            {
                "name": "Term",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100 / len(lines), **line}
                    )
                    for line in lines
                ],
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestPaymentTermWarning(FrenchCommon):
    def test_due_date_beyond_the_three_ways_warns(self):
        # 15 June: 14 August, or 31 July, or 14 August
        invoice = self._invoice(invoice_date_due="2026-08-14")
        self.assertFalse(invoice.payment_term_warning)
        with Form(invoice) as form:
            form.invoice_date_due = "2026-08-15"
            self.assertIn("15/08/2026", form.payment_term_warning)
            self.assertIn("14/08/2026", form.payment_term_warning)
            self.assertIn("L441-10 I)", form.payment_term_warning)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted", "it warns, and blocks nothing")
        self.assertTrue(invoice.payment_term_warning)

    def test_last_instalment_counts(self):
        term = self._term({"nb_days": 30}, {"nb_days": 90})
        invoice = self._invoice(invoice_payment_term_id=term.id)
        self.assertIn("13/09/2026", invoice.payment_term_warning)

    def test_other_sellers_customers_and_entries_are_left_alone(self):
        person = self._create_customer("Jeanne", is_company=False)
        late = {"invoice_date_due": "2026-12-31"}
        self.assertTrue(self._invoice(**late).payment_term_warning)
        self.assertFalse(self._invoice(person, **late).payment_term_warning)
        refund = self._invoice(move_type="out_refund", **late)
        self.assertFalse(refund.payment_term_warning)
        bill = self._invoice(move_type="in_invoice", **late)
        self.assertFalse(bill.payment_term_warning)
        self.company.country_id = self.env.ref("base.be")
        self.assertFalse(self._invoice(**late).payment_term_warning)
        self.company.country_id = self.env.ref("base.re")
        self.assertTrue(self._invoice(**late).payment_term_warning)

    def test_terms_too_long_warn(self):
        for line, too_long in (
            ({"nb_days": 60}, False),
            ({"nb_days": 61}, False),  # allowed for most dates, by 45 end of month
            ({"nb_days": 76}, True),
            ({"nb_days": 45, "delay_type": "days_after_end_of_month"}, False),
            ({"nb_days": 60, "delay_type": "days_after_end_of_month"}, True),
            ({"nb_days": 90}, True),
        ):
            with self.subTest(line):
                term = self._term(line)
                self.assertEqual(bool(term.legal_warning), too_long)
        with Form(self._term({"nb_days": 30})) as form:
            self.assertFalse(form.legal_warning)
            with form.line_ids.edit(0) as line:
                line.nb_days = 120
            self.assertIn("L441-10 I", form.legal_warning)
        self.company.country_id = self.env.ref("base.us")
        self.assertFalse(self._term({"nb_days": 120}).legal_warning)


@tagged("post_install", "-at_install")
class TestPaymentMentions(FrenchCommon):
    def _shipped(self, name):
        return self.env.ref(f"recouvrement_b2b.penalty_terms_{name}")

    def _mentions(self, invoice, lang="en_US"):
        return " ".join(invoice.with_context(lang=lang)._get_payment_mentions())

    def _html(self, invoice):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", invoice.ids
        )
        return " ".join(html.decode().split())

    def test_mentions_of_the_law(self):
        invoice = self._invoice()
        self.assertEqual(
            self._mentions(invoice).replace("\N{NO-BREAK SPACE}", " "),
            "Late payment bears penalties from the day after the due date, without a "
            "reminder being needed, at the refinancing rate of the European Central "
            "Bank plus 10 points (12.15 % a year at the date of this invoice). A fixed "
            "indemnity of 40.00 € for recovery costs is then due as well. Reference: "
            "French commercial code, articles L441-10 II and D441-5. No discount is "
            "granted for early payment.",
        )

    def test_rate_is_that_of_the_date_of_the_invoice(self):
        invoice = self._invoice(invoice_date="2024-06-30")
        self.assertIn("14.50 %", self._mentions(invoice))
        invoice.invoice_date = "2024-07-01"
        self.assertIn("14.25 %", self._mentions(invoice))

    def test_unknown_or_unverified_rate_gives_the_rule_alone(self):
        for text in ("2026-07-01", "2027-01-01"):
            mentions = self._mentions(self._invoice(invoice_date=text))
            self.assertIn("Central Bank plus 10 points. A fixed", mentions)

    def test_rules_of_other_terms(self):
        for name, expected, missing in (
            ("legal_multiple", "3 times the legal interest rate (7.86 %", "Central"),
            ("belgium", "8 points, rounded up to the next 0.5 point (10.50 %", "L441"),
            ("switzerland", "After a formal notice, late payment", "indemnity"),
            ("switzerland", "at 5 % a year.", "Central Bank"),
            ("none", "No discount", "penalties"),
        ):
            with self.subTest(name):
                self.customer.penalty_terms_id = self._shipped(name)
                mentions = self._mentions(self._invoice())
                self.assertIn(expected, mentions)
                self.assertNotIn(missing, mentions)

    def test_no_indemnity_is_mentioned_where_none_is_owed(self):
        terms = self.env["recouvrement.penalty.terms"]
        own = terms.create(
            {"name": "None", "rate_base": "none", "legal_reference": "A"}
        )
        self.assertEqual(own.indemnity, 40)
        self.customer.penalty_terms_id = own
        self.assertEqual(
            self._mentions(self._invoice()),
            "No discount is granted for early payment.",
        )

    def test_public_buyer_has_its_own_code(self):
        self.customer.penalty_terms_id = self._shipped("public")
        mentions = self._mentions(self._invoice())
        self.assertIn("plus 8 points (10.15 %", mentions)
        self.assertIn("public procurement code", mentions)
        self.assertNotIn("L441", mentions)
        self.assertIn("40.00", mentions)

    def test_discount_of_the_payment_term(self):
        term = self._term(
            {"nb_days": 30},
            early_discount=True,
            discount_percentage=1.5,
            discount_days=8,
        )
        mentions = self._mentions(self._invoice(invoice_payment_term_id=term.id))
        self.assertIn("A discount of 1.5 % is granted for payment within 8", mentions)
        self.assertNotIn("No discount", mentions)

    def test_nothing_where_the_law_asks_for_nothing(self):
        person = self._create_customer("Jeanne", is_company=False)
        self.assertFalse(self._mentions(self._invoice(person)))
        self.assertFalse(self._mentions(self._invoice(move_type="out_refund")))
        self.company.country_id = self.env.ref("base.be")
        self.assertFalse(self._mentions(self._invoice()))

    def test_printed_once_in_the_language_of_the_customer(self):
        invoice = self._invoice()
        invoice.action_post()
        html = self._html(invoice)
        self.assertEqual(html.count("12.15"), 1)
        self.assertEqual(html.count("L441-10 II"), 1)
        self.assertIn('name="payment_mentions"', html)
        self.customer.lang = "fr_FR"
        french = self._html(invoice)
        self.assertIn("12,15", french)
        self.assertNotIn("12.15", french)
        person = self._create_customer("Jeanne", is_company=False, lang="en_US")
        self.assertNotIn("payment_mentions", self._html(self._invoice(person)))

    def test_pdf_of_an_invoice(self):
        invoice = self._invoice()
        invoice.action_post()
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        content, kind = reports._render_qweb_pdf(
            "account.account_invoices", invoice.ids
        )
        self.assertEqual(kind, "pdf")
        text = " ".join(text_of(content).split())
        self.assertIn("L441-10 II", text)
        self.assertIn("No discount is granted", text)
