"""Penalty terms: what they accept, whom they apply to, the rates of those shipped."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RecouvrementCommon, day


@tagged("post_install", "-at_install")
class TestPenaltyTerms(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env["recouvrement.penalty.terms"]
        cls.env.ref("base.EUR").active = True

    def _shipped(self, name):
        return self.env.ref(f"recouvrement_b2b.penalty_terms_{name}")

    def _create_terms(self, name="Contract", **values):
        return self.terms.create({"name": name, **values})

    def _applied(self, partner):
        return self.terms._for_customers(partner, self.company)[partner]

    # --- checks ---

    def test_rates_that_cannot_be_are_refused(self):
        for values in (
            {"margin": -1},
            {"multiple": -1},
            {"fixed_rate": -0.5},
            {"rounding_step": -0.5},
            {"indemnity": -40},
            {"margin": 100},
            {"fixed_rate": 1200},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
                self.assertRaises(IntegrityError),
            ):
                self._create_terms(**values)
                self.env.flush_all()

    def test_two_terms_for_one_country_are_refused(self):
        belgium = self.env.ref("base.be")
        with self.assertRaisesRegex(ValidationError, "Belgium"):
            self._create_terms(country_ids=[Command.set(belgium.ids)])
        own = self._create_terms(
            country_ids=[Command.set(belgium.ids)], company_id=self.company.id
        )
        customer = self._create_customer("Brasserie", country_id=belgium.id)
        self.assertEqual(self._applied(customer), own, "the company's before all's")
        own.active = False
        self.assertEqual(self._applied(customer), self._shipped("belgium"))

    # --- choice ---

    def test_choice_customer_policy_country_company(self):
        own, of_policy, of_company = (
            self._create_terms(name) for name in ("Own", "Policy", "Company")
        )
        customer = self._create_customer("Choix")
        self.policy.penalty_terms_id = of_policy
        self.company.penalty_terms_id = of_company
        customer.penalty_terms_id = own
        self.assertEqual(self._applied(customer), own)
        customer.penalty_terms_id = False
        self.assertEqual(self._applied(customer), of_policy)
        self.policy.penalty_terms_id = False
        self.assertEqual(self._applied(customer), self._shipped("france"))
        customer.country_id = self.env.ref("base.jp")
        self.assertEqual(self._applied(customer), of_company)
        self.company.penalty_terms_id = False
        self.assertFalse(self._applied(customer))

    def test_consumers_owe_none_unless_chosen(self):
        person = self._create_customer("Jeanne", is_company=False)
        self.policy.penalty_terms_id = self._shipped("france")
        self.assertFalse(self._applied(person))
        invoice = self._create_due(30, partner=person)
        self.assertEqual(invoice.penalty_breakdown()[invoice.id]["rows"], [])
        person.penalty_terms_id = self._shipped("legal_multiple")
        self.assertEqual(self._applied(person), self._shipped("legal_multiple"))

    def test_countries_of_the_shipped_terms(self):
        expected = {
            "fr": "france",
            "re": "france",
            "be": "belgium",
            "lu": "luxembourg",
            "ch": "switzerland",
            "de": "europe",
            "es": "europe",
        }
        for code, name in expected.items():
            with self.subTest(code):
                customer = self._create_customer(
                    code, country_id=self.env.ref(f"base.{code}").id
                )
                self.assertEqual(self._applied(customer), self._shipped(name))

    # --- rates ---

    def test_rates_of_the_shipped_terms(self):
        expected = [
            ("france", "2024-06-30", 14.50),
            ("france", "2024-07-01", 14.25),
            ("france", "2026-12-31", 12.40),
            ("public", "2026-06-30", 10.15),
            ("legal_multiple", "2024-01-01", 15.21),
            ("legal_multiple", "2026-07-01", 8.25),
            ("belgium", "2026-01-01", 10.50),
            ("belgium", "2026-07-01", 10.50),
            ("luxembourg", "2024-07-01", 12.25),
            ("luxembourg", "2026-07-01", 10.40),
            ("switzerland", "2026-07-01", 5.0),
            ("europe", "2026-01-01", 10.15),
            ("none", "2026-01-01", 0.0),
            ("france", "2009-12-31", None),
            ("france", "2027-01-01", None),
            ("switzerland", "2027-01-01", 5.0),
        ]
        for name, text, rate in expected:
            with self.subTest(name=name, day=text):
                self.assertEqual(self._shipped(name)._get_rate(day(text)), rate)

    def test_rate_today_says_whether_it_was_checked(self):
        france, swiss = self._shipped("france"), self._shipped("switzerland")
        self.assertEqual(
            (france.rate_today, france.rate_today_verified), (12.15, "secondary")
        )
        rate = self.env.ref("recouvrement_b2b.reference_rate_2026_1")
        rate.ecb_verified = "unverified"
        self.terms.invalidate_model()
        self.assertEqual(france.rate_today_verified, "unverified")
        rate.unlink()
        self.terms.invalidate_model()
        self.assertEqual((france.rate_today, france.rate_today_verified), (0.0, False))
        self.assertEqual((swiss.rate_today, swiss.rate_today_verified), (5, "official"))

    def test_low_contract_rate_warns_and_stays(self):
        with Form(self.terms) as form:
            form.name = "Low"
            form.rate_base = "fixed"
            form.fixed_rate = 8.24
            self.assertRegex(form.rate_warning, "8[.,]25 %")
            self.assertIn("L441-10", form.rate_warning)
            form.fixed_rate = 8.25
            self.assertFalse(form.rate_warning)
            form.fixed_rate = 2.0
        low = form.record
        self.assertEqual(low.fixed_rate, 2.0)
        self.assertEqual(low._get_rate(day("2026-06-15")), 2.0)
        low.write({"rate_base": "legal", "multiple": 1.5})
        self.assertTrue(low.rate_warning)
        self.assertFalse(self._shipped("legal_multiple").rate_warning)
        self.assertFalse(self._shipped("france").rate_warning, "the law's own rate")

    def test_the_warning_says_what_is_not_verified(self):
        latest = self.env["recouvrement.reference.rate"].search([], limit=1)
        terms = self._create_terms(rate_base="fixed", fixed_rate=2)
        margin = self._create_terms(rate_base="ecb", margin=1)
        for ecb, legal, told in (
            ("secondary", "official", (False, False)),
            ("secondary", "unverified", (True, True)),
            ("unverified", "official", (False, True)),
        ):
            latest.write({"ecb_verified": ecb, "legal_verified": legal})
            self.terms.invalidate_model()
            said = "The rates of this half-year are not verified yet."
            warnings = terms.rate_warning, margin.rate_warning
            self.assertEqual(tuple(said in each for each in warnings), told)
            self.assertTrue(all("L441-10" in each for each in warnings))

    def test_a_negative_central_bank_rate_gives_none_below_zero(self):
        rate = self.env.ref("recouvrement_b2b.reference_rate_2026_1")
        rate.ecb_mro = -1
        terms = self._create_terms(rate_base="ecb", margin=0)
        self.assertEqual(terms._get_rate(day("2026-06-15")), 0)
        terms.rounding_step = 0.3
        self.assertEqual(terms._get_rate(day("2026-06-15")), 0)
        terms.write({"margin": 1.5, "rounding_step": 0})
        self.assertEqual(terms._get_rate(day("2026-06-15")), 0.5)
        terms.margin = 0
        late = self._invoice("2026-04-30", terms)
        self.assertEqual(self._rows(late, "2026-06-15")[1]["interest"], 0)

    def test_low_margin_warns_where_french_law_gives_a_floor(self):
        # 2.40 + 1 = 3.40 % in the latest half-year, under 3 x 2.75 = 8.25 %
        low = self.terms.create({"name": "Low", "rate_base": "ecb", "margin": 1})
        self.assertRegex(low.rate_warning, "8[.,]25 %")
        for values in (
            {"margin": 5.85},
            {"margin": 5.8, "rounding_step": 0.5},
            {"rate_mode": "at_start"},
            {"country_ids": [Command.set(self.env.ref("base.jp").ids)]},
            {"rate_base": "none"},
        ):
            fine = low.copy(values)
            self.assertFalse(fine.rate_warning, values)
        french = self.env.ref("base.fr")
        self._shipped("france").active = False
        low.country_ids = french
        self.assertTrue(low.rate_warning)
        low.margin = 5.8
        self.assertTrue(low.rate_warning)

    def test_the_statutory_rate_stands_under_three_times_the_legal_rate(self):
        self.env["recouvrement.reference.rate"].search([], limit=1).legal_pro = 5.0
        self.terms.invalidate_model()
        for name in ("france", "public", "belgium", "switzerland", "europe", "none"):
            self.assertFalse(self._shipped(name).rate_warning, name)
        low = self.terms.create({"name": "Low", "rate_base": "ecb", "margin": 9.9})
        self.assertTrue(low.rate_warning)

    # --- what they give on an invoice ---

    def _rows(self, invoice, as_of):
        answer = invoice.penalty_breakdown(as_of)[invoice.id]
        rows = [(row["days"], row["rate"], row["amount"]) for row in answer["rows"]]
        return rows, answer

    def _invoice(self, due, terms, amount=10000.0, **values):
        customer = self._create_customer(
            f"Customer {due} {terms.id}", penalty_terms_id=terms.id
        )
        days = (day("2026-06-15") - day(due)).days
        return self._create_due(days, amount, partner=customer, **values)

    def test_public_buyer_keeps_the_first_rate(self):
        invoice = self._invoice("2025-06-20", self._shipped("public"))
        rows, _answer = self._rows(invoice, "2026-01-10")
        # 10000 x 11.15 % x 204 / 365
        self.assertEqual(rows, [(204, 11.15, 623.18)])

    def test_switzerland_waits_for_a_formal_notice(self):
        invoice = self._invoice("2026-03-31", self._shipped("switzerland"))
        rows, answer = self._rows(invoice, "2026-06-15")
        self.assertEqual((rows, answer["indemnity"]), ([], 0))
        invoice.formal_notice_date = "2026-05-15"
        rows, answer = self._rows(invoice, "2026-06-15")
        self.assertEqual(rows, [(31, 5.0, 42.47)])
        self.assertEqual(answer["indemnity"], 0)

    def test_german_customer_owes_the_rate_of_the_directive(self):
        customer = self._create_customer(
            "Bäckerei", country_id=self.env.ref("base.de").id
        )
        invoice = self._create_due(10, 10000.0, partner=customer)
        rows, answer = self._rows(invoice, "2026-06-15")
        self.assertEqual(rows, [(10, 10.15, 27.81)])
        self.assertEqual(answer["indemnity"], 40)

    def test_days_of_a_leap_year(self):
        fixed = self._invoice("2023-12-31", self._shipped("france"))
        rows, _answer = self._rows(fixed, "2024-12-31")
        self.assertEqual(rows, [(182, 14.5, 723.01), (184, 14.25, 718.36)])
        actual = self._create_terms("Actual", day_count="actual")
        leap = self._invoice("2023-12-31", actual)
        rows, _answer = self._rows(leap, "2024-12-31")
        # 10000 x 14.50 % x 182 / 366, 10000 x 14.25 % x 184 / 366
        self.assertEqual(rows, [(182, 14.5, 721.04), (184, 14.25, 716.39)])

    def test_rows_say_what_is_not_verified(self):
        invoice = self._invoice("2026-06-20", self._shipped("france"))
        _rows, answer = self._rows(invoice, "2026-07-10")
        self.assertEqual(
            [row["rate_verified"] for row in answer["rows"]],
            ["secondary", "unverified"],
        )
        self.assertIn("ECB", answer["rows"][1]["rate_source"])
