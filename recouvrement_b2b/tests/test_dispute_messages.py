from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.mail import html2plaintext

from .common import TODAY, day
from .disputes import DisputeCommon
from .smtp import smtp_server


@tagged("post_install", "-at_install")
class TestDisputeMessages(DisputeCommon):
    """What customers are told, through a real mail server."""

    def setUp(self):
        super().setUp()
        mailbox = smtp_server(self.env)
        self.mailbox = mailbox.__enter__()
        self.addCleanup(mailbox.__exit__, None, None, None)

    def _answer(self, dispute, state, **values):
        step = {"rejected": "reject", "waiting": "wait", "settled": "settle"}[state]
        action = getattr(dispute, f"action_{step}")()
        wizard = self.env["recouvrement.dispute.answer"].browse(action["res_id"])
        wizard.write({"text": "Price of your order:\n12 October <b>", **values})
        wizard.action_apply()
        return self.env["recouvrement.action"].search([("dispute_id", "=", dispute.id)])

    def test_a_rejection_is_told_with_its_proofs_and_kept(self):
        dispute = self._dispute(attachment_ids=self._proof().ids)
        self.assertEqual(dispute.attachment_ids.res_id, dispute.id)
        message = self._answer(dispute, "rejected")
        self.assertEqual((dispute.state, message.state), ("rejected", "sent"))
        self.assertNotHeld(dispute)
        self.assertEqual(dispute.answer, "Price of your order:\n12 October <b>")
        self.assertEqual(
            (message.kind, message.recipient),
            ("dispute", self.customer.email_formatted),
        )
        self.assertEqual(message.document_ids.name, "order.pdf")
        self.assertNotEqual(message.document_ids, dispute.attachment_ids, "a copy")
        self.assertEqual(len(message.fingerprint), 64)
        self.assertIn("12 October &lt;b&gt;", message.body)
        mail = self.env["mail.mail"].search(
            [("model", "=", message._name), ("res_id", "=", message.id)]
        )
        self.assertEqual(mail.attachment_ids, message.document_ids)
        self.assertEqual(message.line_ids.move_id, self.invoice)
        self.assertIn(message.line_ids, self.invoice.collection_action_line_ids)

    def test_the_customer_reads_its_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("recouvrement_b2b.mail_template_dispute_rejected")
        template.with_context(lang="fr_FR").subject = "Notre réponse {{ object.name }}"
        self.reason.with_context(lang="fr_FR").name = "Prix non conforme"
        self.reason.with_context(lang="en_US").name = "Price not as agreed"
        for lang, subject, reason, when in (
            ("fr_FR", "Notre réponse", "Prix non conforme", "15/06/2026"),
            ("en_US", "Our answer about", "Price not as agreed", "06/15/2026"),
        ):
            partner = self._create_customer(f"Customer {lang}", lang=lang)
            dispute = self._dispute(self._create_due(12, partner=partner))
            message = self._answer(
                dispute, "rejected", attachment_ids=self._proof().ids
            )
            self.assertEqual(message.lang, lang)
            self.assertIn(subject, message.subject)
            text = html2plaintext(message.body)
            for words in (reason, when, "order.pdf", self.env.user.name):
                self.assertIn(words, text)

    def test_a_question_waits_for_a_reply(self):
        self.customer.lang = "en_US"
        dispute = self._dispute(amount=300)
        with self.assertRaisesRegex(UserError, "a day to come"):
            self._answer(dispute, "waiting", answer_date=TODAY)
        message = self._answer(dispute, "waiting", answer_date=day("2026-06-30"))
        self.assertEqual((dispute.state, dispute.question[:5]), ("waiting", "Price"))
        self.assertEqual(self.assertHeld(dispute).review_date, day("2026-06-30"))
        self.assertIn("remains payable", html2plaintext(message.body))

    def test_what_is_told_by_other_means_sends_nothing_and_keeps_the_proof(self):
        dispute = self._dispute()
        proof = self._proof()
        message = self._answer(
            dispute, "rejected", is_sent=False, attachment_ids=proof.ids
        )
        self.assertFalse(message)
        self.assertEqual(dispute.attachment_ids.name, "order.pdf")
        self.assertEqual(dispute.state, "rejected")

    def test_who_cannot_be_written_to_is_said_before_anything_is_done(self):
        dispute = self._dispute()
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._answer(dispute, "rejected", is_sent=True)
        self.assertEqual(dispute.state, "open")
        with self.assertRaisesRegex(UserError, "Write the message"):
            self._answer(dispute, "settled", text=" ")


