"""Who is to be paid: the factor of a notified contract, and else we are."""

from base64 import b64encode

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, day
from .documents import text_of
from .factoring_payee import FACTOR, FACTOR_IBAN, OWN_IBAN, FactoringPayeeCommon


@tagged("post_install", "-at_install")
class TestFactoringPayee(FactoringPayeeCommon):
    # --- the invoice ---

    def test_invoice_is_paid_on_the_account_of_the_factor(self):
        move = self._create_due(5)
        self.assertEqual(move.partner_bank_id, self.own_bank)
        move.is_manually_modified = False
        line = self._remit(move).line_ids
        self.assertEqual(move.partner_bank_id, self.factor_bank)
        self.assertEqual(line.previous_bank_id, self.own_bank)
        self.assertFalse(move.is_manually_modified)
        self._record(line, "return", 1000, TODAY)
        self.assertEqual(move.partner_bank_id, self.own_bank)
        self.assertFalse(line.previous_bank_id)

    def test_refused_and_cancelled_are_paid_to_us_again(self):
        refused, cancelled = self._create_due(5), self._create_due(6)
        line = self._remit(refused).line_ids
        assignment = self._remit(cancelled)
        self._record(line, "refusal", 1000, TODAY)
        assignment.action_cancel()
        self.assertEqual((refused + cancelled).partner_bank_id, self.own_bank)

    def test_paid_keeps_the_account_it_was_paid_on(self):
        move = self._create_due(5)
        line = self._remit(move).line_ids
        operation = self._record(line, "customer_payment", 1000, TODAY)
        self.assertEqual(move.partner_bank_id, self.factor_bank)
        self.assertIn(FACTOR, move._get_assignment_mention())
        operation.action_cancel()
        self._record(line, "return", 1000, TODAY)
        self.assertEqual(move.partner_bank_id, self.own_bank)

    def test_account_that_a_person_changed_since_stays(self):
        move = self._create_due(5)
        line = self._remit(move).line_ids
        other = self.own_bank.copy({"acc_number": "GB29NWBK60161331926819"})
        move.partner_bank_id = other
        self._record(line, "return", 1000, TODAY)
        self.assertEqual(move.partner_bank_id, other)

    def test_contract_that_changes_its_account_or_is_told(self):
        move = self._create_due(5)
        self._remit(move)
        other = self.factor_bank.copy({"acc_number": "GB29NWBK60161331926819"})
        self.contract.partner_bank_id = other
        self.assertEqual(move.partner_bank_id, other)
        self.contract.notified = False
        self.assertEqual(move.partner_bank_id, self.own_bank)
        self.contract.notified = True
        self.assertEqual(move.partner_bank_id, other)

    def test_pdf_made_before_is_made_anew(self):
        move = self._create_due(5)
        move.invoice_pdf_report_file = b64encode(b"%PDF of before")
        pdf = self.env["ir.attachment"].search(
            [("res_field", "=", "invoice_pdf_report_file"), ("res_id", "=", move.id)]
        )
        self.assertTrue(move.invoice_pdf_report_file)
        self._remit(move)
        move.invalidate_recordset()
        self.assertFalse(move.invoice_pdf_report_file)
        self.assertTrue(pdf.exists(), "what was sent is kept")

    def test_nobody_pays_online_what_is_the_factors(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("account_payment.enable_portal_payment", True)
        move, secret = self._create_due(5), self._create_due(6)
        self.assertTrue(move._has_to_be_paid())
        line = self._remit(move).line_ids
        self._remit(secret, self.confidential)
        self.assertFalse(move._has_to_be_paid())
        self.assertTrue(secret._has_to_be_paid())
        self._record(line, "return", 1000, TODAY)
        self.assertTrue(move._has_to_be_paid())

    def test_credit_note_keeps_the_account_of_the_customer(self):
        move = self._create_due(5)
        credit = self._create_due(5, amount=100, move_type="out_refund")
        bank = credit.partner_bank_id
        self._remit(move + credit)
        self.assertEqual(credit.partner_bank_id, bank)

    # --- reminders ---

    def test_one_message_a_payee(self):
        level = self._level_of(1)
        level.send_letter = True
        ours, theirs = self._create_due(5), self._create_due(6, amount=700)
        self._remit(theirs)
        actions = self._launch().action_ids.filtered(
            lambda action: action.channel == "letter"
        )
        self.assertEqual(
            {action.factor_id: action.amount for action in actions},
            {self.contract.browse(): 1000, self.contract: 700},
        )
        for action, (letter, code) in self._letters(actions).items():
            own = not action.factor_id
            iban = OWN_IBAN if own else FACTOR_IBAN
            self.assertEqual(self._ibans(letter), [iban])
            self.assertEqual(self._ibans(code), [iban])
            self.assertEqual(FACTOR in letter, not own)
            self.assertEqual(
                (ours.name in letter, theirs.name in letter), (own, not own)
            )
            text = self._email(action)
            self.assertEqual(self._ibans(text), [iban])
            self.assertEqual(FACTOR in text, not own)

    def test_factor_without_an_account_is_named_and_we_are_not_paid(self):
        self.contract.partner_bank_id = False
        self._remit(self._create_due(5))
        action = self._launch().action_ids
        text = self._email(action)
        self.assertIn(FACTOR, text)
        self.assertFalse(self._ibans(text))

    def test_assigned_before_it_was_sent(self):
        """A reminder that waits never asks for payment to whom is not to be paid."""
        self.company.collection_sending = False
        ours, theirs = self._create_due(5), self._create_due(6, amount=700)
        action = self._launch().action_ids
        self.assertEqual(action.amount, 1700)
        line = self._remit(theirs).line_ids
        self.company.collection_sending = True
        action.action_send()
        self.assertEqual(action.due_line_ids.move_id, ours)
        self.assertEqual(action.amount, 1000)
        self._record(line, "return", 700, TODAY)
        self.assertDecision(theirs, "chase", "due")

    def test_manual_message_names_the_payee_of_its_items(self):
        ours, theirs = self._create_due(5), self._create_due(6)
        self._remit(theirs)
        for moves, bank in (
            (theirs, self.factor_bank),
            (ours, self.own_bank),
            (ours + theirs, self.own_bank),
        ):
            action = self.env["recouvrement.action"].create(
                {
                    "channel": "email",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": self.euro.id,
                    "line_ids": [
                        Command.create(
                            {
                                "move_id": move.id,
                                "move_line_id": self._receivable(move).id,
                                "currency_id": self.euro.id,
                            }
                        )
                        for move in moves
                    ],
                }
            )
            self.assertEqual(action._text_bank(), bank)

    def test_assigned_credit_note_covers_what_is_the_factors(self):
        ours, theirs = self._create_due(9), self._create_due(5)
        credit = self._create_due(2, amount=300, move_type="out_refund")
        self._remit(theirs + credit)
        asked = {each["move_id"]: each["amount_to_chase"] for each in self._decide()}
        self.assertEqual(asked, {ours.id: 1000, theirs.id: 700})
        action = self._launch().action_ids.filtered("factor_id")
        credits_shown = action.line_ids.filtered(lambda line: line.kind == "credit")
        self.assertEqual(credits_shown.move_id, credit)

    def test_statement_has_a_section_a_payee(self):
        self._create_due(5)
        self._remit(self._create_due(6, amount=700))
        page = self.env["recouvrement.statement.page"]
        with self._codes():
            pages = page._get_pages(self.customer, self.company, TODAY)
        ours, theirs = pages[self.customer.id]["sections"]
        self.assertFalse(ours["payee"])
        self.assertIn(FACTOR, theirs["payee"])
        self.assertEqual(self._ibans(ours["payment"]["qr"]), [OWN_IBAN])
        self.assertEqual(self._ibans(theirs["payment"]["qr"]), [FACTOR_IBAN])
        self.assertIn("EUR700.00", theirs["payment"]["qr"])
        self.assertEqual(theirs["payment"]["holder"], FACTOR)
        pdf = self.env["recouvrement.document"]._render_statements(
            self.customer, self.company, TODAY
        )[self.customer.id]
        self.assertEqual(self._ibans(text_of(pdf)), [OWN_IBAN, FACTOR_IBAN])

    def test_paid_in_part_at_the_factor_is_asked_by_it(self):
        move = self._create_due(5)
        line = self._remit(move, signed="2026-06-10").line_ids
        self._record(line, "customer_payment", 400, day("2026-06-14"))
        action = self._launch().action_ids
        self.assertEqual((action.amount, action.factor_id), (600, self.contract))

    def test_what_the_factor_collected_is_not_asked_for_us(self):
        """Paid to the factor, not booked yet: a statement does not ask it for us."""
        flags = self._contract(
            name="Flags", accounting=False, currency_ids=[Command.set(self.euro.ids)]
        )
        move = self._create_due(5)
        line = self._remit(move, flags).line_ids
        self._record(line, "customer_payment", 1000, TODAY)
        self.assertEqual((line.state, move.amount_residual), ("paid", 1000))
        self.assertEqual(move.partner_bank_id, self.factor_bank)
        page = self.env["recouvrement.statement.page"]
        pages = page._get_pages(self.customer, self.company, TODAY)
        (section,) = pages[self.customer.id]["sections"]
        self.assertEqual(section["payment"]["holder"], FACTOR)
        flags.partner_bank_id = self.factor_bank.copy(
            {"acc_number": "GB29NWBK60161331926819"}
        )
        self.assertEqual(move.partner_bank_id, self.factor_bank, "it was paid there")

    # --- plans ---

    def _plan(self, moves):
        action = moves.action_payment_plan()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"count": 2, "first_date": day("2026-06-30")})
        action = wizard.action_apply()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_plan_names_the_factor(self):
        move = self._create_due(5)
        self._remit(move)
        plan = self._plan(move)
        plan.action_propose()
        text = text_of(plan._render_agreement())
        self.assertEqual(self._ibans(text), [FACTOR_IBAN])
        self.assertIn(FACTOR, text)

    def test_plan_has_one_payee(self):
        ours, theirs = self._create_due(5), self._create_due(6)
        self._remit(theirs)
        plan = self._plan(ours + theirs)
        with self.assertRaisesRegex(UserError, "make a plan for each"):
            plan.action_propose()

    def test_no_plan_on_what_the_factor_chases(self):
        self.contract.managed_by_factor = True
        move = self._create_due(5)
        self._remit(move)
        plan = self._plan(move)
        with self.assertRaisesRegex(UserError, FACTOR):
            plan.action_propose()
