"""What is signed, and what customers are told: the words that the law wants."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY
from .documents import pages_of, text_of
from .factoring import FactoringCommon


class AssignmentDocumentCommon(FactoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.write(
            {
                "name": "Fournil de l'Ouest",
                "street": "12 rue des Moulins",
                "zip": "35000",
                "city": "Rennes",
                "company_registry": "73282932000074",
            }
        )
        cls.customer.write(
            {"company_registry": "55208131766522", "ref": "C0001", "lang": "en_US"}
        )
        cls.dailly = cls._contract(name="Bank", kind="dailly")

    def _text(self, assignment):
        return text_of(assignment._render_receipt())

    def assertSays(self, text, *expected):
        for each in expected:
            self.assertIn(each, text)


@tagged("post_install", "-at_install")
class TestReceipt(AssignmentDocumentCommon):
    def test_the_receipt_of_a_subrogation(self):
        invoice = self._create_due(-30, 1000)
        credit = self._create_due(-30, 300.5, move_type="out_refund")
        remittance = self._remit(invoice + credit)
        self.assertSays(
            self._text(remittance),
            "Quittance subrogative (Receipt with subrogation)",
            remittance.name,
            "Supplier (subrogating) Fournil de l'Ouest, SIRET 73282932000074",
            "Factor (subrogated) Facto France",
            "C-100 · client code 138001",
            "Documents 2",
            "receives from Facto France payment of the documents listed below",
            "expressly subrogates Facto France",
            "articles 1346-1 and following of the French civil code",
            f"{invoice.name} 06/15/2026 07/15/2026 Boulangerie Durand",
            "SIRET 55208131766522 · 75002 Paris 1,000.00 1,000.00",
            f"{credit.name} Credit note 06/15/2026",
            "-300.50 699.50",
            "Total 699.50",
            "$ 699.50 (six hundred and ninety-nine dollars, fifty cents)",
            "takes effect at the time of the payment",
            "credits the account",
            "“Bon pour subrogation”",
            "Date of the payment, which is that of the subrogation",
        )

    def test_the_dailly_form_has_what_the_law_wants(self):
        invoice = self._create_due(-30, 1000)
        text = self._text(self._remit(invoice, self.dailly))
        self.assertSays(
            text,
            # L313-23: the name, the articles, the bank, each claim
            "Acte de cession de créances professionnelles",
            "subject to articles L313-23 to L313-34 of the French monetary and",
            "Assignee (beneficiary) Facto France",
            "Debtor and place of payment",
            f"{invoice.name} 06/15/2026 07/15/2026 Boulangerie Durand",
            "75002 Paris 1,000.00",
            # L313-24, L313-25, L313-27
            "jointly and severally liable",
            "signature of the assignor",
            "Date, affixed by the assignee alone (article L313-25)",
            "on the date that the assignee affixes",
        )
        self.assertNotIn("Bon pour subrogation", text)

    def test_without_recourse_the_assignor_guarantees_no_payment(self):
        self.dailly.recourse = False
        text = self._text(self._remit(self._create_due(-30, 1000), self.dailly))
        self.assertSays(text, "not liable for the payment of the claims")
        self.assertNotIn("jointly and severally", text)

    def test_many_documents_on_clean_pages(self):
        self.contract.customer_ids.approved_amount = 0
        moves = self.env["account.move"]
        for number in range(60):
            moves += self._create_due(-30, 100 + number)
        remittance = self._remit(moves)
        pages = pages_of(remittance._render_receipt())
        self.assertGreater(len(pages), 2)
        for number, page in enumerate(pages, start=1):
            self.assertSays(page, f"{remittance.name} – {number}/{len(pages)}")
            if "07/15/2026" in page:
                self.assertSays(
                    page, "Documents paid", "Running total", "Amounts in USD"
                )
        text = " ".join(pages)
        for move in moves:
            self.assertEqual(text.count(f"{move.name} "), 1)
        self.assertSays(pages[-1], "$ 7,770.00", "Bon pour subrogation")
        self.assertIn("Total 7,770.00", text)

    def test_a_foreign_currency_is_named(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.contract.currency_ids = [Command.link(euro.id)]
        invoice = self._create_due(-30, 1234.5, currency_id=euro.id)
        text = self._text(self._remit(invoice))
        self.assertSays(text, "Amounts in EUR", "1,234.50 €")
        self.assertSays(text, "one thousand, two hundred and thirty-four euro, fifty")

    def test_the_words_follow_the_language_of_the_factor(self):
        page = self.env["recouvrement.assignment.page"]
        remittance = self._remit(self._create_due(-30, 1000), sign=False)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.factor_partner.lang = "fr_FR"
        values = page._get_values(remittance)
        self.assertEqual(values["lang"], "fr_FR")
        self.assertEqual(values["subject"], "Quittance subrogative")
        self.assertEqual(values["words"], "mille dollars")
        self.factor_partner.lang = False
        self.assertEqual(page._get_values(remittance)["lang"], "fr_FR")

    def test_foreign_debtors_are_told_by_their_country_and_vat(self):
        customer = self._create_customer(
            "Bäckerei Schmidt",
            country_id=self.env.ref("base.de").id,
            zip="10115",
            city="Berlin",
            vat="DE136695976",
        )
        self.contract.listed_only = False
        text = self._text(self._remit(self._create_due(-30, 1000, customer)))
        self.assertSays(text, "Bäckerei Schmidt DE136695976 · 10115 Berlin, Germany")


@tagged("post_install", "-at_install")
class TestNotices(AssignmentDocumentCommon):
    pays = True  # the factor, at once

    def _remit(self, *args, **kwargs):
        """Return a remittance that the factor has paid for: a subrogation begins so."""
        remittance = super()._remit(*args, **kwargs)
        subrogation = remittance.factor_id.kind == "subrogation"
        if self.pays and subrogation and remittance.state == "signed":
            remittance.sudo()._become_financed(TODAY)
        return remittance

    def _notice(self, remittance):
        return text_of(remittance._render_notices()[0])

    def test_the_notice_of_a_subrogation(self):
        invoice = self._create_due(-30, 1000, ref="BC-4500")
        self.assertSays(
            self._notice(self._remit(invoice)),
            "Your invoices are assigned to Facto France: new payee",
            "Customer number C0001",
            "subrogated in our rights (French civil code, articles 1346-1",
            "notification that article 1346-5 provides for",
            "only a payment to Facto France discharges you",
            f"{invoice.name} Your reference: BC-4500 06/15/2026 07/15/2026 1,000.00",
            "By transfer to Facto France IBAN FR76 3000 6000 0112 3456 7890 189",
            f"Reference {invoice.name}",
            "any complaint about these invoices",
        )

    def test_the_notice_of_a_dailly_assignment_is_the_banks(self):
        text = self._notice(self._remit(self._create_due(-30, 1000), self.dailly))
        self.assertSays(
            text,
            # R313-15
            "In the name of Facto France, we notify you",
            "conditions of articles L313-23 to L313-35",
            "12 rue des Moulins",
            "has assigned to us the claims below, which you owe it",
            "In accordance with article L313-28, we ask you to cease",
            "to be paid by transfer to the order of Facto France",
            "IBAN FR76",
        )
        self.assertNotIn("1346", text)

    def test_one_letter_a_customer_of_what_it_still_owes(self):
        other = self._create_customer("Garage Petit", lang="en_US")
        self.contract.listed_only = False
        first = self._create_due(-30, 1000)
        second = self._create_due(-30, 500, other)
        credit = self._create_due(-30, 100, other, move_type="out_refund")
        remittance = self._remit(first + second + credit)
        durand, petit = (text_of(pdf) for pdf in remittance._render_notices())
        self.assertSays(durand, "Boulangerie Durand", first.name, "1,000.00")
        self.assertNotIn(second.name, durand)
        self.assertSays(
            petit, "Garage Petit", f"{credit.name} Credit note", "Total 400.00"
        )
        line = remittance.line_ids.filtered(lambda line: line.move_id == second)
        self._record(line, "customer_payment", 200, "2026-06-15")
        self.assertSays(text_of(remittance._render_notices(other)[0]), "Total 200.00")
        action = remittance.action_print_notices()
        number = remittance.name.replace("/", "-")
        filename = action["params"]["data"]["filename"]
        self.assertEqual(filename, f"Notices {number}.pdf")
        self.assertEqual(remittance.message_ids[0].attachment_ids.name, filename)
        self.assertEqual(set(remittance.line_ids.mapped("customer_told_date")), {TODAY})

    def test_nobody_is_told_of_a_confidential_contract(self):
        self.contract.notified = False
        remittance = self._remit(self._create_due(-30, 1000))
        with self.assertRaisesRegex(UserError, "confidential"):
            remittance._render_notices()

    def test_the_payee_is_to_be_known(self):
        self.contract.partner_bank_id = False
        remittance = self._remit(self._create_due(-30, 1000))
        with self.assertRaisesRegex(UserError, "Choose the account to be paid"):
            remittance._render_notices()

    def test_nothing_is_told_before_the_signature(self):
        remittance = self._remit(self._create_due(-30, 1000), sign=False)
        with self.assertRaisesRegex(UserError, "Record first"):
            remittance._render_notices()

    def test_no_subrogation_is_told_before_the_factor_has_paid(self):
        self.pays = False
        remittance = self._remit(self._create_due(-30, 1000))
        self.assertEqual(remittance.state, "signed")
        with self.assertRaisesRegex(UserError, "Record first"):
            remittance._render_notices()
