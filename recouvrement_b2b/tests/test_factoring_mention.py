"""What invoices say of their assignment, on paper and in electronic form."""

from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged
from odoo.tools.mail import html2plaintext

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY
from .factoring_payee import FACTOR, FACTOR_IBAN, OWN_IBAN, FactoringPayeeCommon


@tagged("post_install", "-at_install")
class TestFactoringMention(FactoringPayeeCommon):
    def _invoice_html(self, move):
        report = self.env["ir.actions.report"]
        html, _type = report._render_qweb_html("account.report_invoice", move.ids)
        return html2plaintext(html.decode())

    def test_mention_of_a_subrogation(self):
        move = self._create_due(5)
        line = self._remit(move).line_ids
        html = self._invoice_html(move)
        self.assertIn(f"Please pay this invoice to {FACTOR} alone", html)
        self.assertIn("1346-1", html)
        self.assertEqual(self._ibans(html), [FACTOR_IBAN])
        self._record(line, "return", 1000, TODAY)
        html = self._invoice_html(move)
        self.assertNotIn(FACTOR, html)
        self.assertEqual(self._ibans(html), [OWN_IBAN])

    def test_mention_of_a_dailly_assignment(self):
        self.factor_partner.write(
            {"street": "3 rue du Bac", "zip": "75007", "city": "Paris"}
        )
        self.contract.kind = "dailly"
        move = self._create_due(5)
        self._remit(move)
        html = self._invoice_html(move)
        for words in (
            f"assigned to {FACTOR} under articles L. 313-23 to L. 313-35",
            f"to the order of {FACTOR}, sent to 3 rue du Bac",
            "IBAN FR76 3000 6000 0112 3456 7890 189",
        ):
            self.assertIn(words, html)

    def test_own_mention_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contract.mention = "Pay our factor."
        self.contract.with_context(lang="fr_FR").mention = "Payez notre factor."
        move = self._create_due(5)
        self._remit(move)
        self.assertIn("Pay our factor.", self._invoice_html(move))
        self.customer.lang = "fr_FR"
        self.assertIn("Payez notre factor.", self._invoice_html(move))

    def test_confidential_contract_leaves_no_trace(self):
        """Neither the factor's name nor its account, wherever the customer may look."""
        self._level_of(1).send_letter = True
        self.confidential.mention = "Facto France has bought it"
        move = self._create_due(5)
        move.company_id.write({"qr_code": True})
        self._remit(move, self.confidential)
        actions = self._launch().action_ids
        self.assertFalse(actions.factor_id)
        seen = [
            self._invoice_html(move),
            self._xml("cii", move),
            self._xml("bis3", move),
        ]
        seen += [self._email(action) for action in actions]
        letters = actions.filtered(lambda action: action.channel == "letter")
        for texts in self._letters(letters).values():
            seen += texts
        page = self.env["recouvrement.statement.page"]
        with self._codes():
            seen.append(str(page._get_pages(self.customer, self.company, TODAY)))
        with patch.object(
            type(self.own_bank),
            "build_qr_code_base64",
            lambda bank, *_a, **_k: bank.acc_number,
        ):
            seen.append(move._generate_qr_code())
        for text in seen:
            self.assertNotIn(FACTOR, text)
            self.assertNotIn("Facto", text)
            self.assertNotIn(FACTOR_IBAN, self._ibans(text))
        self.assertEqual(self._ibans(seen[0]), [OWN_IBAN])
        self.assertEqual(self._ibans(seen[-1]), [OWN_IBAN])

    # --- electronic invoices ---

    def _xml(self, form, move):
        name = {"cii": "account.edi.xml.cii", "bis3": "account.edi.xml.ubl_bis3"}[form]
        content, _errors = self.env[name]._export_invoice(move)
        return content.decode()

    def _find(self, xml, *path):
        root = etree.fromstring(xml.encode())
        found = root.xpath(
            "/*//" + "/".join(f"*[local-name()='{tag}']" for tag in path)
        )
        return [element.text for element in found]

    def test_factor_x_names_the_factor(self):
        self.factor_partner.company_registry = "55210055400013"
        move = self._create_due(5)
        before = self._xml("cii", move)
        self.assertNotIn("PayeeTradeParty", before)
        self._remit(move)
        xml = self._xml("cii", move)
        self.assertEqual(self._find(xml, "PayeeTradeParty", "Name"), [FACTOR])
        self.assertEqual(self._find(xml, "PayeeTradeParty", "RoleCode"), ["DL"])
        legal = self._find(xml, "PayeeTradeParty", "SpecifiedLegalOrganization", "ID")
        self.assertEqual(legal, ["552100554"], "SIREN, scheme 0002")
        self.assertEqual(self._find(xml, "IBANID"), [FACTOR_IBAN])
        self.assertEqual(self._find(xml, "IncludedNote", "SubjectCode"), ["ACC"])
        self.assertIn(FACTOR, self._find(xml, "IncludedNote", "Content")[0])
        self.assertEqual(self._find(xml, "ExchangedDocument", "TypeCode"), ["380"])
        settlement = etree.fromstring(xml.encode()).xpath(
            "//*[local-name()='ApplicableHeaderTradeSettlement']/*"
        )
        tags = [etree.QName(each).localname for each in settlement]
        self.assertLess(
            tags.index("InvoiceCurrencyCode"), tags.index("PayeeTradeParty")
        )
        self.assertEqual(
            tags.index("PayeeTradeParty") + 1,
            tags.index("SpecifiedTradeSettlementPaymentMeans"),
        )

    def test_ubl_names_the_factor(self):
        self.factor_partner.company_registry = "552100554"
        move = self._create_due(5, narration="Thank you")
        self._remit(move)
        xml = self._xml("bis3", move)
        self.assertEqual(self._find(xml, "PayeeParty", "PartyName", "Name"), [FACTOR])
        (note,) = self._find(xml, "Note")
        self.assertTrue(note.startswith(f"#ACC#Please pay this invoice to {FACTOR}"))
        self.assertTrue(note.endswith("Thank you"))
        account = self._find(xml, "PayeeFinancialAccount", "ID")
        self.assertEqual(account, [FACTOR_IBAN])
        root = etree.fromstring(xml.encode())
        tags = [etree.QName(each).localname for each in root]
        self.assertEqual(
            tags.index("AccountingCustomerParty") + 1, tags.index("PayeeParty")
        )
        (company,) = root.xpath("//*[local-name()='PayeeParty']//*[@schemeID]")
        self.assertEqual((company.text, company.get("schemeID")), ("552100554", "0002"))

    def test_customer_on_the_portal_reads_the_mention(self):
        """A person without any right on factoring prints and pays invoices."""
        user = mail_new_test_user(
            self.env, login="portal", groups="base.group_portal", name="Portal"
        )
        told, secret = self._create_due(5), self._create_due(6)
        self._remit(told)
        self._remit(secret, self.confidential)
        own = told.with_user(user).sudo(False)
        self.assertIn(FACTOR, own._get_assignment_mention())
        self.assertEqual(own._get_payee_party()["name"], FACTOR)
        self.assertFalse(secret.with_user(user)._get_assignment_mention())
        self.assertFalse(secret.with_user(user)._get_payee_party())
