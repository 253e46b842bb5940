"""Importing exports of receivables into the books."""

from datetime import date, timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..tools.receivables_csv import Options

TODAY = date.today()  # noqa: DTZ011 - what the service calls today


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


HEADER = "number;customer;date;due;amount;settled;disputed;currency"
FILE = f"""{HEADER}
F1;C1;{ago(90)};{ago(60)};100.00;{ago(50)};no;
F2;C1;{ago(60)};{ago(30)};250.00;;yes;
F3;C2;{ago(50)};{ago(20)};80.00;;no;
A1;C2;{ago(40)};{ago(40)};-30.00;;no;
"""
BAD_ROW = f"F4;C3;{ago(10)};{ago(20)};ten;;;\n"


class ImportCommon(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.service = cls.env["recouvrement.portfolio"]
        cls.manager = new_test_user(
            cls.env,
            login="manager",
            groups="recouvrement_b2b.recouvrement_group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _import(self, text=FILE, company=None, **options):
        return self.service._import_receivables(
            text.encode(), Options(today=TODAY), company or self.company, **options
        )

    def _imported(self):
        """Return the imported invoices by their numbers."""
        moves = self.env["account.move"].search(
            [("imported_number", "!=", False), ("company_id", "=", self.company.id)]
        )
        return {move.imported_number: move for move in moves}

    def _assert_refused(self, text, column, sentence, row=2):
        report = self._import(text)
        self.assertFalse(report.written)
        self.assertEqual([error[:2] for error in report.errors], [(row, column)])
        self.assertIn(sentence, report.errors[0][2])


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def test_import(self):
        report = self._import()
        self.assertTrue(report.written)
        self.assertFalse(report.errors)
        self.assertEqual(
            report.counts,
            {
                "invoices": {"read": 4, "refused": 0, "imported": 4},
                "payments": {"read": 1, "refused": 0, "imported": 1},
                "customers": {"read": 2, "refused": 0, "imported": 2},
            },
        )
        moves = self._imported()
        self.assertEqual(
            {
                number: (m.payment_state, m.amount_residual)
                for number, m in moves.items()
            },
            {
                "F1": ("paid", 0),
                "F2": ("not_paid", 250),
                "F3": ("not_paid", 80),
                "A1": ("not_paid", 30),
            },
        )
        self.assertEqual(moves["A1"].move_type, "out_refund")
        self.assertTrue(moves["F2"].is_move_sent)

    def test_amount_of_the_source_is_with_tax(self):
        self._import()
        invoice = self._imported()["F2"]
        self.assertEqual((invoice.amount_total, invoice.amount_tax), (250, 0))
        self.assertEqual(invoice.invoice_line_ids.account_id.account_type, "income")
        self.assertEqual(invoice.invoice_date_due.isoformat(), ago(30))

    def test_journals_of_their_own(self):
        """Numbers and bank balances of the company are left alone."""
        self._import()
        invoice = self._imported()["F1"]
        self.assertEqual(invoice.journal_id.code, "IMPF")
        statement = self.env["account.bank.statement.line"].search(
            [("partner_id", "=", invoice.partner_id.id)]
        )
        self.assertEqual(statement.journal_id.code, "IMPB")
        self.assertEqual(statement.date.isoformat(), ago(50))

    def test_invoices_keep_their_numbers(self):
        """Whatever Odoo would say of their years, and if two customers share one."""
        for number in ("2013-0021", "F12-001", "FA/2031/07/3", "000123"):
            with self.subTest(number):
                text = f"{HEADER}\n{number};C-{number};{ago(5)};{ago(5)};10.00;;;\n"
                self._import(text)
                invoice = self._imported()[number]
                self.assertEqual((invoice.name, invoice.state), (number, "posted"))
                self.assertEqual(invoice.payment_reference, number)
                self.assertFalse(invoice.made_sequence_gap)
        rows = [f"7;{key};{ago(5)};{ago(5)};10.00;;;" for key in ("C8", "C9")]
        self._import("\n".join([HEADER, *rows]))
        names = self.env["account.move"].search([("imported_number", "=", "7")])
        self.assertEqual(set(names.mapped("name")), {"7", "7 (C9)"})

    def test_dispute_is_a_hold(self):
        self._import()
        hold = self.env["recouvrement.hold"].search(
            [("move_id", "=", self._imported()["F2"].id)]
        )
        self.assertEqual(hold.reason, "dispute")
        self.assertEqual(hold.review_date, TODAY + timedelta(days=14))
        self.assertEqual(hold.user_id, self.env.user)

    def test_settled_credit_note_is_refunded(self):
        self._import(f"{HEADER}\nA9;C1;{ago(9)};;-30.00;{ago(2)};;\n")
        self.assertEqual(self._imported()["A9"].payment_state, "paid")

    def test_part_payment(self):
        header = "number;customer;date;due;amount;balance"
        self._import(f"{header}\nF1;C1;{ago(9)};{ago(5)};100.00;70.00\n")
        self.assertEqual(self._imported()["F1"].amount_residual, 70)

    def test_nothing_is_half_imported(self):
        report = self._import(FILE + BAD_ROW)
        self.assertFalse(report.written)
        self.assertEqual(report.errors[0][:2], (6, "amount"))
        self.assertEqual(
            report.counts["invoices"], {"read": 5, "refused": 1, "imported": 0}
        )
        self.assertFalse(self._imported())
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "C1")]))

    def test_good_rows_can_be_imported(self):
        report = self._import(FILE + BAD_ROW, skip_bad_rows=True)
        self.assertTrue(report.written)
        self.assertEqual(
            report.counts["invoices"], {"read": 5, "refused": 1, "imported": 4}
        )
        self.assertEqual(
            report.counts["customers"], {"read": 3, "refused": 1, "imported": 2}
        )
        self.assertEqual(set(self._imported()), {"F1", "F2", "F3", "A1"})

    def test_dry_run(self):
        report = self._import(dry_run=True)
        self.assertFalse(report.written or report.errors)
        self.assertFalse(self._imported())

    def test_same_file_twice(self):
        self._import()
        again = self._import(skip_bad_rows=True)
        self.assertFalse(again.written)
        self.assertEqual([error[0] for error in again.errors], [2, 3, 4, 5])
        self.assertIn("already imported", again.errors[0][2])
        self.assertEqual(len(self._imported()), 4)

    def test_same_invoice_twice_at_the_same_time(self):
        """The database itself refuses what two imports would bring at once."""
        self._import()
        with (
            patch.object(type(self.service), "_check_known", lambda *args: []),
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self._import()

    def test_only_the_new_invoices(self):
        self._import()
        new = f"F5;C1;{ago(3)};{ago(3)};40.00;;;\n"
        report = self._import(FILE + new, skip_bad_rows=True)
        self.assertEqual(report.counts["invoices"]["imported"], 1)
        invoices = self._imported()
        self.assertEqual(invoices["F5"].partner_id, invoices["F1"].partner_id)

    def test_other_companies_are_other_books(self):
        self._import()
        other = self.setup_other_company()["company"]
        report = self._import(company=other)
        self.assertTrue(report.written)
        self.assertEqual(len(self._imported()), 4)

    def test_customers_with_the_same_name(self):
        self.env["res.partner"].create([{"name": "C1"}, {"name": "C1"}])
        text = f"{HEADER}\nF1;C1;{ago(9)};{ago(5)};1.00;;;\n"
        self._assert_refused(text, "customer", "2 customers")

    def test_currencies(self):
        """One that has no rate would be taken one for one: refused."""
        text = f"{HEADER}\nF1;C1;{ago(9)};{ago(5)};100.00;;;GBP\n"
        currency = self.env.ref("base.GBP")
        currency.active = False
        self._assert_refused(text, "currency", "not active")
        currency.active = True
        currency.rate_ids.unlink()
        self._assert_refused(text, "currency", "no rate")
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": ago(20), "rate": 0.8}
        )
        self.assertTrue(self._import(text).written)
        item = self._imported()["F1"].line_ids.filtered("date_maturity")
        self.assertEqual((item.amount_currency, item.balance), (100, 125))

    def test_currency_without_cents(self):
        currency = self.env.ref("base.JPY")
        currency.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": ago(20), "rate": 160}
        )
        text = f"{HEADER}\nF1;C1;{ago(9)};{ago(5)};100.50;;;JPY\n"
        self._assert_refused(text, "amount", "JPY")

    def test_closed_books(self):
        """Odoo would date what is too old after the closing, silently."""
        self.company.fiscalyear_lock_date = TODAY - timedelta(days=55)
        closed = [(error[0], error[2]) for error in self._import().errors]
        sentence = f"The books are closed until {ago(55)}."
        self.assertEqual(closed, [(2, sentence), (3, sentence)])

    def test_countries(self):
        header = "number;customer;date;due;amount;country"
        for country, code in (("FR", "FR"), ("de", "DE"), ("Germany", "DE")):
            number = f"F-{country}"
            self._import(
                f"{header}\n{number};{number};{ago(9)};{ago(5)};1.00;{country}\n"
            )
            partner = self._imported()[number].partner_id
            self.assertEqual(partner.country_id.code, code)
        text = f"{header}\nF1;C1;{ago(9)};{ago(5)};1.00;Atlantis\n"
        self._assert_refused(text, "country", "Atlantis")

    def test_file_that_makes_no_sense(self):
        with self.assertRaisesRegex(UserError, "no row under them"):
            self._import(HEADER)
        with self.assertRaisesRegex(UserError, "No column was recognised"):
            self._import("a;b\n1;2\n")

    def test_sql_and_markup_are_plain_text(self):
        name = "O'Neil'); DROP TABLE res_partner;--<script>"
        text = f'{HEADER}\nF1;"{name}";{ago(9)};{ago(5)};1.00;;;\n'
        self._import(text)
        self.assertEqual(self._imported()["F1"].partner_id.name, name)

    def test_decisions_are_taken_on_what_was_imported(self):
        self._import()
        policies = self.env["recouvrement.policy"].with_user(self.manager)
        self.company.collection_policy_id = policies.create(
            {"name": "Test", "state": "running"}
        )
        decisions = policies.decide(company=self.company)
        reasons = {d["move_id"]: d["outcome"] for d in decisions}
        moves = self._imported()
        self.assertEqual(reasons[moves["F2"].id], "hold")
        self.assertIn(moves["F3"].id, reasons)
        self.assertNotIn(moves["F1"].id, reasons)
