"""Penalties where the books, the terms or the request are out of the ordinary."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import TODAY, day
from .documents import text_of
from .penalties import ClaimCommon, PenaltyCommon


@tagged("post_install", "-at_install")
class TestPenaltyRequests(PenaltyCommon):
    """What programs ask for, and which day a document counts from."""

    def test_a_day_that_is_no_date_is_refused_with_an_explanation(self):
        late = self._invoice(1000, "2026-04-30")
        for bad in ("foo", "2026-13-45", 12, True, ["x"], {}):
            with (
                self.subTest(bad),
                self.assertRaisesRegex(UserError, "as a date, such as 2026-06-30"),
            ):
                late.penalty_rows(bad)
        today = late.penalty_rows(TODAY)
        for empty in (None, False, ""):
            self.assertEqual(late.penalty_rows(empty), today)

    def test_a_gesture_counts_from_the_date_of_its_document(self):
        late = self._invoice(12000, "2026-04-30")
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": "2026-05-10",
                "date": "2026-06-10",  # its month was closed
                "invoice_payment_term_id": False,
                "currency_id": self.euro.id,
                "credit_note_effect": "own",
                "invoice_line_ids": [
                    Command.create({"name": "Bread", "price_unit": 6000, "tax_ids": []})
                ],
            }
        )
        note.action_post()
        self.assertEqual(note.date, day("2026-06-10"))
        (self._receivable(late) + self._receivable(note)).reconcile()
        self.assertEqual(
            [(row["date_to"], row["balance"]) for row in self._breakdown(late)["rows"]],
            [(day("2026-05-10"), 12000), (TODAY, 6000)],
        )


@tagged("post_install", "-at_install")
class TestNegativeInstalment(PenaltyCommon):
    """Terms that ask for 600 twice, and give 200 back in the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "Deposit given back",
                "line_ids": [
                    Command.create(
                        {"value": "fixed", "value_amount": 600, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "fixed", "value_amount": 600, "nb_days": 30}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 60}
                    ),
                ],
            }
        )
        cls.move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": "2026-03-01",
                "invoice_payment_term_id": cls.term.id,
                "currency_id": cls.euro.id,
                "invoice_line_ids": [
                    Command.create({"name": "Bread", "price_unit": 1000, "tax_ids": []})
                ],
            }
        )
        cls.move.action_post()

    def setUp(self):
        super().setUp()
        self.items = self._receivable(self.move).sorted("date_maturity")

    def _balances(self):
        answer = self._breakdown(self.move)
        return (
            answer["principal"],
            answer["residual"],
            [(row["date_due"], row["balance"]) for row in answer["rows"]],
        )

    def test_it_lowers_the_latest_of_the_others(self):
        self.assertEqual(self.items.mapped("amount_currency"), [600, 600, -200])
        first, second, _last = self.items.mapped("date_maturity")
        self.assertEqual(self._balances(), (1000, 1000, [(first, 600), (second, 400)]))

    def test_it_lowers_what_it_was_matched_with(self):
        first, second, last = self.items
        (first + last).reconcile()
        days = (first + second).mapped("date_maturity")
        self.assertEqual(
            self._balances(), (1000, 1000, [(days[0], 400), (days[1], 600)])
        )

    def test_paid_in_time_the_invoice_owes_nothing(self):
        self._pay(self.move, 1000, day("2026-03-01"))
        self.assertEqual(self.move.payment_state, "paid")
        self.assertEqual(self._balances(), (1000, 0, []))


