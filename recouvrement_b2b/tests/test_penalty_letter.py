"""Letters and e-mails that recall, show or claim late-payment penalties."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models.recouvrement_penalty import RecouvrementPenalty
from .common import TODAY, day
from .documents import pages_of, text_of
from .smtp import smtp_server
from .test_document import DocumentCommon


@tagged("post_install", "-at_install")
class TestPenaltyLetter(DocumentCommon):
    """10,000.00 due on 31 January: to 15 June 135 days at 12.15 %, 449.38."""

    def setUp(self):
        super().setUp()
        self.days = (TODAY - day("2026-01-31")).days
        self.level.penalties = "show"

    def _late_letter(self, amounts=(10000,), **values):
        return self._letter(amounts, self.days, **values)

    def _pages(self, letter):
        return pages_of(self._render(letter))

    def test_what_each_choice_says(self):
        letter = self._late_letter()
        for choice, law, figures in (
            ("none", 0, False),
            ("mention", 1, False),
            ("show", 1, True),
            ("claim", 1, True),
        ):
            self.level.penalties = choice
            pages = self._pages(letter)
            self.assertEqual(pages[0].count("L441-10"), law, choice)
            self.assertEqual("449.38 €" in pages[0], figures, choice)
            self.assertEqual("40.00 €" in pages[0], figures, choice)
            self.assertEqual("We claim" in pages[0], choice == "claim")
            self.assertEqual(len(pages), 2 if figures else 1)

    def test_the_annex_gives_the_rows(self):
        letter = self._late_letter()
        first, annex = self._pages(letter)
        for part in (
            "Annex: late-payment penalties to 06/15/2026",
            letter.line_ids.move_id.name,
            "02/01/2026 06/15/2026 135 10,000.00 12.15",
            "Total 489.38 €",
            "France: ECB rate + 10 points",
            "Interest = balance × rate × days ÷ 365",
        ):
            self.assertIn(part, annex)
        self.assertNotIn("Principal left 10", annex)
        self.assertIn("10,000.00 €", first, "what is asked for is not raised")
        self.assertEqual(letter.amount, 10000.0)

    def test_items_of_the_letter_alone(self):
        letter = self._late_letter()
        other = self._create_due(-3, 777, currency_id=self.euro.id)
        paid = self._create_due(40, 555, currency_id=self.euro.id)
        self._pay(paid)
        annex = self._pages(letter)[1]
        self.assertNotIn(other.name, annex)
        self.assertNotIn(paid.name, annex)

    def test_an_invoice_in_dollars(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        letter = self._late_letter(currency_id=dollar.id)
        first, annex = self._pages(letter)
        self.assertIn("$ 449.38 of late-payment interest", first)
        self.assertIn("40.00 € of fixed indemnities", first)
        self.assertNotIn("489.38", annex)

    def test_nothing_to_show(self):
        self.customer.is_company = False  # consumers owe none
        letter = self._late_letter()
        pages = self._pages(letter)
        self.assertEqual(len(pages), 1)
        self.assertNotIn("We claim", pages[0])

    def test_the_last_day_of_which_the_rate_is_known(self):
        letter = self._late_letter()
        with patch.object(
            RecouvrementPenalty, "_last_day", lambda *args: day("2026-05-31")
        ):
            first, annex = self._pages(letter)
        self.assertIn("to 05/31/2026", first)
        self.assertIn("Annex: late-payment penalties to 05/31/2026", annex)
        self.assertIn("the last day of which the official rates are known", annex)

    def test_what_was_waived_is_not_shown(self):
        letter = self._late_letter()
        claims = self.env["recouvrement.penalty.claim"]
        claim = claims._claim_customers(self.customer, day("2026-05-31"), self.company)
        claim.action_claim()
        self.assertIn("449.38", self._pages(letter)[1], "claimed, and still owed")
        wizard = self.env["recouvrement.penalty.waive"].create(
            {"claim_ids": claim.ids, "reason": "goodwill"}
        )
        wizard.action_apply()
        self.assertEqual(claim.state, "waived")
        self.env.invalidate_all()
        annex = self._pages(letter)[1]
        self.assertIn("06/01/2026 06/15/2026 15 10,000.00 12.15", annex)
        self.assertIn("Fixed indemnities for recovery costs 0.00 €", annex)

    def test_what_was_sent_is_not_computed_again(self):
        letter = self._late_letter()
        self.env["recouvrement.dispatch"]._print(letter)
        self._pay(letter.line_ids.move_id, day=day("2026-03-02"))
        printed = self.documents._get_printed_letters(letter)[letter.id]
        self.assertIn("449.38", text_of(printed))

    def test_the_e_mail_says_it_and_has_the_annex(self):
        self.level.write({"send_email": True, "send_letter": False})
        self.email_template.body_html = (
            "<div><t t-call='recouvrement_b2b.mail_penalties'/></div>"
        )
        with smtp_server(self.env) as mailbox:
            mail = self._late_letter()
        self.assertEqual(mail.state, "sent")
        message = mailbox.messages[0]
        self.assertIn("449.38", str(message))
        pdf = mail.document_ids.filtered(
            lambda document: document.mimetype == "application/pdf"
        )
        self.assertIn("Annex: late-payment penalties", text_of(pdf.raw))

    def test_one_computation_for_all_letters(self):
        letters = self.env["recouvrement.action"]
        for customer in self._customers(6):
            self._create_due(self.days, 1000, customer, currency_id=self.euro.id)
        letters = self._launch().action_ids
        self.assertEqual(len(letters), 6)
        compute = RecouvrementPenalty._compute
        calls = []

        def count(*args, **kwargs):
            calls.append(args)
            return compute(*args, **kwargs)

        with patch.object(RecouvrementPenalty, "_compute", count):
            pdfs, failures = self.documents._render_letters(letters)
        self.assertFalse(failures)
        self.assertEqual(len(pdfs), 6)
        self.assertLessEqual(len(calls), 2, "for the texts, and for the annexes")


@tagged("post_install", "-at_install")
class TestFormalNotice(DocumentCommon):
    def test_the_first_formal_notice_dates_the_invoices_asked_for(self):
        self.level.formal_notice = True
        known = self._create_due(20, 300, currency_id=self.euro.id)
        known.formal_notice_date = day("2026-06-01")
        letter = self._letter((100,))
        upcoming = letter.line_ids.filtered(lambda line: line.kind != "due").move_id
        due = letter.due_line_ids.move_id - known
        self.assertFalse(due.formal_notice_date)
        self.env["recouvrement.dispatch"].with_user(self.collector)._print(letter)
        self.assertEqual(letter.state, "sent")
        self.assertEqual(due.formal_notice_date, TODAY)
        self.assertEqual(known.formal_notice_date, day("2026-06-01"))
        self.assertFalse(any(upcoming.mapped("formal_notice_date")))

    def test_other_reminders_do_not(self):
        letter = self._letter((100,))
        self.env["recouvrement.dispatch"]._print(letter)
        self.assertFalse(letter.due_line_ids.move_id.formal_notice_date)

    def test_a_skipped_notice_was_not_given(self):
        self.level.formal_notice = True
        letter = self._letter((100,))
        letter.action_skip()
        self.assertFalse(letter.due_line_ids.move_id.formal_notice_date)
