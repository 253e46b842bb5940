import base64
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import TODAY, RecouvrementCommon
from .smtp import smtp_server


@tagged("post_install", "-at_install")
class TestWizards(RecouvrementCommon):
    """The forms that act: what they create, and what they refuse, in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False

    def _open(self, action):
        """Return the record of the form that an action opens, defaults included."""
        model = self.env[action["res_model"]].with_user(self.collector)
        if action.get("res_id"):
            return model.browse(action["res_id"])
        return model.with_context(**action["context"]).create({})

    def _actions(self, number=2, days=12, **level):
        """Return the reminders of a run about several customers."""
        if level:
            self._level_of(1).write(level)
        for index in range(number):
            self._create_due(days, partner=self._create_customer(f"Client {index}"))
        return self._launch().action_ids.with_user(self.collector)

    def _downloaded(self, action):
        self.assertEqual(action["tag"], "recouvrement_b2b.download")
        download = self.env["recouvrement.download"].browse(
            action["params"]["data"]["id"]
        )
        return download.name, base64.b64decode(download.content)

    # --- suspend ---

    def test_suspending_reminders_holds_each_customer_until_a_review(self):
        actions = self._actions()
        wizard = self._open(actions.action_hold())
        wizard.write({"reason": "dispute", "note": "Waits for credit notes"})
        wizard.action_apply()
        holds = self.env["recouvrement.hold"].search([])
        self.assertEqual(holds.partner_id, actions.partner_id)
        self.assertEqual(set(holds.mapped("reason")), {"dispute"})
        self.assertEqual(holds.user_id, self.collector)
        review = TODAY + timedelta(days=14)
        self.assertEqual(set(holds.mapped("review_date")), {review})

    def test_suspending_an_amount_of_an_invoice(self):
        move = self._create_due(12)
        wizard = self._open(move.with_user(self.collector).action_collection_hold())
        wizard.write({"amount": 400.0, "until": "end", "date_end": "2026-06-20"})
        wizard.action_apply()
        hold = self.env["recouvrement.hold"].search([])
        self.assertEqual(hold.move_line_id, self._receivable(move))
        self.assertEqual(hold.partner_id, self.customer)
        self.assertFalse(hold.review_date)
        self.assertEqual(self._decide(move)["amount_to_chase"], 600.0)

    def test_suspending_says_what_is_missing(self):
        move = self._create_due(12)
        wizard = self._open(move.with_user(self.collector).action_collection_hold())
        for values, message in (
            ({"review_date": False}, "review"),
            ({"review_date": "2026-06-14"}, "past"),
            ({"review_date": "2026-06-20", "amount": 1000.01}, "at most"),
            ({"amount": 0.0, "partner_ids": [(5,)]}, "customer"),
        ):
            wizard.write(values)
            with self.assertRaisesRegex(UserError, message):
                wizard.action_apply()

    # --- reassign ---

    def test_reassigning_moves_the_calls_and_if_wished_the_customers(self):
        paul = new_test_user(
            self.env, "paul", "recouvrement_b2b.recouvrement_group_own"
        )
        actions = self._actions(send_email=False, make_call=True)
        wizard = self._open(actions.action_reassign())
        with self.assertRaisesRegex(UserError, "new collector"):
            wizard.action_apply()
        wizard.user_id = paul
        wizard.action_apply()
        self.assertEqual(actions.user_id, paul)
        self.assertEqual(actions.activity_ids.user_id, paul)
        self.assertEqual(actions.partner_id.collector_id, self.collector)
        wizard.change_customers = True
        wizard.action_apply()
        self.assertEqual(actions.partner_id.collector_id, paul)

    # --- contacts made outside the policies ---

    def test_a_recorded_contact_counts_and_leaves_a_trace(self):
        self.policy.minimum_days = 5
        move, other = self._create_due(12), self._create_due(3)
        wizard = self._open(self.customer.action_collection_contact())
        wizard.write(
            {
                "note": "Promises to pay on Friday",
                "line_ids": [(6, 0, self._receivable(move).ids)],
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "activity_summary": "Check the bank",
            }
        )
        wizard.action_apply()
        contact = self.env["recouvrement.action"].search([])
        self.assertEqual((contact.kind, contact.state), ("manual", "done"))
        self.assertEqual((contact.amount, contact.days_overdue), (1000.0, 12))
        self.assertEqual(contact.line_ids.move_id, move)
        self.assertEqual(self.customer.activity_ids.summary, "Check the bank")
        self.assertIn("Friday", self.customer.message_ids[:1].body)
        for invoice in (move, other):
            self.assertDecision(invoice, "wait", "contacted_recently")
        # it has no level: the policy goes on where it was
        self.assertDecision(move, "chase", "due", as_of=TODAY + timedelta(days=7))

    def test_a_contact_that_does_not_count_leaves_the_policy_alone(self):
        self.policy.minimum_days = 5
        move = self._create_due(12)
        wizard = self._open(self.customer.action_collection_contact())
        wizard.write({"note": "Asks for a copy", "is_contact": False})
        wizard.action_apply()
        self.assertDecision(move, "chase", "due")

    def test_recording_a_contact_says_what_is_missing(self):
        wizard = self._open(self.customer.action_collection_contact())
        for values, message in (
            ({}, "what it was about"),
            ({"note": "A talk", "date": "2026-06-16"}, "still to come"),
            ({"date": "2026-06-15", "partner_id": False}, "customer"),
        ):
            wizard.write(values)
            with self.assertRaisesRegex(UserError, message):
                wizard.action_apply()

    def test_another_customer_empties_the_person_and_the_invoices(self):
        move = self._create_due(12)
        person = self.customer.child_ids.create(
            {"name": "Ana", "parent_id": self.customer.id}
        )
        action = person.action_collection_contact()
        wizards = self.env["recouvrement.contact.record"]
        with Form(wizards.with_context(**action["context"])) as form:
            self.assertEqual(form.contact_id, person)
            form.line_ids.add(self._receivable(move))
            form.partner_id = self._create_customer("Autre")
            self.assertFalse(form.contact_id)
            self.assertFalse(form.line_ids)
            form.note = "A talk"

    # --- preview ---

    def test_a_draft_policy_shows_what_it_would_do(self):
        late, held = self._create_due(12), self._create_due(40)
        never_sent = self._create_due(20, sent=False)
        self.env["recouvrement.hold"].create(
            {"move_line_id": self._receivable(held).id, "date_end": "2026-07-01"}
        )
        self.policy.action_draft()
        action = self.policy.with_user(self.collector).action_view_decisions()
        self.assertIn("Test policy", action["name"])
        previewed = self.env["recouvrement.preview.line"].with_user(self.collector)
        lines = previewed.search(action["domain"])
        found = {line.move_id: (line.outcome, line.reason) for line in lines}
        self.assertEqual(
            found,
            {
                late: ("chase", "due"),
                held: ("hold", "held"),
                never_sent: ("exclude", "never_sent"),
            },
        )
        chased = lines.filtered(lambda line: line.outcome == "chase")
        self.assertEqual(chased.level_id, self._level_of(1))
        self.assertEqual(chased.amount_to_chase, 1000.0)
        self.assertFalse(self.env["recouvrement.action"].search([]))

    def test_another_date_and_one_customer(self):
        self._create_due(12)
        mine = self._create_due(12, partner=self._create_customer("Autre"))
        action = mine.partner_id.with_user(
            self.collector
        ).action_view_collection_decisions()
        lines = (
            self.env["recouvrement.preview.line"]
            .with_user(self.collector)
            .with_context(**action["context"])
        )
        self.assertEqual(lines.search(action["domain"]).move_id, mine)
        wizard = self._open(lines.browse().action_open_options())
        wizard.date = TODAY - timedelta(days=12)
        line = lines.search(wizard.action_apply()["domain"])
        self.assertEqual((line.outcome, line.days_overdue), ("wait", 0))

    def test_every_reason_has_a_sentence_in_the_preview(self):
        lines = self.env["recouvrement.preview.line"].with_context(lang="fr_FR")
        selection = dict(lines._fields["reason"]._description_selection(lines.env))
        self.assertEqual(selection["held"], "Les relances sont suspendues.")

    # --- runs ---

    def test_launching_for_another_date_only_proposes(self):
        self._create_due(1)
        wizard = self.env["recouvrement.run.launch"].create({})
        self.assertTrue(wizard.is_today)
        wizard.date = TODAY + timedelta(days=9)
        self.assertFalse(wizard.is_today)
        action = wizard.action_apply()
        run = self.env["recouvrement.run"].browse(action["res_id"])
        self.assertEqual(run.date, TODAY + timedelta(days=9))
        self.assertEqual(run.action_ids.state, "proposed")

    def test_collectors_do_not_launch_runs(self):
        launch = self.env["recouvrement.run.launch"].with_user(self.collector)
        with self.assertRaises(AccessError):
            launch.create({})

    # --- selections of the worklist ---

    def test_approving_a_selection_leaves_what_cannot_be_approved(self):
        actions = self._actions(3, approval=True)
        self.assertEqual(set(actions.mapped("state")), {"proposed"})
        actions[0].action_skip()
        message = actions.action_approve_selection()["params"]["message"]
        self.assertIn("2 approved", message)
        self.assertIn("1 others", message)
        self.assertEqual(set(actions[1:].mapped("state")), {"approved"})
        with self.assertRaisesRegex(UserError, "waits for approval"):
            actions.action_approve_selection()

    def test_sending_says_when_it_is_switched_off(self):
        actions = self._actions()
        with self.assertRaisesRegex(UserError, "switched off"):
            actions.action_send_selection()
        actions.action_skip()
        with self.assertRaisesRegex(UserError, "approved e-mail or SMS"):
            actions.action_send_selection()

    def test_sending_a_selection(self):
        actions = self._actions()
        self.company.collection_sending = True
        with smtp_server(self.env) as mailbox:
            message = actions.action_send_selection()["params"]["message"]
        self.assertEqual(len(mailbox.messages), 2)
        self.assertIn("2 sent", message)
        self.assertEqual(set(actions.mapped("state")), {"sent"})

    def test_printing_downloads_the_letters_and_says_how_many(self):
        actions = self._actions(send_email=False, send_letter=True)
        with self._fake_letters():
            action = actions.action_print()
        name, content = self._downloaded(action)
        self.assertEqual(content, b"%PDF of 2 letters")
        self.assertIn("2026-06-15", name)
        self.assertIn("2 letters", action["params"]["message"])
        with self.assertRaisesRegex(UserError, "no letter to print"):
            actions.action_print()

    def test_printing_keeps_what_it_learnt_when_nothing_is_left(self):
        actions = self._actions(1, send_email=False, send_letter=True)
        self._pay(actions.line_ids.move_id)
        with self._fake_letters():
            action = actions.action_print()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("paid or suspended", action["params"]["message"])
        self.assertEqual(actions.state, "cancelled")

    def _fake_letters(self):
        """Stand in for the PDF converter: what is done with its output is the test."""
        return patch.multiple(
            type(self.env["recouvrement.document"]),
            _render_letters=lambda self, actions: (
                dict.fromkeys(actions.ids, b"%PDF"),
                {},
            ),
            _merge=lambda self, pages: pages and b"%%PDF of %d letters" % len(pages),
        )

    def test_a_message_can_be_read_before_it_goes_out(self):
        email = self._actions(1)
        action = email.action_preview()
        preview = self.env[action["res_model"]].with_user(self.collector)
        form = Form(preview.with_context(**action["context"]))
        self.assertIn("Client 0", form.body_html)
        letter = self._actions(1, days=31)
        letter = letter.filtered(lambda a: a.channel == "letter")
        if letter:
            self.assertEqual(letter.action_preview()["type"], "ir.actions.report")

    # --- statements ---

    def test_statements_are_sent_and_say_who_owes_nothing(self):
        partners = self._create_customer("Doit") + self._create_customer("A paye")
        self._create_due(12, partner=partners[0])
        wizard = self._open(
            partners.with_user(self.collector).action_collection_statement()
        )
        with self.assertRaises(UserError, msg="sending is switched off"):
            wizard.action_send()
        self.company.collection_sending = True
        with smtp_server(self.env) as mailbox:
            message = wizard.action_send()["params"]["message"]
        self.assertIn("1 statements sent", message)
        self.assertIn("1 customers owe nothing", message)
        self.assertEqual(len(mailbox.messages), 1)
        statement = partners.collection_action_ids
        self.assertEqual((statement.kind, statement.state), ("statement", "sent"))
        self.assertFalse(statement.statement_month)

    def test_a_customer_without_address_gets_its_statement_by_letter(self):
        partner = self._create_customer("Sans adresse", email=False)
        self._create_due(12, partner=partner)
        wizard = self._open(
            partner.with_user(self.collector).action_collection_statement()
        )
        self.assertIn("1 letters", wizard.action_send()["params"]["message"])
        self.assertEqual(partner.collection_action_ids.channel, "letter")
        wizard.date = TODAY + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "to come"):
            wizard.action_send()

    def test_statements_are_downloaded_without_a_trace(self):
        self._create_due(12)
        wizard = self._open(
            self.customer.with_user(self.collector).action_collection_statement()
        )
        name, content = self._downloaded(wizard.action_download())
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertFalse(self.customer.collection_action_ids)

    # --- corrections ---

    def test_a_wrong_address_is_corrected_in_place_then_tried_again(self):
        action = self._actions(1)
        action._set_state("failed", "No valid address", failure="address")
        with Form(action) as form:
            form.contact_email = "right@example.com"
        self.assertEqual(action.contact_id.email, "right@example.com")
        action.action_retry()
        self.assertEqual(action.state, "approved")

    # --- files ---

    def test_the_aged_balance_is_downloaded(self):
        self._create_due(12)
        wizard = (
            self.env["recouvrement.aged.balance"].with_user(self.collector).create({})
        )
        name, content = self._downloaded(wizard.action_apply())
        self.assertTrue(name.endswith(".xlsx"))
        self.assertTrue(content.startswith(b"PK"))
        wizard.date = TODAY + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "to come"):
            wizard.action_apply()

    def test_the_worklist_is_exported(self):
        name, content = self._downloaded(self._actions().action_export_worklist())
        self.assertTrue(name.endswith(".xlsx"))
        self.assertTrue(content.startswith(b"PK"))

    def test_a_file_is_for_who_asked_for_it(self):
        download = (
            self.env["recouvrement.download"]
            .with_user(self.collector)
            .create({"name": "letters.pdf", "content": base64.b64encode(b"secret")})
        )
        other = new_test_user(
            self.env, "other", "recouvrement_b2b.recouvrement_group_user"
        )
        with self.assertRaises(AccessError):
            download.with_user(other).read(["content"])
