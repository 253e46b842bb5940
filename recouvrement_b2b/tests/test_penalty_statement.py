"""Statements of penalties: what they say can be computed again by hand."""

import base64
import io
import re
from datetime import date, timedelta
from fractions import Fraction

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.workbook import HEADER_ROW
from .common import TODAY, day
from .documents import pages_of, text_of
from .test_document import DocumentCommon

FIRST = HEADER_ROW + 2  # openpyxl counts rows from 1


class StatementCommon(DocumentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False
        cls.dollar = cls.env.ref("base.USD")

    def _late(self, amount, due, partner=None, **values):
        days = (TODAY - day(due)).days
        values.setdefault("currency_id", self.euro.id)
        return self._create_due(days, amount, partner, **values)

    def _credit(self, amount, day, partner=None, **values):
        """Create a payment that is not allocated to an invoice."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.customer).id,
                "amount": amount,
                "currency_id": self.euro.id,
                "date": day,
                **values,
            }
        )
        payment.action_post()
        return payment

    def _statements(self, partners=None, as_of=TODAY, interest_first=False):
        return self.documents._render_penalties(
            partners or self.customer, self.company, as_of, interest_first
        )

    def _text(self, partner=None, as_of=TODAY, interest_first=False):
        partner = partner or self.customer
        return text_of(self._statements(partner, as_of, interest_first)[partner.id])

    def _book(self, partners=None, as_of=TODAY, interest_first=False):
        """Return the workbook twice: formulas, and the figures that readers show."""
        content = self.env["recouvrement.xlsx"].penalties(
            partners or self.customer, self.company, as_of, interest_first
        )
        return (
            load_workbook(io.BytesIO(content)),
            load_workbook(io.BytesIO(content), data_only=True),
        )


def rows_of(sheet):
    """Return the rows under the titles of the columns, the total included."""
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST)]


@tagged("post_install", "-at_install")
class TestImputation(StatementCommon):
    """10,000.00 due on 31 January, 5,000.00 paid on 2 March: 30 days at 12.15 %.

    10,000 x 12.15 % x 30 / 365 = 99.86. To 1 April, 30 days more: of 5,000.00,
    49.93; of 5,099.86, 50.93 (50.928...).
    """

    def setUp(self):
        super().setUp()
        self.invoice = self._late(10000, "2026-01-31")
        self._pay(self.invoice, 5000, day("2026-03-02"))
        self.until = day("2026-04-01")

    def _breakdown(self, interest_first):
        answer, missing = self.env["recouvrement.penalty"]._compute(
            self.invoice, self.until, interest_first=interest_first
        )
        self.assertFalse(missing)
        return answer[self.invoice.id]

    def test_principal_first(self):
        answer = self._breakdown(False)
        self.assertEqual([row["amount"] for row in answer["rows"]], [99.86, 49.93])
        self.assertEqual((answer["residual"], answer["interest_paid"]), (5000.0, 0.0))
        self.assertEqual(
            answer["settlements"],
            [
                {
                    "line_id": self._receivable(self.invoice).id,
                    "date_due": date(2026, 1, 31),
                    "date": date(2026, 3, 2),
                    "amount": 5000.0,
                    "interest": 0.0,
                    "principal": 5000.0,
                    "is_credit_note": False,
                }
            ],
        )

    def test_interest_first(self):
        answer = self._breakdown(True)
        self.assertEqual([row["amount"] for row in answer["rows"]], [99.86, 50.93])
        self.assertEqual(answer["rows"][1]["balance"], 5099.86)
        self.assertEqual(
            (answer["residual"], answer["interest_paid"]), (5099.86, 99.86)
        )
        paid = answer["settlements"][0]
        self.assertEqual((paid["interest"], paid["principal"]), (99.86, 4900.14))
        self.assertEqual(answer["indemnity"], 40.0, "never imputed")

    def test_a_credit_note_lowers_the_principal_in_both(self):
        note = self._late(1000, "2026-02-20", move_type="out_refund")
        note.credit_note_effect = "own"
        lines = self._receivable(note) + self._receivable(self.invoice)
        lines.reconcile()
        for interest_first in (False, True):
            credit = self._breakdown(interest_first)["settlements"][0]
            self.assertTrue(credit["is_credit_note"])
            self.assertEqual((credit["interest"], credit["principal"]), (0.0, 1000.0))

    def test_the_statement_says_both(self):
        text = self._text(as_of=self.until)
        for part in ("Payment: 5,000.00", "99.86", "49.93", "149.79", "5,189.79"):
            self.assertIn(part, text)
        self.assertNotIn("1343-1", text)
        text = self._text(as_of=self.until, interest_first=True)
        for part in (
            "1343-1",
            "Payment: 5,000.00, of which 99.86 to interest and 4,900.14 to principal",
            "5,099.86",
            "50.93",
            "5,190.79",
        ):
            self.assertIn(part, text)

    def test_the_workbook_says_both(self):
        sheets = self._book(as_of=self.until, interest_first=True)[1]
        invoice, total = rows_of(sheets["EUR"])
        self.assertEqual(
            invoice[3:],
            [10000.0, 5099.86, 150.79, 99.86, 50.93, 40.0, 5190.79],
        )
        self.assertEqual(total[3:], invoice[3:])
        self.assertEqual(rows_of(sheets["EUR payments"])[0][5:], [99.86, 4900.14, 5000])


@tagged("post_install", "-at_install")
class TestPenaltyStatement(StatementCommon):
    def test_what_a_statement_says(self):
        invoice = self._late(1200, "2025-05-31", ref="PO 4500012345")
        text = self._text(as_of=day("2026-07-31"))
        for part in (
            "Boulangerie Durand",
            "Statement of late-payment penalties to 07/31/2026",
            "France: ECB rate + 10 points",
            "L441-10 II and D441-5",
            "Interest = balance × rate × days ÷ 365",
            invoice.name,
            "PO 4500012345",
            "06/01/2025 06/30/2025 30 1,200.00 13.15",
            "171.41",
            "1,411.41",
            "Public lists of rates and notices of ECB tenders",
        ):
            self.assertIn(part, text)

    def test_rates_that_are_not_verified_are_marked(self):
        self._late(1200, "2026-05-31")
        self.assertNotIn("has not been checked", self._text(as_of=TODAY))
        text = self._text(as_of=day("2026-07-31"))
        self.assertIn("12.40 *", text)
        self.assertIn("has not been checked against its official text", text)
        rows = rows_of(self._book(as_of=day("2026-07-31"))[1]["EUR rows"])
        self.assertEqual(
            [row[-1] for row in rows[:-1]], ["Secondary source", "Not verified"]
        )

    def test_an_invoice_paid_late_still_owes_its_penalties(self):
        invoice = self._late(10000, "2026-01-31")
        self._pay(invoice, day=day("2026-03-02"))
        text = self._text()
        self.assertIn("99.86", text)
        self.assertIn("139.86", text, "nothing of the principal")

    def test_nothing_owed(self):
        self._late(500, "2026-06-30")
        paid = self._late(500, "2026-05-31")
        self._pay(paid, day=day("2026-05-31"))
        self.assertIn("No late-payment penalty is owed", self._text())
        sheets = self._book()[1]
        self.assertEqual(rows_of(sheets.worksheets[0])[0][0], "Total")

    def test_one_section_a_currency(self):
        self._late(10000, "2026-01-31")
        self._late(20000, "2026-01-31", currency_id=self.dollar.id)
        text = self._text(as_of=day("2026-03-02"))
        self.assertIn("10,139.86", text)
        self.assertIn("Total in USD $ 20,199.73", text)
        self.assertIn("Fixed indemnities for recovery costs, in euros 40.00 €", text)
        names = self._book(as_of=day("2026-03-02"))[0].sheetnames
        self.assertEqual([name for name in names if " " not in name], ["USD", "EUR"])

    def test_in_french(self):
        self.customer.lang = "fr_FR"
        self._late(10000, "2026-01-31")
        text = self._text(as_of=day("2026-03-02"))
        self.assertIn("01/02/2026 02/03/2026 30 10 000,00 12,15", text)
        self.assertIn("10 139,86", text)

    def test_credits_that_are_not_allocated_are_told(self):
        self._late(10000, "2026-01-31")
        self._credit(300, day("2026-02-15"))
        self._credit(45.5, day("2026-02-16"))
        text = self._text(as_of=day("2026-03-02"))
        self.assertIn("not allocated to an invoice yet (345.50 €)", text)
        self.assertIn("99.86", text)
        sheets = self._book(as_of=day("2026-03-02"))[1]
        self.assertEqual(
            rows_of(sheets["EUR not allocated"]),
            [["Boulangerie Durand", 345.5], ["Total", 345.5]],
        )
        self.assertNotIn("not allocated", self._text(as_of=day("2026-02-14")))

    def test_what_was_claimed_already_is_listed(self):
        self._late(10000, "2026-01-31")
        claims = self.env["recouvrement.penalty.claim"]
        claim = claims._claim_customers(self.customer, TODAY, self.company)
        self.assertNotIn("Claimed already", self._text(), "a draft")
        claim.action_claim()
        text = self._text()
        self.assertIn("Claimed already", text)
        for part in (claim.name, "Claimed on", "489.38 € Claimed"):
            self.assertIn(part, text)
        self.assertNotIn("Claimed already", self._text(as_of=day("2026-06-14")))

    def test_a_rate_that_is_missing_is_refused(self):
        self._late(10000, "2026-01-31")
        with self.assertRaisesRegex(UserError, "reference rate"):
            self._statements(as_of=day("2027-02-01"))

    def test_a_day_to_come_is_said_to_be_one(self):
        self._late(10000, "2026-01-31")
        self.assertNotIn("to come", self._text())
        text = self._text(as_of=TODAY + timedelta(days=3))
        self.assertIn("The date is to come", text)

    def test_other_companies_and_customers_are_left_out(self):
        other = self._create_customer("Garage Petit")
        mine = self._late(10000, "2026-01-31")
        theirs = self._late(777, "2026-01-31", other)
        pdfs = self._statements(self.customer + other)
        self.assertIn(mine.name, text_of(pdfs[self.customer.id]))
        self.assertNotIn(theirs.name, text_of(pdfs[self.customer.id]))
        self.assertIn(theirs.name, text_of(pdfs[other.id]))

    def test_many_invoices_repeat_the_headers(self):
        for number in range(40):
            self._late(1000 + number, "2025-01-31")
        pages = pages_of(self._statements()[self.customer.id])
        self.assertGreater(len(pages), 4)
        details = [page for page in pages if "Rate, % a year" in page]
        self.assertGreater(len(details), 3)
        summaries = [page for page in pages if "Late invoices" in page]
        self.assertEqual(len(summaries), 2)
        for page in summaries:
            self.assertIn("Principal left", page)
        for page in details:
            tables = page.count("Rate, % a year")
            totals = re.findall(r"Interest [\d,]+\.\d\d", page)
            self.assertEqual(len(totals), tables, "rows and total on one page")

    def test_queries_do_not_grow_with_customers(self):
        partners = self.env["res.partner"]
        for number in range(12):
            partner = self._create_customer(f"Client {number}")
            for invoice in range(3):
                self._late(1000, f"2026-0{invoice + 1}-15", partner)
            partners += partner
        page, xlsx = (
            self.env["recouvrement.penalty.page"],
            self.env["recouvrement.xlsx"],
        )
        for call in (page._get_pages, xlsx.penalties):
            counts = []
            for batch in (partners[:2], partners[:2], partners):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                call(batch, self.company, TODAY)
                counts.append(self.env.cr.sql_log_count - before)
            self.assertLessEqual(counts[2] - counts[1], 3, call)


@tagged("post_install", "-at_install")
class TestPenaltyWorkbook(StatementCommon):
    def test_amounts_are_formulas_that_give_their_figures(self):
        self._late(1200.37, "2023-11-30")
        self._late(98765.43, "2025-05-31")
        formulas, values = self._book()
        rows = rows_of(values["EUR rows"])
        for number, row in enumerate(rows[:-1], start=FIRST):
            self.assertEqual(
                formulas["EUR rows"][f"J{number}"].value,
                f"=ROUND(G{number}*H{number}*F{number}/(I{number}*100),2)",
            )
            days, balance, rate, year, amount = row[5:10]
            exact = Fraction(str(balance)) * Fraction(str(rate)) * days / (year * 100)
            self.assertEqual(amount, int(exact * 100 + Fraction(1, 2)) / 100)
        total = round(sum(row[9] for row in rows[:-1]), 2)
        self.assertEqual(rows[-1][9], total)
        self.assertEqual(
            formulas["EUR rows"][f"J{FIRST + len(rows) - 1}"].value,
            f"=SUBTOTAL(109,J{FIRST}:J{FIRST + len(rows) - 2})",
        )
        invoices = rows_of(values["EUR"])
        self.assertEqual(invoices[-1][5], total)
        self.assertEqual(
            formulas["EUR"]["F5"].value, "=SUMIF('EUR rows'!$B:$B,B5,'EUR rows'!$J:$J)"
        )
        self.assertEqual(formulas["EUR"]["J5"].value, "=E5+H5+I5")

    def test_the_days_of_leap_years(self):
        terms = self.env.ref("recouvrement_b2b.penalty_terms_france")
        terms.day_count = "actual"
        self._late(36600, "2023-12-30")
        rows = rows_of(self._book(as_of=day("2024-01-10"))[1]["EUR rows"])
        self.assertEqual([row[8] for row in rows[:-1]], [365, 366])
        self.assertIn("365, or 366 for the days of a leap year", self._text())


@tagged("post_install", "-at_install")
class TestPenaltyWizard(StatementCommon):
    def _open(self, partners):
        action = partners.with_user(self.collector).action_penalty_statement()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _content(self, action):
        url = action["params"]["data"]
        download = self.env["recouvrement.download"].browse(url["id"])
        return download.name, base64.b64decode(download.content)

    def test_one_document_for_several_customers(self):
        other = self._create_customer("Garage Petit")
        self._late(10000, "2026-01-31")
        self._late(777, "2026-01-31", other)
        contact = self.env["res.partner"].create(
            {"name": "Paul", "parent_id": other.id}
        )
        self.company.penalty_imputation = "interest_first"
        wizard = self._open(self.customer + contact).with_user(self.collector)
        self.assertEqual(wizard.imputation, "interest_first")
        self.assertEqual(wizard.date, TODAY)
        self.assertEqual(wizard.partner_ids, self.customer + other)
        name, content = self._content(wizard.action_pdf())
        self.assertTrue(name.endswith(".pdf"))
        pages = pages_of(content)
        for partner in self.customer + other:
            own = [page for page in pages if f"P{partner.id:06d}" in page]
            self.assertIn("1343-1", own[0])
            self.assertIn(partner.name, own[0])
            pages = [page for page in pages if page not in own]
        self.assertFalse(pages)
        name, content = self._content(wizard.action_xlsx())
        self.assertTrue(name.endswith(".xlsx"))
        invoices = rows_of(load_workbook(io.BytesIO(content))["EUR"])
        self.assertEqual(
            [row[0] for row in invoices[:-1]], ["Boulangerie Durand", "Garage Petit"]
        )

    def test_no_customer(self):
        wizard = self.env["recouvrement.penalty.statement"].create({})
        with self.assertRaisesRegex(UserError, "at least one customer"):
            wizard.action_pdf()
