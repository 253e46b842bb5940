"""How a portfolio becomes entries in Odoo."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..tools import portfolio as plain
from ..tools.portfolio import Customer, Invoice, Line, Opening, Payment, Portfolio
from ..tools.portfolio_generator import generate

DURAND = Customer("C1", "Menuiserie Durand SARL", country="FR", collector="claire.m")
CLAIRE = plain.Collector("claire.m", "Claire Marchand", "claire.m@example.com")


def lines(price):
    """Return the one line of an invoice, at a price without tax."""
    return (Line("Service", 1, Decimal(price)),)


class PortfolioCommon(AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.service = cls.env["recouvrement.portfolio"]
        cls.today = date.today()  # noqa: DTZ011 - what the service calls today

    def _ago(self, days):
        return self.today - timedelta(days=days)

    def _write(self, **values):
        portfolio = Portfolio(customers=[DURAND], collectors=[CLAIRE], **values)
        return self.service._write_portfolio(portfolio, self.company)

    def _assert_promises(self, portfolio, books):
        """Every document has the amount, the due date and the residual it should."""
        residuals = portfolio.residuals()
        for document in [*portfolio.invoices, *portfolio.openings]:
            items = books.items[document.key]
            owed = sum(items.mapped("amount_residual_currency"))
            self.assertAlmostEqual(owed, float(residuals[document.key]), 2, document)
            total = sum(items.mapped("amount_currency"))
            self.assertAlmostEqual(total, float(document.amount), 2, document)
            if document.due and isinstance(document, Invoice):
                self.assertEqual(items.date_maturity, document.due)


@tagged("post_install", "-at_install")
class TestPortfolio(PortfolioCommon):
    def test_generated_portfolio(self):
        portfolio = generate(1, self.today, customers=12, invoices=60)
        books = self.service._write_portfolio(portfolio, self.company)
        self._assert_promises(portfolio, books)
        moves = self.env["account.move.line"].union(*books.items.values()).move_id
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(len(books.partners), 12)
        names = moves.filtered(lambda m: m.move_type == "out_invoice").mapped("name")
        self.assertEqual(len(set(names)), 60, "Odoo numbers them")

    def test_invoice(self):
        """20 % VAT, the term's due date, the collector as salesperson, sent."""
        invoice = Invoice(
            "C1",
            "F1",
            self._ago(10),
            Decimal(120),
            due=self._ago(-20),
            term="30",
            lines=lines(100),
        )
        move = self._write(invoices=[invoice]).items[invoice.key].move_id
        self.assertEqual((move.amount_untaxed, move.amount_total), (100, 120))
        self.assertEqual(move.invoice_date_due, self._ago(-20))
        self.assertEqual(move.invoice_user_id.name, "Claire Marchand")
        self.assertTrue(move.is_move_sent)
        self.assertFalse(move.imported_number)

    def test_invoice_that_was_never_sent(self):
        invoice = Invoice("C1", "F1", self._ago(1), Decimal(50), self.today, sent=False)
        move = self._write(invoices=[invoice]).items[invoice.key].move_id
        self.assertFalse(move.is_move_sent)

    def test_instalments(self):
        """30 % at once and 70 % after 60 days are two items, paid one by one."""
        day = self._ago(70)
        invoice = Invoice(
            "C1", "F1", day, Decimal(1200), term="split", lines=lines(1000)
        )
        first = Payment("C1", day, Decimal(360), ("F1",))
        second = Payment("C1", self._ago(5), Decimal(500), ("F1",))
        items = self._write(invoices=[invoice], payments=[first, second]).items[
            "C1", "F1"
        ]
        items = items.sorted("date_maturity")
        self.assertEqual(items.mapped("balance"), [360, 840])
        self.assertEqual(items.mapped("date_maturity"), [day, day + timedelta(60)])
        self.assertEqual(items.mapped("amount_residual"), [0, 340])

    def test_credit_note_set_against_its_invoice(self):
        invoice = Invoice(
            "C1", "F1", self._ago(40), Decimal(120), self._ago(10), lines=lines(100)
        )
        credit = Invoice(
            "C1",
            "A1",
            self._ago(30),
            Decimal(-24),
            self._ago(30),
            lines=lines(20),
            reverses="F1",
        )
        books = self._write(invoices=[credit, invoice])
        self.assertEqual(books.items["C1", "F1"].amount_residual, 96)
        move = books.items["C1", "A1"].move_id
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(move.reversed_entry_id, books.items["C1", "F1"].move_id)

    def test_credit_note_that_stays_open(self):
        credit = Invoice("C1", "A1", self._ago(3), Decimal(-20), self._ago(3))
        item = self._write(invoices=[credit]).items["C1", "A1"]
        self.assertEqual(
            (item.move_id.move_type, item.amount_residual), ("out_refund", -20)
        )

    def test_one_payment_of_several_invoices(self):
        invoices = [
            Invoice("C1", f"F{n}", self._ago(40), Decimal(100), self._ago(10))
            for n in (1, 2)
        ]
        payment = Payment("C1", self._ago(2), Decimal(200), ("F1", "F2"))
        books = self._write(invoices=invoices, payments=[payment])
        moves = books.items["C1", "F1"].move_id | books.items["C1", "F2"].move_id
        self.assertEqual(moves.mapped("payment_state"), ["paid", "paid"])
        statement = self.env["account.bank.statement.line"].search(
            [("partner_id", "=", books.partners["C1"].id)]
        )
        self.assertEqual((statement.amount, statement.is_reconciled), (200, True))
        self.assertIn("Durand", statement.payment_ref)

    def test_money_that_is_not_on_an_invoice(self):
        """On account, in suspense at the bank, or ordered: the invoice stays open."""
        invoice = Invoice("C1", "F1", self._ago(40), Decimal(100), self._ago(10))
        for kind in (plain.UNALLOCATED, plain.UNMATCHED, plain.IN_PROCESS):
            numbers = ("F1",) if kind == plain.IN_PROCESS else ()
            payment = Payment("C1", self._ago(1), Decimal(100), numbers, kind=kind)
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                books = self._write(invoices=[invoice], payments=[payment])
                self.assertEqual(books.items["C1", "F1"].amount_residual, 100)
                self._assert_money(kind, books)
                savepoint.rollback()

    def _assert_money(self, kind, books):
        partner = books.partners["C1"]
        statement = self.env["account.bank.statement.line"].search(
            [("partner_id", "=", partner.id)]
        )
        credit = self.env["account.move.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("amount_residual", "<", 0),
            ]
        )
        if kind == plain.UNALLOCATED:
            self.assertEqual(credit.amount_residual, -100)
            self.assertTrue(statement.is_reconciled)
        elif kind == plain.UNMATCHED:
            self.assertFalse(statement.is_reconciled)
            self.assertFalse(credit)
        else:
            payment = self.env["account.payment"].search(
                [("partner_id", "=", partner.id)]
            )
            self.assertEqual(payment.state, "in_process")
            self.assertEqual(payment.invoice_ids, books.items["C1", "F1"].move_id)
            self.assertFalse(statement)

    def test_foreign_currency(self):
        """No French tax, the day's rates, and the difference is Odoo's to book."""
        boston = Customer("C2", "Smith Inc.", country="US", city="Boston", lang="en_US")
        day = self._ago(60)
        portfolio = Portfolio(
            customers=[boston],
            rates=[("USD", day, Decimal("1.25")), ("USD", self._ago(9), Decimal(1))],
            invoices=[Invoice("C2", "F1", day, Decimal(500), self._ago(30), "USD")],
            payments=[
                Payment("C2", self._ago(8), Decimal(200), ("F1",), currency="USD")
            ],
        )
        books = self.service._write_portfolio(portfolio, self.company)
        item = books.items["C2", "F1"]
        self.assertEqual(item.move_id.amount_tax, 0)
        self.assertEqual((item.amount_currency, item.balance), (500, 400))
        self.assertEqual(item.amount_residual_currency, 300)
        statement = self.env["account.bank.statement.line"].search(
            [("partner_id", "=", books.partners["C2"].id)]
        )
        self.assertEqual((statement.amount, statement.amount_currency), (200, 200))

    def test_balances_brought_forward(self):
        openings = [
            Opening("C1", "AN-1", self._ago(500), Decimal(70), self._ago(520)),
            Opening("C1", "AN-2", self._ago(500), Decimal(30)),
        ]
        payment = Payment("C1", self._ago(400), Decimal(70), ("AN-1",))
        books = self._write(openings=openings, payments=[payment])
        paid, owed = books.items["C1", "AN-1"], books.items["C1", "AN-2"]
        self.assertEqual(paid.move_id, owed.move_id, "one entry of them all")
        self.assertEqual((paid.amount_residual, owed.amount_residual), (0, 30))
        self.assertEqual(paid.date_maturity, self._ago(520))
        self.assertFalse(owed.date_maturity)

    def test_dispute_opens_a_hold(self):
        """On the whole item or a part of it, for its collector, until a review."""
        whole = Invoice(
            "C1", "F1", self._ago(40), Decimal(100), self._ago(9), disputed=True
        )
        part = Invoice(
            "C1",
            "F2",
            self._ago(40),
            Decimal(100),
            self._ago(9),
            disputed_amount=Decimal(30),
        )
        paid = Invoice(
            "C1", "F3", self._ago(40), Decimal(10), self._ago(9), disputed=True
        )
        payment = Payment("C1", self._ago(1), Decimal(10), ("F3",))
        books = self._write(invoices=[whole, part, paid], payments=[payment])
        holds = self.env["recouvrement.hold"].search(
            [("partner_id", "=", books.partners["C1"].id)]
        )
        amounts = {hold.move_line_id: hold.amount for hold in holds}
        self.assertEqual(
            amounts, {books.items["C1", "F1"]: 0, books.items["C1", "F2"]: 30}
        )
        self.assertEqual(set(holds.mapped("reason")), {"dispute"})
        self.assertEqual(holds.user_id.login, "claire.m")
        self.assertEqual(set(holds.mapped("review_date")), {self._ago(-14)})

    def test_customer_with_all_its_particulars(self):
        customer = Customer(
            "C9",
            "Hôtel Bellevue SAS",
            street="3 quai de la Loire",
            zip="37000",
            city="Tours",
            country="FR",
            siret="73282932000074",
            vat="FR44732829320",
            contacts=(plain.Contact("Comptabilité", "invoice", "compta@example.com"),),
        )
        partner = self.service._write_portfolio(
            Portfolio(customers=[customer]), self.company
        ).partners["C9"]
        self.assertEqual(partner.ref, "C9")
        self.assertTrue(partner.is_company)
        self.assertEqual(partner.company_registry, "73282932000074")
        billing = self.env["res.partner"].browse(
            partner.address_get(["invoice"])["invoice"]
        )
        self.assertEqual(billing.email, "compta@example.com")

    def test_collectors_are_collectors(self):
        user = self._write().users["claire.m"]
        self.assertTrue(user.has_group("recouvrement_b2b.recouvrement_group_user"))
        self.assertFalse(user.has_group("recouvrement_b2b.recouvrement_group_manager"))

    def test_customers_are_found_again(self):
        first = self._write().partners["C1"]
        self.assertEqual(self._write().partners["C1"], first, "by its reference")
        by_name = self.env["res.partner"].create({"name": "Garage Petit"})
        portfolio = Portfolio(customers=[Customer("C5", "Garage Petit")])
        books = self.service._write_portfolio(portfolio, self.company)
        self.assertEqual(
            books.partners["C5"], by_name, "by its name, without reference"
        )

    def test_company_without_a_chart(self):
        company = self.env["res.company"].create({"name": "Empty"})
        with self.assertRaisesRegex(UserError, "chart of accounts"):
            self.service._write_portfolio(Portfolio(customers=[DURAND]), company)

    def test_demo_is_written_once(self):
        portfolio = Portfolio(customers=[DURAND])
        self.assertTrue(self.service._write_demo(portfolio, "seed 1", self.company))
        self.assertFalse(self.service._write_demo(portfolio, "seed 1", self.company))

    def test_all_or_nothing(self):
        """What fails in the middle leaves no customer, invoice or marker behind."""
        invoice = Invoice("C1", "F1", self._ago(2), Decimal(10), self.today)
        payment = Payment("C1", self.today, Decimal(10), ("no such invoice",))
        portfolio = Portfolio([DURAND], [invoice], payments=[payment])
        with self.assertRaises(KeyError), self.env.cr.savepoint():
            self.service._write_demo(portfolio, "seed 1", self.company)
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "C1")]))
        self.assertTrue(
            self.service._write_demo(Portfolio([DURAND]), "seed 1", self.company)
        )

    def test_progress_is_told(self):
        told = []
        invoices = [
            Invoice("C1", f"F{n}", self._ago(2), Decimal(10), self.today)
            for n in range(3)
        ]
        self.service._write_portfolio(
            Portfolio([DURAND], invoices),
            self.company,
            progress=lambda *step: told.append(step),
        )
        self.assertEqual(told, [("Customers", 1, 1), ("Invoices", 3, 3)])
