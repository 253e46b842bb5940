from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY
from .documents import pages_of, text_of, title_of
from .test_document import DocumentCommon


@tagged("post_install", "-at_install")
class TestEmailDocuments(DocumentCommon):
    def setUp(self):
        super().setUp()
        self.company.collection_sending = False
        self.level.write({"send_email": True, "send_letter": False})

    def test_the_reminder_goes_with_the_email_when_the_level_says_so(self):
        mail = self._letter()
        self.assertEqual(self.documents._prepare_documents(mail), ({}, {}))
        self.level.attach_statement = True
        documents, failures = self.documents._prepare_documents(mail)
        self.assertFalse(failures)
        self.assertEqual(title_of(documents[mail.id].raw), mail.name)
        self.assertEqual(documents[mail.id].res_id, mail.id)

    def test_names_of_files_speak_the_customers_language(self):
        customer = self._create_customer("Garage Petit", lang="fr_FR")
        self.level.attach_statement = True
        mail = self._letter(partner=customer)
        documents, _failures = self.documents._prepare_documents(mail)
        self.assertEqual(documents[mail.id].name, f"Relance {mail.name}.pdf")

    def test_open_invoices_as_they_were_sent(self):
        self.level.attach_invoices = True
        mail = self._letter()
        move = mail.due_line_ids.move_id[0]
        kept = self.env["ir.attachment"].create(
            {
                "name": "invoice.pdf",
                "raw": b"%PDF-1.4 as sent",
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset(["invoice_pdf_report_id"])
        documents, _failures = self.documents._prepare_documents(mail)
        invoices = mail.due_line_ids.move_id
        self.assertIn(kept, documents[mail.id])
        self.assertEqual(
            sorted(documents[mail.id].mapped("res_id")), sorted(invoices.ids)
        )

    def test_a_bad_invoice_fails_only_its_own_email(self):
        self.level.attach_invoices = True
        mails = self.env["recouvrement.action"]
        for customer in self._customers(3):
            mails += self._letter(partner=customer)
        bad = mails[1].due_line_ids.move_id[0]
        render = type(self.documents)._render_invoices

        def fragile(documents, moves):
            if bad in moves:
                raise ValueError("bad report")
            return render(documents, moves)

        with (
            patch.object(type(self.documents), "_render_invoices", fragile),
            mute_logger("odoo.addons.recouvrement_b2b.reports.recouvrement_document"),
        ):
            documents, failures = self.documents._prepare_documents(mails)
        self.assertEqual(failures, {mails[1].id: "bad report"})
        self.assertEqual(len(documents[mails[0].id]), 2)

    def test_nothing_goes_with_an_sms(self):
        sms = self._letter()
        self.level.attach_statement = True
        sms.channel = "sms"
        self.assertEqual(self.documents._prepare_documents(sms), ({}, {}))


@tagged("post_install", "-at_install")
class TestPrint(DocumentCommon):
    """From the screen: the same documents, and what was sent as it was sent."""

    def _print(self, report, record):
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        return reports._render_qweb_pdf(f"recouvrement_b2b.{report}", record.ids)[0]

    def test_a_letter_to_come(self):
        letter = self._letter()
        self.assertEqual(title_of(self._print("report_letter", letter)), letter.name)

    def test_a_sent_letter_is_never_made_again(self):
        letter = self._letter()
        self.env["recouvrement.dispatch"]._print(letter)
        self.customer.name = "Somebody else"
        self.assertEqual(self._print("report_letter", letter), letter.document_ids.raw)

    def test_several_letters_in_one_document(self):
        letters = self.env["recouvrement.action"]
        for customer in self._customers(2):
            letters += self._letter(partner=customer)
        self.assertEqual(len(pages_of(self._print("report_letter", letters))), 2)

    def test_a_bad_text_is_told(self):
        letter = self._letter()
        self.level.letter_body = "<p><t t-out='1 / 0'/></p>"
        with (
            self.assertRaises(UserError),
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            self._print("report_letter", letter)

    def test_the_statement_of_a_contact_is_its_companys(self):
        self._letter()
        contact = self.env["res.partner"].create(
            {"name": "Paul", "parent_id": self.customer.id}
        )
        text = text_of(self._print("report_statement", contact))
        self.assertIn("Boulangerie Durand", text)
        self.assertIn("2,124.66", text)

    def test_the_page_can_be_looked_at_without_a_pdf(self):
        letter = self._letter()
        html, kind = self.env["ir.actions.report"]._render_qweb_html(
            "recouvrement_b2b.report_letter", letter.ids
        )
        self.assertEqual(kind, "html")
        self.assertIn(letter.name, html.decode())


@tagged("post_install", "-at_install")
class TestStatement(DocumentCommon):
    def _statement(self, partner=None, as_of=TODAY):
        partner = partner or self.customer
        pdfs = self.documents._render_statements(partner, self.company, as_of)
        return text_of(pdfs[partner.id])

    def _section(self, as_of=TODAY):
        page = self.env["recouvrement.statement.page"]
        pages = page._get_pages(self.customer, self.company, as_of)
        return pages[self.customer.id]["sections"][0]

    def test_items_credits_and_running_balance(self):
        values = {"currency_id": self.euro.id}
        self._create_due(70, 1000, **values)
        self._create_due(12, 250.5, **values)
        self._create_due(12, 100, move_type="out_refund", **values)
        self._create_due(-10, 40, **values)
        section = self._section()
        self.assertEqual(
            [row["residual"] for row in section["rows"]],
            ["1,000.00", "250.50", "-100.00", "40.00"],
        )
        self.assertEqual(
            [row["balance"] for row in section["rows"]],
            ["1,000.00", "1,250.50", "1,150.50", "1,190.50"],
        )
        ages = ["40.00", "250.50", "0.00", "1,000.00", "0.00", "-100.00", "1,190.50"]
        self.assertEqual(section["aging"], ages)
        self.assertIn("1,150.50", section["amount"], "due now")
        self.assertIn("1,190.50", self._statement())

    def test_as_of_a_past_date(self):
        move = self._create_due(12, 250, currency_id=self.euro.id)
        self._pay(move)
        self.assertIn("Nothing is open", self._statement())
        self.assertIn("250.00", self._statement(as_of=TODAY.replace(day=5)))

    def test_one_part_a_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self._create_due(12, 250, currency_id=self.euro.id)
        self._create_due(12, 470, currency_id=dollar.id)
        text = self._statement()
        self.assertIn("Amounts in EUR", text)
        self.assertIn("Amounts in USD", text)

    def test_the_invoice_address_and_its_language(self):
        self.env["res.partner"].create(
            {
                "name": "Comptabilité",
                "type": "invoice",
                "parent_id": self.customer.id,
                "street": "9 quai des Comptes",
                "zip": "33000",
                "city": "Bordeaux",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        self.customer.lang = "fr_FR"
        self._create_due(12, 250, currency_id=self.euro.id)
        text = self._statement()
        self.assertIn("33000 Bordeaux", text)
        self.assertIn("Lyon, le 15 juin 2026", text)


@tagged("post_install", "-at_install")
class TestMonthlyStatements(DocumentCommon):
    def setUp(self):
        super().setUp()
        self.company.collection_statement_monthly = True
        self.statements = self.env["recouvrement.statement"]

    def _create(self, as_of=TODAY):
        return self.statements._create_statements(self.company, as_of)

    def test_one_for_each_customer_who_owes(self):
        owes, paid, credit = self._customers(3)
        self._create_due(12, 100, owes)
        self._pay(self._create_due(12, 100, paid))
        self._create_due(12, 100, credit, move_type="out_refund")
        created = self._create()
        self.assertEqual(created.partner_id, owes)
        self.assertEqual((created.kind, created.channel), ("statement", "email"))
        self.assertEqual((created.state, created.amount), ("approved", 100))
        self.assertFalse(created.is_contact)

    def test_a_letter_where_there_is_no_email(self):
        self.customer.email = False
        self._create_due(12, 100)
        self.assertEqual(self._create().channel, "letter")

    def test_once_a_month(self):
        self._create_due(12, 100)
        self.assertTrue(self._create())
        self.assertFalse(self._create(TODAY.replace(day=30)))
        self.assertTrue(self._create(TODAY.replace(month=7, day=1)))

    def test_after_a_kill_only_what_is_missing(self):
        first, second = self._customers(2)
        self._create_due(12, 100, first)
        self._create()
        self._create_due(12, 100, second)
        self.assertEqual(self._create().partner_id, second)

    def test_the_monthly_letter_is_a_statement(self):
        self.customer.email = False
        self._create_due(12, 100, currency_id=self.euro.id)
        statement = self._create()
        content = self.env["recouvrement.dispatch"]._print(statement)
        self.assertIn("Statement of account", text_of(content))
        self.assertEqual(statement.state, "sent")
        self.assertTrue(statement.fingerprint)

    def test_the_monthly_job_serves_the_companies_that_want_it(self):
        self._create_due(12, 100)
        with self.enter_registry_test_mode():
            self.env.ref("recouvrement_b2b.cron_statement").method_direct_trigger()
        domain = [("kind", "=", "statement"), ("partner_id", "=", self.customer.id)]
        self.assertEqual(self.env["recouvrement.action"].search_count(domain), 1)
