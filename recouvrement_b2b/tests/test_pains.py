import io
from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError
from pypdf import PdfReader

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon
from .smtp import smtp_server


@tagged("post_install", "-at_install")
class TestPains(RecouvrementCommon):
    """What users of other collection add-ons complain about, and why it cannot be here.

    One test a complaint; the name says which.
    """

    def setUp(self):
        super().setUp()
        mailbox = smtp_server(self.env)
        self.mailbox = mailbox.__enter__()
        self.addCleanup(mailbox.__exit__, None, None, None)

    def _attachments(self, message):
        return [part.get_payload(decode=True) for part in message.iter_attachments()]

    def test_no_customer_receives_the_letter_of_another(self):
        self._level_of(1).attach_statement = True
        customers = [self.customer] + [
            self._create_customer(f"Client {number}") for number in range(4)
        ]
        for customer in customers:
            self._create_due(12, partner=customer)
        actions = self._launch().action_ids
        self.assertEqual(
            set(actions.mapped("state")), {"sent"}, actions.mapped("state_reason")
        )
        for action in actions:
            message = next(
                m for m in self.mailbox.messages if action.partner_id.email in m["To"]
            )
            self.assertEqual(self._attachments(message), [action.document_ids.raw])
            text = self._pdf_text(action.document_ids.raw)
            self.assertIn(action.name, text)
            self.assertIn(action.partner_id.name, text)
            for stranger in set(customers) - {action.partner_id}:
                self.assertNotIn(stranger.name, text)

    def _pdf_text(self, content):
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def test_the_invoice_contact_is_written_to_not_whoever_comes_first(self):
        self.env["res.partner"].create(
            [
                {
                    "parent_id": self.customer.id,
                    "name": "Sales",
                    "email": "s@example.com",
                },
                {
                    "parent_id": self.customer.id,
                    "name": "Accounting",
                    "type": "invoice",
                    "email": "accounting@example.com",
                },
            ]
        )
        self._create_due(12)
        self._launch()
        self.assertEqual(len(self.mailbox.messages), 1)
        self.assertIn("accounting@example.com", self.mailbox.recipients[0])

    def test_the_language_is_the_customers_not_the_senders(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.email_template.update_field_translations(
            "subject", {"fr_FR": "Rappel {{ object.name }}"}
        )
        english = self._create_customer("Smith Ltd", lang="en_US")
        self.customer.lang = "fr_FR"
        self._create_due(12)
        self._create_due(12, partner=english)
        self.env.user.lang = "fr_FR"
        self._launch()
        subjects = {
            message["To"].split("@")[0].strip('<"').split("<")[-1]: message["Subject"]
            for message in self.mailbox.messages
        }
        self.assertIn("Rappel", subjects["boulangerie.durand"])
        self.assertIn("Reminder", subjects["smith.ltd"])

    def test_no_status_is_stuck(self):
        """Every state that waits has a button that leaves it."""
        self._create_due(12)
        self.company.collection_sending = False
        action = self._launch().action_ids
        self.company.collection_sending = True
        for state, leave in (
            ("proposed", "action_approve"),
            ("approved", "action_send"),
            ("failed", "action_retry"),
            ("unknown", "action_confirm_sent"),
        ):
            action.state = state
            getattr(action, leave)()
            self.assertNotEqual(action.state, state)

    def test_credit_notes_are_netted_and_shown(self):
        self._create_due(12, amount=1000)
        self._create_due(3, amount=250, move_type="out_refund")
        action = self._launch().action_ids
        self.assertEqual(action.amount, 750.0)
        credit = action.line_ids.filtered(lambda line: line.kind == "credit")
        self.assertEqual(credit.residual, -250.0)

    def test_a_credit_note_alone_sends_nothing(self):
        self._create_due(12, move_type="out_refund")
        self.assertFalse(self._launch().action_ids)

    def test_a_part_payment_is_not_missed_and_asks_for_the_rest(self):
        move = self._create_due(12)
        self._pay(move, amount=900)
        self.assertEqual(self._launch().action_ids.amount, 100.0)

    def test_a_block_ends_on_its_date_by_itself(self):
        self._create_due(12)
        self.env["recouvrement.hold"].create(
            {"partner_id": self.customer.id, "date_end": TODAY + timedelta(days=1)}
        )
        self.assertFalse(self._launch().action_ids)
        with freeze_time("2026-06-17 08:00:00"):
            self.assertEqual(self._launch().action_ids.state, "sent")

    def test_a_disputed_item_does_not_make_the_customer_disappear(self):
        disputed, clear = self._create_due(12), self._create_due(12, amount=300)
        self.env["recouvrement.hold"].create(
            {
                "move_line_id": self._receivable(disputed).id,
                "reason": "dispute",
                "review_date": TODAY + timedelta(days=7),
            }
        )
        action = self._launch().action_ids
        self.assertEqual((action.amount, action.line_ids.move_id), (300.0, clear))

    def test_several_channels_at_one_level(self):
        self._level_of(1).write({"send_letter": True, "make_call": True})
        self._create_due(12)
        actions = self._launch().action_ids
        self.assertEqual(set(actions.mapped("channel")), {"email", "letter", "call"})

    def test_many_invoices_make_one_message_at_the_highest_level(self):
        self.policy.start = "age"
        for days in (2, 12, 13, 14):
            self._create_due(days)
        action = self._launch().action_ids
        self.assertEqual(len(action), 1)
        self.assertEqual(action.level_id, self._level_of(10))
        self.assertEqual(len(self.mailbox.messages), 1)

    def test_an_old_invoice_need_not_climb_the_levels_one_by_one(self):
        self.policy.start = "age"
        self._create_due(200)
        self.assertEqual(self._launch().action_ids.level_id, self._level_of(30))

    def test_the_minimum_is_converted_the_right_way(self):
        """10 of the company's currency; 15 CAD are 30 of it, 15 of it are 15."""
        canada = self.setup_other_currency("CAD", rates=[("2020-01-01", 0.5)])
        self.policy.minimum_amount = 20
        foreign = self._create_due(12, amount=15, currency_id=canada.id)
        domestic = self._create_due(
            12, amount=15, partner=self._create_customer("Garage Petit")
        )
        self.assertDecision(foreign, "chase", "due")
        self.assertDecision(domestic, "exclude", "under_minimum")

    def test_an_invoice_paid_in_full_after_the_run_is_not_in_the_message(self):
        kept, paid = self._create_due(12, amount=15), self._create_due(12, amount=30)
        self.company.collection_sending = False
        action = self._launch().action_ids
        self.assertEqual(action.amount, 45.0)
        self.company.collection_sending = True
        self._pay(paid)
        action.action_send()
        self.assertEqual((action.amount, action.line_ids.move_id), (15.0, kept))

    def test_an_excluded_customer_is_not_forgotten(self):
        """The database refuses a suspension without an end or a review date."""
        holds = self.env["recouvrement.hold"]
        with (
            self.assertRaisesRegex(IntegrityError, "has_an_end"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            holds.create({"partner_id": self.customer.id})

    def test_instalments_are_reminded_at_their_own_date(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 90}
                    ),
                ],
            }
        )
        self._create_due(12, invoice_payment_term_id=term.id)
        action = self._launch().action_ids
        self.assertEqual(action.amount, 300.0)
        self.assertEqual(sorted(action.line_ids.mapped("kind")), ["due", "upcoming"])

    def test_the_text_follows_the_amounts(self):
        self.email_template.body_html = "<p><t t-out='object.amount'/></p>"
        move = self._create_due(12)
        self.company.collection_sending = False
        action = self._launch().action_ids
        self.company.collection_sending = True
        self._pay(move, amount=400)
        action.action_send()
        self.assertIn("600.0", action.body)