@tagged("post_install", "-at_install")
class TestClaimedInvoice(ClaimCommon):
    """What becomes of an invoice whose penalties were claimed."""

    def _change_due_dates(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 30)
                ],
            }
        )
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-03-01",
                "invoice_payment_term_id": term.id,
                "currency_id": self.euro.id,
                "invoice_line_ids": [
                    Command.create({"name": "Bread", "price_unit": 1000, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        yield invoice
        invoice.button_draft()
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = "2026-03-01"
        self.env.flush_all()
        yield invoice

    def test_a_cancelled_claim_lets_go_of_it(self):
        changes = self._change_due_dates()
        invoice = next(changes)
        claim = self._claimed()
        total = claim.amount
        claim.action_cancel()
        next(changes)
        self.assertEqual(len(self._receivable(invoice)), 1)
        self.assertEqual(claim.amount, total, "the rows are kept")
        page = self.env["recouvrement.penalty.claim.page"]._get_pages(claim)[claim.id]
        self.assertEqual(len(page["section"]["invoices"]), 2)
        invoice.with_context(force_delete=True).unlink()
        self.assertEqual(claim.line_ids.move_id, self.late)

    def test_a_draft_claim_lets_go_of_it(self):
        changes = self._change_due_dates()
        invoice = next(changes)
        claim = self._claim()
        rows = claim.line_ids.filtered(lambda row: row.move_id == invoice)
        self.assertEqual(rows.mapped("kind"), ["interest", "interest", "indemnity"])
        next(changes)
        (row,) = rows.exists().filtered("move_line_id")
        self.assertEqual(row.move_line_id, self._receivable(invoice))
        invoice.with_context(force_delete=True).unlink()
        self.assertEqual(claim.line_ids.move_id, self.late)

    def test_a_claim_that_stands_is_named(self):
        changes = self._change_due_dates()
        invoice = next(changes)
        claim = self._claimed()
        with (
            self.assertRaisesRegex(UserError, f"with {claim.name}: cancel"),
            self.env.cr.savepoint(),
        ):
            next(changes)
        invoice.button_draft()
        with self.assertRaisesRegex(UserError, f"with {claim.name}: cancel"):
            invoice.with_context(force_delete=True).unlink()


@tagged("post_install", "-at_install")
class TestClaimDocument(ClaimCommon):
    """What the PDF of a claim says once things have changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
            }
        )

    def _text(self, claim):
        pages = self.env["recouvrement.penalty.claim.page"]._get_pages(claim)
        document = self.env["recouvrement.document"]._render_all(pages)[claim.id]
        # Odoo's negative amounts have an invisible space after the sign.
        return text_of(document).replace(" \N{ZERO WIDTH SPACE} ", "")

    def test_the_rule_is_that_of_the_rows(self):
        self.customer.lang = "en_US"
        claim = self._claimed()
        before = self._text(claim)
        self.assertIn("French commercial code, articles L441-10 II", before)
        self.customer.penalty_terms_id = self.env["recouvrement.penalty.terms"].create(
            {
                "name": "Contract 2027",
                "rate_base": "fixed",
                "fixed_rate": 20,
                "legal_reference": "Clause 9",
                "day_count": "actual",
                "starts": "notice",
                "capitalize": True,
            }
        )
        self.assertEqual(self._text(claim), before)

    def test_a_draft_and_a_claim_ask_for_payment(self):
        claim = self._claim()
        for _state in ("draft", "claimed"):
            text = self._text(claim)
            self.assertIn("We ask you to pay", text)
            self.assertIn("To pay 223.75 €", text)
            self.assertIn("FR76 3000 6000 0112 3456 7890 189", text)
            if claim.state == "draft":
                claim.action_claim()

    def assertSettled(self, claim, sentence):
        text = self._text(claim)
        self.assertIn(sentence, text)
        self.assertIn("183.75", text, "the rows are still there")
        for asked in ("We ask you to pay", "To pay", "FR76"):
            self.assertNotIn(asked, text)
        return text

    def test_a_paid_claim_asks_for_nothing(self):
        claim = self._claimed()
        claim.action_invoice()
        self._pay(claim.invoice_ids, 100)
        text = self._text(claim)
        self.assertIn("Paid -100.00 € To pay 123.75 €", text)
        self._pay(claim.invoice_ids, 123.75)
        text = self.assertSettled(claim, "These penalties were paid: thank you.")
        self.assertIn("Paid -223.75 €", text)

    def test_a_waived_claim_asks_for_nothing(self):
        claim = self._claimed()
        self._waive(claim)
        self.assertSettled(claim, "waived as a courtesy: nothing is to be paid.")

    def test_a_cancelled_claim_asks_for_nothing(self):
        claim = self._claimed()
        claim.action_cancel()
        self.assertSettled(claim, "cancelled: nothing is to be paid for it.")

    # --- the rule ---

    def test_days_after_a_formal_notice(self):
        swiss = self._create_customer(
            "Zurich", country_id=self.env.ref("base.ch").id, lang="en_US"
        )
        late = self._invoice(1000, "2026-04-30", partner=swiss)
        late.formal_notice_date = day("2026-05-10")
        documents = self.env["recouvrement.document"]
        statement = documents._render_penalties(swiss, self.company, TODAY)[swiss.id]
        claim = self._claim(partner=swiss)
        claim.action_claim()
        for text in (text_of(statement), self._text(claim)):
            self.assertIn("Days run from the day after the formal notice", text)
            self.assertNotIn("from the day after the due date", text)
            self.assertNotIn("half-year", text)

    def test_the_rate_of_a_public_buyer(self):
        self.customer.penalty_terms_id = self.env.ref(
            "recouvrement_b2b.penalty_terms_public"
        )
        text = self._text(self._claimed())
        self.assertIn("Days run from the day after the due date", text)
        self.assertIn("half-year in which interest began to run, to the end", text)


@tagged("post_install", "-at_install")
class TestOwnClaims(ClaimCommon):
    """A collector of its own customers sees and claims nothing of the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = new_test_user(
            cls.env,
            "own",
            "recouvrement_b2b.recouvrement_group_own",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer.collector_id = cls.own
        cls.other = cls._create_customer("Acme", collector_id=False)
        cls._invoice(1000, "2026-04-30", partner=cls.other)

    def test_rows_and_waivers_of_others_are_not_seen(self):
        mine, theirs = self._claimed(), self._claim(partner=self.other)
        theirs.action_claim()
        (mine + theirs).user_id = self.collector
        for claim in (mine, theirs):
            self._waive(claim)
        for model in ("claim", "claim.line", "waiver"):
            records = self.env[f"recouvrement.penalty.{model}"]
            owner = "partner_id" if model == "claim" else "claim_id.partner_id"
            self.assertEqual(
                records.with_user(self.own).search([]).sudo().mapped(owner),
                self.customer,
            )
            everything = records.with_user(self.collector).search([])
            self.assertEqual(everything.mapped(owner), self.customer + self.other)

    def _claim_as(self, user, partners):
        wizard = self.env["recouvrement.penalty.claim.create"].with_user(user)
        wizard = wizard.create({"partner_ids": [Command.set(partners.ids)]})
        return self.env["recouvrement.penalty.claim"].browse(
            wizard.action_apply()["res_id"]
        )

    def test_customers_of_others_are_refused(self):
        with self.assertRaisesRegex(UserError, "own customers only.*Acme"):
            self._claim_as(self.own, self.customer + self.other)
        self.assertEqual(self._claim_as(self.own, self.customer).interest, 183.75)
        claim = self._claim_as(self.collector, self.other)
        self.assertEqual(claim.partner_id, self.other)

    def test_those_of_an_absent_colleague_are_theirs(self):
        self.other.collector_id = self.collector
        self.collector.write(
            {
                "collection_absent_from": TODAY,
                "collection_absent_to": TODAY,
                "collection_substitute_id": self.own.id,
            }
        )
        self.assertEqual(self._claim_as(self.own, self.other).partner_id, self.other)
