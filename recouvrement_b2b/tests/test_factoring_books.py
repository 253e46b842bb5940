"""After an assignment, every figure still knows that the customer has not paid."""

import io
from datetime import timedelta

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.tests import tagged

from .common import TODAY, day
from .factoring_payee import FactoringPayeeCommon


@tagged("post_install", "-at_install")
class TestFactoringBooks(FactoringPayeeCommon):
    """Signed on 10 June; TODAY, and 12 June, which is past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._create_due(20)
        twin = cls._create_customer("Twin", lang="en_US")
        cls.reference = cls._create_due(20, partner=twin)

    def _sign(self, contract=None):
        with freeze_time("2026-06-10 08:00:00"):
            return self._remit(self.move, contract).line_ids

    def _facts(self, move, as_of):
        """Return what the module knows of an invoice and of its customer at a date."""
        customer = move.commercial_partner_id
        company = self.company
        items = self.env["account.move.line"]._collection_open_items(
            as_of, company, customer
        )
        content = self.env["recouvrement.xlsx"].aged_balance(company, as_of, customer)
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        figures = [
            cell
            for row in sheet.iter_rows(values_only=True)
            for cell in row
            if isinstance(cell, (int, float))
        ]
        statement = self.env["recouvrement.statement.page"]._get_pages(
            customer, company, as_of
        )[customer.id]
        decision = self._decide(move, as_of, partners=customer)
        return {
            "items": [(item.residual, item.date_due) for item in items],
            "aged balance": figures,
            "statement": [section["balance"] for section in statement["sections"]],
            "ages": [section["aging"] for section in statement["sections"]],
            "penalties": self._figures(move.penalty_breakdown(as_of)[move.id]),
            "asked": decision["amount_to_chase"],
            "reason": decision["reason"],
        }

    def _figures(self, breakdown):
        return {name: breakdown[name] for name in ("principal", "residual", "interest")}

    def _assert_unpaid(self):
        for as_of in (TODAY, day("2026-06-12"), day("2026-06-05")):
            self.assertEqual(
                self._facts(self.move, as_of), self._facts(self.reference, as_of), as_of
            )
        for name in ("collection_due", "collection_overdue", "collection_next_date"):
            own, other = (
                move.commercial_partner_id[name] for move in (self.move, self.reference)
            )
            self.assertEqual(own, other, name)
            self.assertTrue(own, name)
        self._assert_same_payer(days_late=20)
        self.assertEqual(self.move.payment_state, "not_paid")
        self.assertEqual(
            self.move.late_penalty_amount, self.reference.late_penalty_amount
        )

    def _assert_same_payer(self, days_late):
        """What payers are judged from is the same for both customers."""
        found = self.env["recouvrement.profile"]._get_figures(self.company, TODAY)
        own, other = (
            found[move.commercial_partner_id.id] for move in (self.move, self.reference)
        )
        self.assertEqual(own, other)
        self.assertEqual((own.invoices, own.days_late), (1, days_late))

    def test_every_figure_of_a_notified_contract(self):
        self._sign()
        self._assert_unpaid()

    def test_every_figure_of_a_confidential_contract(self):
        self._sign(self.confidential)
        self._assert_unpaid()

    def test_every_figure_after_a_return(self):
        line = self._sign()
        self._record(line, "return", 1000, day("2026-06-13"))
        self._assert_unpaid()

    def test_payment_habits_know_when_the_customer_paid(self):
        line = self._sign()
        self._record(line, "customer_payment", 1000, day("2026-06-14"))
        self._pay(self.reference, day=day("2026-06-14"))
        for move in (self.move, self.reference):
            item = self._receivable(move)
            (settlement,) = item._collection_settlements(item.ids)[item.id]
            self.assertEqual(settlement.date, day("2026-06-14"))
            self.assertEqual(settlement.amount, 1000)
        self._assert_same_payer(days_late=19)
        for as_of in (TODAY, day("2026-06-13")):
            found = [
                self._figures(move.penalty_breakdown(as_of)[move.id])
                for move in (self.move, self.reference)
            ]
            self.assertEqual(*found)
        profile = self.env["account.move.line"]
        for as_of, left in ((TODAY, []), (day("2026-06-13"), [1000])):
            items = profile._collection_open_items(as_of, self.company, self.customer)
            self.assertEqual([item.residual for item in items], left)

    # --- the transfer is no payment ---

    def test_transfer_covers_nothing(self):
        other = self._create_due(8, amount=300)
        self._sign()
        asked = {each["move_id"]: each["amount_to_chase"] for each in self._decide()}
        self.assertEqual(asked[self.move.id], 1000)
        self.assertEqual(asked[other.id], 300)
        self.assertEqual(self.customer.collection_due, self._company_amount(1300))

    def _company_amount(self, amount):
        return self.euro._convert(
            amount, self.company.currency_id, self.company, TODAY - timedelta(days=38)
        )

    def test_transfer_is_no_outstanding_credit(self):
        other = self._create_due(8, amount=300)
        line = self._sign()
        for move in (self.move, other):
            move.invalidate_recordset()
            self.assertFalse(move.invoice_outstanding_credits_debits_widget)
            self.assertFalse(move.invoice_has_outstanding)
        credit = self._create_due(2, amount=50, move_type="out_refund")
        other.invalidate_recordset()
        widget = other.invoice_outstanding_credits_debits_widget
        self.assertEqual([row["move_id"] for row in widget["content"]], credit.ids)
        self.assertFalse(line.transfer_line_id.reconciled)

    def test_transfer_is_no_money_on_its_way(self):
        line = self._sign()
        paying = self.customer._get_paying(self.company, TODAY)
        self.assertFalse(paying)
        self.assertFalse(self.customer._get_money_dates(self.company, TODAY))
        self._record(line, "customer_payment", 400, TODAY)
        self.assertFalse(self.customer._get_money_dates(self.company, TODAY))

    def test_plan_does_not_match_transfers(self):
        line = self._sign()
        action = self.move.action_payment_plan()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"count": 2, "first_date": day("2026-06-30")})
        action = wizard.action_apply()
        plan = self.env[action["res_model"]].browse(action["res_id"])
        plan.match_payments = True
        plan.action_propose()
        plan.sudo().state = "accepted"
        self.factoring_journal.type = "general"
        plan._match_payments()
        plan._judge(TODAY)
        self.assertFalse(plan.paid)
        self.assertFalse(line.transfer_line_id.reconciled)

    # --- the customer's line of time ---

    def test_timeline_tells_what_went_to_the_factor(self):
        line = self._sign()
        self._record(line, "customer_payment", 400, day("2026-06-12"))
        self._record(line, "return", 600, day("2026-06-14"))
        timeline = self.customer.collection_timeline
        for words in ("assignment", "payment by the customer to the factor", "return"):
            self.assertIn(f": {words}", timeline)
        self.assertEqual(timeline.count(self.move.name), 3)
        self.assertIn(f"/odoo/factoring-remittances/{line.assignment_id.id}", timeline)
