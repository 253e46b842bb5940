"""What the forms of factoring propose, and what they refuse."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY
from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoringWizards(FactoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls.env["account.tax"].create(
            {"name": "VAT 20 %", "amount": 20, "type_tax_use": "purchase"}
        )
        cls.contract.commission_tax_id = cls.vat

    def _open(self, action, **values):
        """Return the form that an action opens, filled in."""
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(values)
        return wizard

    def _form(self, **values):
        """Return the form that records an operation of the contract."""
        return self._open(self.contract.action_record(), **values)

    def _other_bank_line(self):
        """Return a bank line of another company."""
        data = self.setup_other_company(name="Other")
        return (
            self.env["account.bank.statement.line"]
            .with_company(data["company"])
            .create(
                {
                    "journal_id": data["default_journal_bank"].id,
                    "payment_ref": "FACTO",
                    "amount": 876,
                }
            )
        )

    # --- financing ---

    def _assert_proposed(self, assignment, **amounts):
        form = self._open(assignment.action_finance())
        self.assertEqual({name: form[name] for name in amounts}, amounts)
        return form

    def test_financing_proposes_what_is_not_recorded_yet(self):
        """90 % of 4,000, less the commission of 0.5 % and its VAT: in two payments."""
        moves = self._create_due(5, 1000) + self._create_due(4, 3000)
        assignment = self._remit(moves)
        form = self._assert_proposed(
            assignment, holdback=400, commission=20, tax_amount=4, payment=3576
        )
        form.payment = 2000
        form.action_apply()
        form = self._assert_proposed(
            assignment, holdback=0, commission=0, tax_amount=0, interest=0, payment=1576
        )
        form.action_apply()
        self.assertEqual(assignment.amount_financed, 3576)
        form = self._assert_proposed(assignment, holdback=0, commission=0, payment=0)
        with self.assertRaisesRegex(UserError, "what the factor paid or kept"):
            form.action_apply()
        payment = assignment.operation_ids.filtered(
            lambda operation: operation.kind == "payment"
        )
        payment.filtered(lambda operation: operation.amount == 1576).action_cancel()
        self._assert_proposed(assignment, holdback=0, commission=0, payment=1576)

    def test_day_of_the_first_financing_stays(self):
        assignment = self._remit(self._create_due(5, 1000))
        self._open(
            assignment.action_finance(), date="2026-06-12", payment=100
        ).action_apply()
        self._open(assignment.action_finance(), date="2026-06-14").action_apply()
        self.assertEqual(str(assignment.date_financed), "2026-06-12")

    def test_financing_leaves_out_what_came_back(self):
        self.contract.write({"interest_rule": "advance", "interest_rate": 4})
        moves = self._create_due(-20, 1000) + self._create_due(-20, 3000)
        assignment = self._remit(moves)
        line = assignment.line_ids.filtered(lambda line: line.amount == 3000)
        self._record(line, "refusal", 3000, TODAY)
        # 90 % of 1,000 during 20 days of 360 at 4 %: 2.00
        self._assert_proposed(
            assignment,
            holdback=100,
            commission=5,
            tax_amount=1,
            interest=2,
            payment=892,
        )

    def test_interest_is_taken_once(self):
        self.contract.write({"interest_rule": "advance", "interest_rate": 4})
        assignment = self._remit(self._create_due(-20, 1000))
        form = self._assert_proposed(assignment, interest=2, payment=892)
        form.payment = 400
        form.action_apply()
        self._assert_proposed(assignment, interest=0, payment=492)

    def test_financing_of_nothing_or_below_zero_is_refused(self):
        assignment = self._remit(self._create_due(5, 1000))
        none = dict.fromkeys(
            ("holdback", "commission", "tax_amount", "interest", "payment"), 0.0
        )
        for values, words in (
            (none, "what the factor paid or kept"),
            ({"holdback": -100}, "Holdback: enter an amount above zero"),
            ({"commission": -1}, "Commission: enter an amount above zero"),
            ({"tax_amount": -1}, "VAT: enter an amount above zero"),
            ({"interest": -1}, "Interest: enter an amount above zero"),
            ({"payment": -876}, "Paid to Us: enter an amount above zero"),
            ({**none, "payment": 1, "tax_amount": 1}, "commission that the VAT"),
        ):
            with self.subTest(words):
                form = self._open(assignment.action_finance(), **values)
                with self.assertRaisesRegex(UserError, words):
                    form.action_apply()
        self.assertEqual(assignment.state, "signed")
        self.assertEqual(assignment.operation_ids.mapped("kind"), ["assignment"])

    def test_bank_line_of_another_company_is_refused(self):
        bank_line = self._other_bank_line()
        assignment = self._remit(self._create_due(5, 1000))
        for form in (
            self._open(assignment.action_finance()),
            self._form(amount=876),
        ):
            with (
                self.subTest(form._name),
                self.assertRaisesRegex(UserError, "Bank Line.*another company"),
            ):
                form.statement_line_id = bank_line

    # --- money between us and the factor ---

    def _assert_refused(self, words, **values):
        count = len(self.contract.operation_ids)
        with self.subTest(words), self.assertRaisesRegex(UserError, words):
            self._form(**values).action_apply()
        self.assertEqual(len(self.contract.operation_ids), count)

    def test_remittance_of_another_contract_or_currency_is_refused(self):
        other = self._contract(name="Second")
        foreign = self._remit(self._create_due(5, 1000), other)
        draft = self._remit(self._create_due(5, 1000), sign=False)
        own = self._remit(self._create_due(5, 1000))
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._assert_refused("of Second", amount=10, assignment_id=foreign.id)
        self._assert_refused("is draft", amount=10, assignment_id=draft.id)
        self._assert_refused(
            f"{own.name} is in USD",
            amount=10,
            assignment_id=own.id,
            currency_id=euro.id,
        )
        self._form(amount=10, assignment_id=own.id).action_apply()
        self.assertEqual(own.amount_financed, 10)

    def test_remittance_of_another_company_is_refused(self):
        company = self.setup_other_company(name="Other")["company"]
        other = self._contract(
            name="Second",
            company_id=company.id,
            currency_ids=[Command.set(company.currency_id.ids)],
            accounting=False,
            **dict.fromkeys([*self.accounts, "journal_id"], False),
        )
        foreign = self.env["recouvrement.assignment"].create(
            {"factor_id": other.id, "currency_id": company.currency_id.id}
        )
        with self.assertRaisesRegex(UserError, "Remittance.*another company"):
            self._form(amount=10, assignment_id=foreign.id)

    def test_amounts_below_zero_are_refused(self):
        self._assert_refused("above zero", amount=0)
        self._assert_refused("above zero", amount=-10)
        self._assert_refused("VAT", kind="commission", amount=10, tax_amount=-2)

    def test_no_more_is_released_than_is_held(self):
        assignment = self._remit(self._create_due(5, 1000))
        self._open(assignment.action_finance()).action_apply()
        release = {"kind": "holdback_release"}
        self._assert_refused("holds .*100.00", amount=100.01, **release)
        self._form(amount=60, **release).action_apply()
        self._assert_refused("holds .*40.00", amount=40.01, **release)
        self._form(amount=40, **release).action_apply()
        self._assert_refused("holds .*0.00", amount=0.01, **release)
        self.assertEqual(self._balance("holdback_account_id"), 0)

    # --- what became of invoices ---

    def test_nothing_to_pass_on_is_said(self):
        assignment = self._remit(self._create_due(5, 1000))
        with self.assertRaisesRegex(UserError, "nothing to pass on"):
            assignment.action_pass_on()
        form = self._open(assignment.action_settle(), kind="collected")
        self.assertEqual(form.line_ids.amount, 0)
        with self.assertRaisesRegex(UserError, "nothing to pass on"):
            form.action_apply()

    def test_nobody_is_taken_for_paid_unless_chosen(self):
        """Of a whole remittance no amount is proposed: one payment is not all."""
        moves = self._create_due(5, 1000) + self._create_due(4, 500)
        lines = self._remit(moves).line_ids
        form = self._open(lines.assignment_id.action_settle())
        self.assertEqual(form.line_ids.mapped("amount"), [0, 0])
        form.kind = "return"
        self.assertEqual(form.line_ids.mapped("amount"), [0, 0])
        form = self._open(lines.action_settle())
        self.assertEqual(sorted(form.line_ids.mapped("amount")), [500, 1000])
        self._record(lines[0], "return", lines[0].outstanding, TODAY)
        form = self._open(lines.assignment_id.action_settle())
        self.assertEqual(form.line_ids.amount, lines[1].outstanding)

    def test_amounts_of_zero_are_refused(self):
        moves = self._create_due(5, 1000) + self._create_due(4, 500)
        assignment = self._remit(moves)
        form = self._open(assignment.action_settle())
        form.line_ids.amount = 0
        with self.assertRaisesRegex(UserError, "amount of one invoice"):
            form.action_apply()
        form.line_ids[0].amount = 100
        form.action_apply()
        self.assertEqual(assignment.outstanding, 1400)
