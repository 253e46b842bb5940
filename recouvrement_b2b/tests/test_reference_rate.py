"""The table of official rates: what it accepts, upgrades, the half-yearly reminder."""

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import RecouvrementCommon, day

MODULE = "recouvrement_b2b"

# Published for each half-year: rate of the European Central Bank, legal interest rate
# of professionals and of individuals, in percent a year.
PUBLISHED = """
2010-01-01  1.00  0.65  0.65
2010-07-01  1.00  0.65  0.65
2011-01-01  1.00  0.38  0.38
2011-07-01  1.25  0.38  0.38
2012-01-01  1.00  0.71  0.71
2012-07-01  1.00  0.71  0.71
2013-01-01  0.75  0.04  0.04
2013-07-01  0.50  0.04  0.04
2014-01-01  0.25  0.04  0.04
2014-07-01  0.15  0.04  0.04
2015-01-01  0.05  0.93  4.06
2015-07-01  0.05  0.99  4.29
2016-01-01  0.05  1.01  4.54
2016-07-01  0.00  0.93  4.35
2017-01-01  0.00  0.90  4.16
2017-07-01  0.00  0.90  3.94
2018-01-01  0.00  0.89  3.73
2018-07-01  0.00  0.88  3.60
2019-01-01  0.00  0.86  3.40
2019-07-01  0.00  0.87  3.26
2020-01-01  0.00  0.87  3.15
2020-07-01  0.00  0.84  3.11
2021-01-01  0.00  0.79  3.14
2021-07-01  0.00  0.76  3.12
2022-01-01  0.00  0.76  3.13
2022-07-01  0.00  0.77  3.15
2023-01-01  2.50  2.06  4.47
2023-07-01  4.00  4.22  6.82
2024-01-01  4.50  5.07  8.01
2024-07-01  4.25  4.92  8.16
2025-01-01  3.15  3.71  7.21
2025-07-01  2.15  2.76  6.65
2026-01-01  2.15  2.62  6.67
2026-07-01  2.40  2.75  6.84
"""


