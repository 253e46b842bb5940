from datetime import timedelta
from email.message import EmailMessage

from freezegun import freeze_time

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools.automatic_reply import is_automatic
from .common import TODAY, RecouvrementCommon
from .smtp import smtp_server

GATEWAY = "odoo.addons.mail.models.mail_thread"


@tagged("post_install", "-at_install")
class TestReply(RecouvrementCommon):
    """Answers to reminders, as the mail gateway brings them."""

    def setUp(self):
        super().setUp()
        mailbox = smtp_server(self.env)
        self.mailbox = mailbox.__enter__()
        self.addCleanup(mailbox.__exit__, None, None, None)
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "answers.example.com"}
        )
        self.email_template.reply_to = "{{ object._text_reply_to() }}"
        self.move = self._create_due(12)
        self.action = self._launch().action_ids
        self.sent = self.mailbox.messages[-1]

    def _reply(self, subject=None, body="Bonjour, le virement part le 30.", **headers):
        """Answer the message as it went over the wire; give it to the gateway."""
        message = EmailMessage()
        message["From"] = headers.pop("sender", f"Élodie <{self.customer.email}>")
        message["To"] = self.sent["Reply-To"] or self.sent["From"]
        message["Subject"] = subject or f"Re: {self.sent['Subject']}"
        message["In-Reply-To"] = self.sent["Message-Id"]
        message["References"] = self.sent["Message-Id"]
        count = len(self.action.message_ids)
        message["Message-Id"] = f"<{count}.{self.action.id}@customer.example.com>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        message.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename="reçu été.pdf"
        )
        with mute_logger(GATEWAY):
            return self.env["mail.thread"].message_process(False, message.as_bytes())

    def _tasks(self):
        task = self.env.ref("recouvrement_b2b.activity_reply")
        return self.action.activity_ids.filtered(lambda x: x.activity_type_id == task)

    def _holds(self):
        return self.customer.collection_hold_ids.filtered(lambda x: x.state == "open")

    def _is_on_worklist(self):
        actions = self.env["recouvrement.action"].with_user(self.collector)
        return self.action in actions.search(actions._get_worklist_domain())

    def test_an_answer_comes_to_the_collector_and_holds_reminders(self):
        self.assertFalse(self._is_on_worklist())
        self.assertIn("catchall@answers.example.com", self.sent["Reply-To"])
        body = "Bonjour,\n\nLe règlement des 1 000 € est prévu : réglé à l'été."
        self.assertEqual(self._reply(body=body), self.action.id)
        message = self.action.message_ids[0]
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("réglé à l'été", message.body)
        self.assertEqual(message.attachment_ids.mapped("name"), ["reçu été.pdf"])
        self.assertEqual(message.attachment_ids.raw, b"%PDF-1.4")
        self.assertEqual(self.action.reply_state, "waiting")
        self.assertTrue(self._is_on_worklist())
        task = self._tasks()
        self.assertEqual(task.user_id, self.collector)
        self.assertEqual(task.date_deadline, TODAY)
        self.assertIn("réglé à l'été", task.note)
        hold = self._holds()
        self.assertEqual((hold.reason, hold.user_id), ("reply", self.collector))
        self.assertEqual(hold.date_end, TODAY + timedelta(days=5))
        self.assertFalse(hold.move_line_id)
        self.assertDecision(self.move, "hold", "held")
        self.assertDecision(self.move, "chase", "due", as_of=TODAY + timedelta(days=21))
        self.assertIn(self.action.name, self.customer.message_ids[0].body)

    def test_without_a_catchall_a_fetched_answer_is_found_as_well(self):
        self.env["mail.alias"].search([]).alias_domain_id = False
        self.env["mail.alias.domain"].search([]).unlink()
        garage = self._create_customer("Garage")
        self._create_due(12, partner=garage)
        self._launch()
        self.action = garage.collection_action_ids
        self.sent = self.mailbox.messages[-1]
        self.assertIn("claire@example.com", self.sent["Reply-To"])
        self.assertEqual(
            self._reply(sender="comptable@garage.example.com"), self.action.id
        )
        self.assertEqual(self.action.reply_state, "waiting")

    def test_a_second_answer_extends_the_hold_and_makes_no_pile(self):
        self._reply()
        with freeze_time("2026-06-17 08:00:00"):
            self._reply(body="Et voici le reçu.")
            hold = self._holds()
        self.assertEqual(len(hold), 1)
        self.assertEqual(hold.date_end, TODAY + timedelta(days=7))
        self.assertEqual(len(self._tasks()), 1)
        self.assertIn("Et voici", self._tasks().note)

    def test_handled_resumes_collection(self):
        self._reply()
        action = self.action.with_user(self.collector)
        action.action_reply_handled()
        self.assertEqual(action.reply_state, "handled")
        self.assertFalse(self._tasks())
        self.assertFalse(self._holds())
        self.assertFalse(self._is_on_worklist())
        self.assertDecision(self.move, "wait", "level_not_reached")
        message = self.action.message_ids[0]
        self.assertEqual(message.author_id, self.collector.partner_id)
        self._reply(body="Encore une question.")
        self.assertEqual(action.reply_state, "waiting")
        self.assertEqual(len(self._holds()), 1)

    def test_what_the_customer_asks_opens_its_form(self):
        self._reply()
        action = self.action.with_user(self.collector)
        for outcome, model in (
            ("promise", "recouvrement.promise"),
            ("plan", "recouvrement.plan.create"),
            ("dispute", "recouvrement.dispute.create"),
        ):
            action = action.with_context(collection_outcome=outcome)
            window = action.action_reply_followup()
            self.assertEqual(window["res_model"], model)
        self.assertEqual(action.reply_state, "waiting", "until it is handled")

    def test_a_promise_made_in_an_answer_is_saved_with_who_and_how(self):
        self._reply()
        action = self.action.with_context(
            collection_outcome="promise"
        ).action_reply_followup()
        form = Form(
            self.env["recouvrement.promise"].with_context(**action["context"]),
            "recouvrement_b2b.recouvrement_promise_view_form_new",
        )
        form.date_promised = "2026-06-30"
        promise = form.save()
        promise.action_open()
        self.assertEqual((promise.channel, promise.amount), ("email", 1000.0))
        self.assertEqual(promise.contact_id, self.action.contact_id)
        self.assertEqual(promise.line_ids.move_id, self.move)
        self.action.action_reply_handled()
        self.assertDecision(self.move, "hold", "held")

    def test_to_mark_the_task_as_done_handles_the_answer(self):
        self._reply()
        self._tasks().with_user(self.collector).action_feedback("called back")
        self.assertEqual(self.action.reply_state, "handled")
        self.assertFalse(self._holds())

    def test_the_hold_stays_while_another_answer_waits(self):
        other = self.action.copy()
        self._reply()
        other._receive_reply({"email_from": "x@example.com"})
        self.action.action_reply_handled()
        self.assertEqual(len(self._holds()), 1)
        other.action_reply_handled()
        self.assertFalse(self._holds())

    def test_what_a_machine_answers_is_kept_and_stops_nothing(self):
        for headers in (
            {"Auto_Submitted": "auto-replied (vacation)"},
            {"X_Autoreply": "yes"},
            {"Precedence": "bulk"},
            {"subject": "Réponse automatique : absente jusqu'au 30"},
        ):
            with self.subTest(headers):
                count = len(self.action.message_ids)
                self._reply(**headers)
                self.assertEqual(len(self.action.message_ids), count + 1)
                self.assertFalse(self.action.reply_state)
                self.assertFalse(self._holds())
                self.assertFalse(self._tasks())

    def test_our_own_answers_are_no_replies(self):
        self.company.email = "compta@ours.example.com"
        for sender in ("Claire <claire@example.com>", "Compta@ours.example.com"):
            self._reply(sender=sender)
        self.action.with_user(self.collector).message_post(body="Called back")
        self.assertFalse(self.action.reply_state)
        self.assertFalse(self._holds())

    def test_an_answer_is_received_in_every_state(self):
        for state, _label in self.action._fields["state"].selection:
            with self.subTest(state):
                self.action.write({"state": state, "reply_state": False})
                self._reply()
                self.assertEqual(self.action.state, state)
                self.assertEqual(self.action.reply_state, "waiting")
                self.assertTrue(self._is_on_worklist())

    def test_the_company_may_go_on_sending(self):
        self.company.collection_reply_hold_days = 0
        self._reply()
        self.assertFalse(self._holds())
        self.assertEqual(self.action.reply_state, "waiting")
        self.assertEqual(len(self._tasks()), 1)

    def test_what_was_approved_does_not_go_out_after_an_answer(self):
        self._create_due(1)
        self.company.collection_sending = False
        with freeze_time("2026-07-06 08:00:00"):
            approved = self._launch().action_ids
            self.company.collection_sending = True
            self._reply()
            count = len(self.mailbox.messages)
            self.env["recouvrement.dispatch"]._send(approved)
        self.assertEqual(approved.state, "cancelled")
        self.assertEqual(len(self.mailbox.messages), count)

    def test_a_bounce_is_no_answer(self):
        self._reply(sender="MAILER-DAEMON@customer.example.com")
        self.assertFalse(self.action.reply_state)

    def test_a_reassigned_answer_goes_to_the_colleague(self):
        self._reply()
        self.action._reassign(self.env.user)
        self.assertEqual(self._tasks().user_id, self.env.user)
        self.assertEqual(self._holds().user_id, self.env.user)


@tagged("post_install", "-at_install")
class TestAutomaticReply(RecouvrementCommon):
    def test_subjects(self):
        for subject in (
            "Réponse automatique : [R000012] Votre facture",
            "Re: Automatic reply: [R000012]",
            "Absence du bureau",
            "Message d’absence",
            "Out of Office: summer",
            "Re\u0301ponse automatique",
        ):
            self.assertTrue(is_automatic({}, subject), subject)
        for subject in (
            "Re: [R000012] Votre facture",
            "En l'absence de bon de commande",
            "Reponse",
            "Autoroutes du Sud : facture F12",
            None,
        ):
            self.assertFalse(is_automatic({}, subject), subject)

    def test_headers(self):
        self.assertFalse(is_automatic({"Auto-Submitted": "no"}, "Re: invoice"))
        self.assertFalse(is_automatic({"Precedence": "list"}, "Re: invoice"))
        self.assertTrue(is_automatic({"Auto-Submitted": "auto-generated; x"}, ""))