@tagged("post_install", "-at_install")
class TestDisputeEntry(DisputeCommon):
    """Where disputes are entered and counted."""

    def _create(self, action, **values):
        wizards = self.env[action["res_model"]].with_context(**action["context"])
        wizard = wizards.create({"reason_id": self.reason.id, **values})
        return wizard, wizard.action_apply

    def test_several_invoices_have_a_dispute_each(self):
        moves = self.invoice + self._create_due(20, partner=self._create_customer("B"))
        wizard, apply = self._create(
            moves.action_collection_dispute(), attachment_ids=self._proof().ids
        )
        action = apply()
        disputes = self.env["recouvrement.dispute"].search(action["domain"])
        self.assertEqual(disputes.move_id, moves)
        self.assertEqual(len(disputes.attachment_ids), 2)
        for dispute in disputes:
            self.assertEqual(dispute.attachment_ids.res_id, dispute.id)
            self.assertHeld(dispute)
        self.assertEqual(wizard.move_count, 2)

    def test_the_form_says_what_is_wrong(self):
        wizard, apply = self._create(self.invoice.action_collection_dispute())
        for values, sentence in (
            ({"reason_id": False}, "reason"),
            ({"scope": "part", "amount": 0}, "above zero"),
            ({"scope": "part", "amount": 1001}, "at most what is open"),
            ({"move_ids": [Command.clear()]}, "at least one invoice"),
        ):
            with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                wizard.write(values)
                apply()
        self._pay(self.invoice)
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            self.invoice.action_collection_dispute()

    def test_a_customer_and_an_invoice_count_their_disputes(self):
        _wizard, apply = self._create(
            self.customer.action_collection_dispute(),
            move_ids=[Command.set(self.invoice.ids)],
            scope="part",
            amount=300,
        )
        dispute = self.env["recouvrement.dispute"].browse(apply()["res_id"])
        self.assertEqual(dispute.amount, 300.0)
        for record in (self.invoice, self.customer):
            record.invalidate_recordset()
            self.assertEqual(record.collection_dispute_count, 1)
            self.assertEqual(record.collection_disputed_amount, 300.0)
        self.assertEqual(
            self.invoice.action_view_collection_disputes()["res_id"], dispute.id
        )
        domain = self.customer.action_view_collection_disputes()["domain"]
        self.assertEqual(self.env["recouvrement.dispute"].search(domain), dispute)

    def test_a_call_opens_a_dispute_on_what_it_was_about(self):
        self._level_of(1).write({"send_email": False, "make_call": True})
        call = self._launch().action_ids
        call.write({"outcome": "dispute", "first_answer": "It is too dear"})
        _wizard, apply = self._create(call.action_call_done())
        dispute = self.env["recouvrement.dispute"].browse(apply()["res_id"])
        self.assertEqual((dispute.move_id, dispute.action_id), (self.invoice, call))
        self.assertEqual(
            (dispute.channel, dispute.description), ("call", "It is too dear")
        )

    def test_days_to_resolve_leave_open_disputes_out_of_the_average(self):
        self._dispute()
        closed = self._dispute(reason_id=self.other_reason.id)
        with freeze_time("2026-06-19"):
            closed.action_settle("We split it.")
        ((days,),) = self.env["recouvrement.dispute"]._read_group(
            [("move_id", "=", self.invoice.id)], aggregates=["days_to_resolve:avg"]
        )
        self.assertEqual(days, 4)

    def test_amounts_and_days_are_told_by_reason(self):
        first, second = self.invoice, self._create_due(20, 500.0)
        closed = self._dispute(first, amount=300)
        with freeze_time("2026-06-19"):
            closed.action_settle("We split it.")  # after 4 days
        self._dispute(second)
        late = self._dispute(second, reason_id=self.other_reason.id, amount=120)
        with freeze_time("2026-06-25"):
            late.action_settle("We take it back.")  # after 10 days
        rows = self.env["recouvrement.dispute"]._read_group(
            [("partner_id", "=", self.customer.id)],
            ["reason_id"],
            [
                "__count",
                "amount_company:sum",
                "amount_open:sum",
                "days_to_resolve:avg",
            ],
        )
        self.assertEqual(
            {reason: tuple(figures) for reason, *figures in rows},
            {
                self.reason: (2, 800.0, 500.0, 4.0),
                self.other_reason: (1, 120.0, 0.0, 10.0),
            },
        )
