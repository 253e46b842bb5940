import hashlib
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common import TODAY, RecouvrementCommon
from .smtp import find_free_port, smtp_server


@tagged("post_install", "-at_install")
class TestDispatch(RecouvrementCommon):
    """Sending, through a real mail server."""

    def setUp(self):
        super().setUp()
        mailbox = smtp_server(self.env)
        self.mailbox = mailbox.__enter__()
        self.addCleanup(mailbox.__exit__, None, None, None)
        self.dispatch = self.env["recouvrement.dispatch"]

    def _action(self):
        self.company.collection_sending = False
        action = self._launch().action_ids
        self.company.collection_sending = True
        return action

    def test_the_run_sends_what_needs_no_approval_once(self):
        self._create_due(12)
        action = self._launch().action_ids
        self.assertEqual(action.state, "sent")
        self.assertEqual(len(self.mailbox.messages), 1)
        message = self.mailbox.messages[0]
        self.assertIn(self.customer.email, message["To"])
        self.assertIn("claire@example.com", message["From"])
        self.assertIn(action.name, message["Subject"])
        self._launch()
        self.dispatch._send(action)
        self.assertEqual(len(self.mailbox.messages), 1)

    def test_what_was_sent_is_frozen(self):
        self._create_due(12)
        self._level_of(1).attach_statement = True
        action = self._launch().action_ids
        self.assertIn(self.customer.email, action.recipient)
        self.assertIn("Boulangerie Durand", action.body)
        self.assertEqual(action.date_done, TODAY)
        document = action.document_ids
        self.assertTrue(document.raw.startswith(b"%PDF"))
        self.assertEqual(action.fingerprint, hashlib.sha256(document.raw).hexdigest())
        attached = [
            part.get_payload(decode=True)
            for part in self.mailbox.messages[0].iter_attachments()
        ]
        self.assertEqual(attached, [document.raw])

    def test_the_customer_gets_one_line_a_contact(self):
        self._create_due(12)
        before = self.customer.message_ids
        action = self._launch().action_ids
        note = self.customer.message_ids - before
        self.assertEqual(len(note), 1)
        self.assertIn(action.name, note.body)

    def test_paid_between_decision_and_sending_is_not_chased(self):
        move = self._create_due(12)
        action = self._action()
        self._pay(move)
        self.dispatch._send(action)
        self.assertEqual(
            (action.state, action.state_reason), ("cancelled", "paid since")
        )
        self.assertFalse(self.mailbox.messages)

    def test_partly_paid_since_asks_for_the_rest(self):
        move = self._create_due(12)
        other = self._create_due(12)
        action = self._action()
        self._pay(move, amount=400)
        self._pay(other)
        self.dispatch._send(action)
        self.assertEqual((action.state, action.amount), ("sent", 600.0))
        self.assertEqual(action.line_ids.move_id, move)

    def test_held_since_is_not_chased(self):
        self._create_due(12)
        action = self._action()
        self.env["recouvrement.hold"].create(
            {"partner_id": self.customer.id, "date_end": TODAY}
        )
        self.dispatch._send(action)
        self.assertEqual(action.state, "cancelled")
        self.assertIn("suspended", action.state_reason)

    def test_payment_seen_on_the_bank_since_is_not_chased(self):
        self._create_due(12)
        action = self._action()
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": TODAY,
                "payment_ref": "transfer",
                "partner_id": self.customer.id,
                "amount": 1000,
            }
        )
        self.dispatch._send(action)
        self.assertEqual(action.state, "cancelled")

    def test_money_on_the_bank_is_seen_though_a_letter_waits_as_well(self):
        self._level_of(1).send_letter = True
        self._create_due(12)
        actions = self._action()
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": TODAY,
                "payment_ref": "transfer",
                "partner_id": self.customer.id,
                "amount": 1000,
            }
        )
        self.dispatch._send(actions)
        self.assertFalse(self.mailbox.messages)

    def test_a_call_with_somebody_who_has_paid_is_taken_off_the_list(self):
        self._level_of(1).write({"make_call": True, "send_email": False})
        move = self._create_due(12)
        call = self._action()
        self._pay(move)
        with freeze_time("2026-06-16 08:00:00"):
            self._launch()
        self.assertEqual((call.state, call.state_reason), ("cancelled", "paid since"))
        self.assertFalse(call.activity_ids)

    def test_a_due_date_put_off_is_not_chased(self):
        move = self._create_due(12)
        action = self._action()
        self._receivable(move).date_maturity = TODAY + timedelta(days=60)
        self.dispatch._send(action)
        self.assertEqual(action.state, "cancelled")

    def test_a_customer_who_called_this_morning_is_left_in_peace(self):
        self.policy.minimum_days = 3
        self._create_due(12)
        action = self._action()
        self.env["recouvrement.action"].create(
            {
                "partner_id": self.customer.id,
                "channel": "call",
                "direction": "in",
                "state": "done",
                "date_done": TODAY,
                "currency_id": self.company.currency_id.id,
                "company_id": self.company.id,
            }
        )
        self.dispatch._send(action)
        self.assertEqual(action.state, "approved")
        with freeze_time("2026-06-18 08:00:00"):
            self.dispatch._cron_dispatch_once()
        self.assertEqual(action.state, "sent")

    def test_an_effect_that_fails_does_not_undo_what_was_sent(self):
        self._level_of(1).server_action_ids = [
            Command.create(
                {
                    "name": "broken",
                    "model_id": self.env["ir.model"]._get_id("recouvrement.action"),
                    "state": "code",
                    "code": "1 / 0",
                }
            )
        ]
        self._create_due(12)
        with mute_logger(
            "odoo.addons.recouvrement_b2b.models.recouvrement_action_state",
            "odoo.addons.base.models.ir_actions",
        ):
            action = self._launch().action_ids
        self.assertEqual(action.state, "sent")
        self.assertIn("failed", action.message_ids[0].body)

    def test_a_server_that_refuses_leaves_it_failed_and_it_is_tried_again(self):
        self._create_due(12)
        self.mailbox.refuse = "451 try again later"
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            action = self._launch().action_ids
        self.assertEqual((action.state, action.failure), ("failed", "server"))
        self.assertIn("451", action.state_reason)
        self.mailbox.refuse = None
        self.dispatch._cron_dispatch_once()
        self.assertEqual(action.state, "failed", "not before its time")
        with freeze_time("2026-06-15 09:00:00"):
            self.dispatch._cron_dispatch_once()
        self.assertEqual((action.state, action.attempts), ("sent", 2))
        self.assertEqual(len(self.mailbox.messages), 1)

    def test_a_server_that_hangs_up_leaves_the_result_unknown(self):
        """It may have taken the message: sending it again could make two."""
        self._create_due(12)
        self.mailbox.hang_up = True
        action = self._launch().action_ids
        self.assertEqual(action.state, "unknown")
        self.dispatch._cron_dispatch_once()
        self.assertEqual(len(self.mailbox.messages), 1)

    def test_a_server_out_of_reach_is_tried_again(self):
        self._create_due(12)
        self.env["ir.mail_server"].search([]).smtp_port = find_free_port()
        action = self._launch().action_ids
        self.assertEqual((action.state, action.failure), ("failed", "server"))
        self.assertTrue(action.retry_at)

    def test_after_the_last_attempt_a_person_is_told(self):
        self._create_due(12)
        self.mailbox.refuse = "550 no"
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            action = self._launch().action_ids
            for hours in range(1, 40):
                with freeze_time(f"2026-06-{15 + hours // 20} {hours % 20:02}:00:00"):
                    self.dispatch._cron_dispatch_once()
        self.assertEqual(action.attempts, 5)
        self.assertFalse(action.retry_at)
        self.assertEqual(action.activity_ids.user_id, self.collector)

    def test_a_missing_address_goes_to_the_responsible_person(self):
        self.customer.email = False
        self._create_due(12)
        action = self._launch().action_ids
        self.assertEqual((action.state, action.failure), ("failed", "address"))
        self.assertEqual(action.activity_ids.user_id, self.collector)
        self._launch()
        self.assertEqual(self._decide()[0]["reason"], "to_correct")
        self.customer.email = "right@example.com"
        action.action_retry()
        self.assertEqual(action.state, "sent")
        self.assertIn("right@example.com", self.mailbox.recipients[0])

    def test_the_invoice_contact_receives_it_even_if_the_company_has_no_address(self):
        self.customer.email = False
        self.env["res.partner"].create(
            {
                "parent_id": self.customer.id,
                "type": "invoice",
                "name": "Accounting",
                "email": "accounting@example.com",
            }
        )
        self._create_due(12)
        self._launch()
        self.assertIn("accounting@example.com", self.mailbox.recipients[0])

    def test_a_blacklisted_address_is_not_written_to(self):
        self.env["mail.blacklist"]._add(self.customer.email)
        self._create_due(12)
        action = self._launch().action_ids
        self.assertEqual((action.state, action.failure), ("failed", "address"))

    def test_a_template_with_bad_code_fails_alone(self):
        other = self._create_customer("Garage Petit")
        self.email_template.body_html = (
            "<p><t t-if=\"object.partner_id.name == 'Garage Petit'\" "
            "t-out='1 / 0'/>Hello</p>"
        )
        self._create_due(12)
        self._create_due(12, partner=other)
        with mute_logger(
            "odoo.addons.recouvrement_b2b.models.recouvrement_dispatch",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            actions = self._launch().action_ids
        states = {action.partner_id: action.state for action in actions}
        self.assertEqual(states, {self.customer: "sent", other: "failed"})
        failed = actions.filtered(lambda action: action.state == "failed")
        self.assertEqual(failed.failure, "content")

    def test_outside_the_hours_it_waits_for_the_next_sending(self):
        self.policy.write({"hour_from": 14, "hour_to": 18})
        self._create_due(12)
        action = self._launch().action_ids  # ten o'clock in Paris
        self.assertEqual(action.state, "approved")
        with freeze_time("2026-06-15 12:30:00"):
            self.dispatch._cron_dispatch_once()
        self.assertEqual(action.state, "sent")

    def test_what_was_approved_on_friday_does_not_go_out_on_saturday(self):
        self.policy.write({"hour_from": 14, "hour_to": 18})
        with freeze_time("2026-06-26 17:30:00"):  # half past seven in Paris
            self._create_due(12)
            action = self._launch().action_ids
        with freeze_time("2026-06-27 13:00:00"):
            self.dispatch._cron_dispatch_once()
            self.assertEqual(action.state, "approved")
        with freeze_time("2026-06-29 13:00:00"):
            self.dispatch._cron_dispatch_once()
            self.assertEqual(action.state, "sent")

    def test_a_copy_of_the_database_contacts_nobody(self):
        self._create_due(12)
        self.env.flush_all()
        with file_open("recouvrement_b2b/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        action = self._launch().action_ids
        self.assertEqual(action.state, "approved")
        self.assertFalse(self.mailbox.messages)

    def test_an_interrupted_sending_is_shown_and_never_repeated(self):
        self._create_due(12)
        action = self._action()
        action.write({"state": "sending"})
        self.dispatch._recover_interrupted()
        self.assertEqual(action.state, "unknown")
        self.assertEqual(action.activity_ids.user_id, self.collector)
        self._launch()
        self.dispatch._cron_dispatch_once()
        self.assertFalse(self.mailbox.messages)
        action.action_confirm_sent()
        self.assertEqual(action.state, "sent")

    def test_an_unknown_result_that_did_not_go_out_is_sent_again(self):
        self._create_due(12)
        action = self._action()
        action.write({"state": "sending"})
        self.dispatch._recover_interrupted()
        action.action_confirm_not_sent()
        action.action_send()
        self.assertEqual(action.state, "sent")
        self.assertEqual(len(self.mailbox.messages), 1)

    def test_letters_are_printed_in_one_document_and_kept_apart(self):
        other = self._create_customer("Garage Petit")
        self._level_of(1).write({"send_email": False, "send_letter": True})
        for partner in (self.customer, other):
            self._create_due(12, partner=partner)
        letters = self._launch().action_ids
        self.assertEqual(set(letters.mapped("state")), {"approved"})
        pdf = self.dispatch._print(letters)
        self.assertTrue(pdf.startswith(b"%PDF"))
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        self.assertEqual(letters.mapped("posted_date"), [TODAY, TODAY])
        self.assertEqual([len(letter.document_ids) for letter in letters], [1, 1])
        self.assertFalse(self.dispatch._print(letters), "printed once")

    def test_a_letter_without_address_goes_to_the_correction_list(self):
        self.customer.city = False
        self._level_of(1).write({"send_email": False, "send_letter": True})
        self._create_due(12)
        letter = self._launch().action_ids
        self.assertFalse(self.dispatch._print(letter))
        self.assertEqual((letter.state, letter.failure), ("failed", "address"))

    def test_the_letter_of_a_level_goes_out_after_its_email(self):
        """The e-mail of the same level is no pressure against the letter."""
        self.policy.minimum_days = 10
        self._level_of(1).send_letter = True
        self._create_due(12)
        letter = self._launch().action_ids.filtered(lambda a: a.channel == "letter")
        with freeze_time("2026-06-16 08:00:00"):
            self.assertTrue(self.dispatch._print(letter))

    def test_a_bounce_is_shown_as_a_failure(self):
        self._create_due(12)
        action = self._launch().action_ids
        action._message_receive_bounce(self.customer.email, self.customer)
        self.assertEqual((action.state, action.failure), ("failed", "bounce"))
        self.assertEqual(action.activity_ids.user_id, self.collector)

    def test_hold_review_goes_to_the_owner_then_to_the_manager(self):
        self.company.collection_manager_id = self.env.user
        hold = self.env["recouvrement.hold"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.collector.id,
                "review_date": TODAY + timedelta(days=1),
            }
        )
        hold._review(TODAY)
        self.assertFalse(hold.activity_ids)
        hold._review(TODAY + timedelta(days=1))
        hold._review(TODAY + timedelta(days=2))
        self.assertEqual(hold.activity_ids.user_id, self.collector)
        hold._review(TODAY + timedelta(days=9))
        hold._review(TODAY + timedelta(days=10))
        self.assertEqual(hold.activity_ids.user_id, self.collector + self.env.user)
        self.assertEqual(len(hold.activity_ids), 2)