@tagged("post_install", "-at_install")
class TestReferenceRate(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rates = cls.env["recouvrement.reference.rate"]

    def _rate(self, text):
        return self.rates.search([("date_from", "=", text)])

    def _create_rate(self, text, **values):
        return self.rates.create(
            {"date_from": text, "ecb_mro": 2.4, "legal_pro": 2.7, **values}
        )

    # --- rows ---

    def test_shipped_rows_follow_each_other_from_2010(self):
        rates = self.rates.search([], order="date_from")
        self.assertEqual(rates[0].date_from, day("2010-01-01"))
        self.assertEqual(rates[-1].date_to, day("2026-12-31"))
        for before, after in zip(rates, rates[1:], strict=False):
            self.assertEqual((after.date_from - before.date_to).days, 1)
        for rate in rates:
            self.assertTrue(rate.ecb_source, rate.display_name)
            self.assertTrue(rate.legal_source, rate.display_name)

    def test_shipped_rates_are_those_published(self):
        shipped = [
            f"{rate.date_from}  {rate.ecb_mro:.2f}  {rate.legal_pro:.2f}  "
            f"{rate.legal_part:.2f}"
            for rate in self.rates.search([], order="date_from")
        ]
        self.assertEqual(len(shipped), 34)
        self.assertEqual(shipped, PUBLISHED.split("\n")[1:-1])

    def test_half_year_is_named(self):
        self.assertEqual(self._rate("2026-01-01").display_name, "1st half of 2026")
        self.assertEqual(self._rate("2026-07-01").display_name, "2nd half of 2026")
        self.assertEqual(self._rate("2024-01-01").date_to, day("2024-06-30"))

    def test_only_the_latest_row_is_unverified(self):
        unverified = self.rates.search([]).filtered(lambda rate: rate._is_unverified())
        self.assertEqual(unverified, self._rate("2026-07-01"))

    def test_other_dates_are_refused(self):
        for text in ("2027-01-02", "2027-06-30", "2027-04-01"):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, "neither"):
                self._create_rate(text)

    def test_second_row_of_a_half_year_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_rate("2026-07-01")

    def test_rates_that_cannot_be_are_refused(self):
        for values in (
            {"legal_pro": -0.1},
            {"legal_part": -0.1},
            {"ecb_mro": 240.0},
            {"ecb_mro": -5.0},
            {"legal_pro": 25.0},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
                self.assertRaises(IntegrityError),
            ):
                self._create_rate("2027-01-01", **values)
                self.env.flush_all()

    def test_form_enters_a_half_year(self):
        with Form(self.rates) as form:
            form.date_from = "2027-01-01"
            self.assertEqual(form.date_to, day("2027-06-30"))
            form.ecb_mro = 2.65
            form.legal_pro = 2.81
        rate = self._rate("2027-01-01")
        self.assertEqual((rate.ecb_verified, rate.legal_verified), ("unverified",) * 2)

    # --- a missing half-year ---

    def test_missing_half_year_is_refused_with_its_name(self):
        late = self._create_due(5)
        with self.assertRaisesRegex(UserError, "1st half of 2027"):
            late.penalty_breakdown("2027-01-01")
        old = self._create_due((day("2026-06-15") - day("2009-11-30")).days)
        with self.assertRaisesRegex(UserError, "2nd half of 2009"):
            old.penalty_breakdown("2010-02-01")
        with self.assertRaisesRegex(UserError, "Reference Rates"):
            (late + old).penalty_breakdown("2026-06-15")

    def test_missing_half_year_breaks_no_screen(self):
        late, old = self._create_due(5), self._create_due(9000)
        moves = late + old
        with Form(old) as form:
            self.assertIn("2nd half of 2001", form.late_penalty_problem)
            self.assertEqual(form.late_penalty_amount, 0.0)
        rows = moves.read(["late_penalty_amount", "late_penalty_problem"])
        self.assertFalse(rows[0]["late_penalty_problem"])
        self.assertEqual(rows[0]["late_penalty_amount"], 1.66)  # 5 days at 12.15 %
        self.assertTrue(rows[1]["late_penalty_problem"])

    # --- upgrades of the module ---

    def _load(self, name, **values):
        """Load a row as an upgrade of the module does."""
        self.env.flush_all()
        return self.rates.with_context(install_mode=True)._load_records(
            [{"xml_id": f"{MODULE}.{name}", "values": values, "noupdate": False}],
            update=True,
        )

    def test_upgrade_brings_what_nobody_changed(self):
        self._load("reference_rate_2026_2", date_from="2026-07-01", ecb_mro=2.65)
        self.assertEqual(self._rate("2026-07-01").ecb_mro, 2.65)

    def test_upgrade_leaves_what_a_person_corrected(self):
        manager = new_test_user(
            self.env, "marc", f"{MODULE}.recouvrement_group_manager"
        )
        rate = self._rate("2026-07-01").with_user(manager)
        rate.write({"ecb_mro": 2.15, "ecb_verified": "official"})
        self._load("reference_rate_2026_2", date_from="2026-07-01", ecb_mro=2.65)
        self.assertEqual((rate.ecb_mro, rate.ecb_verified), (2.15, "official"))

    def test_upgrade_leaves_what_a_person_entered(self):
        rate = self._create_rate("2027-01-01", ecb_mro=2.15)
        loaded = self._load(
            "reference_rate_2027_1", date_from="2027-01-01", ecb_mro=2.4, legal_pro=3
        )
        self.assertEqual(loaded, rate)
        self.assertEqual((rate.ecb_mro, rate.legal_pro), (2.15, 2.7))
        self.assertEqual(self.env.ref(f"{MODULE}.reference_rate_2027_1"), rate)

    # --- reminder ---

    def _reminders(self):
        kind = self.env.ref(f"{MODULE}.activity_rate")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    def test_manager_is_asked_once_for_a_missing_half_year(self):
        manager = new_test_user(
            self.env, "marc", f"{MODULE}.recouvrement_group_manager", lang="en_US"
        )
        companies = self.env["res.company"].search([])
        companies.collection_manager_id = manager
        with freeze_time("2027-01-01 04:00:00"), self.enter_registry_test_mode():
            self.env.ref(f"{MODULE}.cron_reference_rate").method_direct_trigger()
            self.rates._ask(day("2027-01-01"))
        activity = self._reminders()
        self.assertEqual(activity.user_id, manager)
        self.assertEqual(activity.summary, "Enter the rates: 1st half of 2027")
        self.assertEqual(activity.date_deadline, day("2027-01-01"))
        self.assertEqual(activity.res_id, self._rate("2026-07-01").id)
        self.rates._ask(day("2027-07-01"))
        self.assertEqual(
            self._reminders().sorted("date_deadline").mapped("summary"),
            ["Enter the rates: 1st half of 2027", "Enter the rates: 2nd half of 2027"],
        )

    def test_unverified_half_year_is_to_verify(self):
        self.company._get_collection_manager().lang = "en_US"
        activities = self.rates._ask(day("2026-07-01"))
        self.assertEqual(len(activities), 1, "one manager for all companies")
        self.assertEqual(activities.user_id, self.company._get_collection_manager())
        self.assertEqual(activities.res_id, self._rate("2026-07-01").id)
        self.assertEqual(activities.summary, "Verify the rates: 2nd half of 2026")
        self.assertFalse(self.rates._ask(day("2026-07-14")), "asked already")

    def test_each_manager_is_asked(self):
        self.company.collection_manager_id = self.collector
        activities = self.rates._ask(day("2026-07-01"))
        self.assertEqual(
            activities.user_id, self.collector + self.env.ref("base.user_admin")
        )
        self.assertEqual(len(activities), 2)

    def test_verified_half_year_is_not_asked(self):
        self.assertFalse(self.rates._ask(day("2026-01-01")))

    def test_reminder_ends_with_the_rates(self):
        self.rates._ask(day("2026-07-01"))
        self.rates._ask(day("2027-01-01"))
        rate = self._rate("2026-07-01")
        rate.ecb_verified = "official"
        self.assertEqual(len(self._reminders()), 2, "the legal rate is not verified")
        rate.legal_verified = "official"
        self.assertIn("2027", self._reminders().summary)
        self._create_rate(
            "2027-01-01", ecb_verified="official", legal_verified="secondary"
        )
        self.assertFalse(self._reminders())

    def test_next_reminder_is_on_the_first_of_a_half_year(self):
        cron = self.env.ref(f"{MODULE}.cron_reference_rate")
        self.assertEqual((cron.interval_number, cron.interval_type), (6, "months"))
        self.assertIn((cron.nextcall.month, cron.nextcall.day), ((1, 1), (7, 1)))
