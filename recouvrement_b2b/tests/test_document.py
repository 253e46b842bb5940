import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

from pypdf import PdfWriter

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..reports.recouvrement_letter_page import RecouvrementLetterPage
from ..tools import pdf as pdf_tools
from .common import RecouvrementCommon
from .documents import pages_of, places_of, text_of, title_of

IBAN = "FR7630006000011234567890189"


class DocumentCommon(RecouvrementCommon):
    """A French company in euros, with a bank account, and its letters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env.ref("base.EUR").active = True
        cls.euro = cls.env.ref("base.EUR")
        cls.company.write(
            {
                "name": "Atelier Vauban SAS",
                "street": "12 rue de la République",
                "zip": "69002",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "company_registry": "40483304800022",
                "collection_legal_mentions": "SAS au capital de 50 000 € · RCS Lyon",
            }
        )
        cls.bank = cls._create_bank(IBAN)
        cls.level = cls._level_of(cls, 1)
        cls.level.write({"send_email": False, "send_letter": True})
        cls.documents = cls.env["recouvrement.document"]

    @classmethod
    def _create_customer(cls, name, **values):
        return super()._create_customer(name, **{"lang": "en_US", **values})

    @classmethod
    def _create_bank(cls, number):
        return cls.env["res.partner.bank"].create(
            {
                "acc_number": number,
                "partner_id": cls.company.partner_id.id,
            }
        )

    def _letter(self, amounts=(1234.56, 890.1), days=12, partner=None, **values):
        """Return the letter that the run makes of new invoices in euros."""
        for amount in amounts:
            values.setdefault("currency_id", self.euro.id)
            self._create_due(days, amount, partner, **values)
        customer = partner or self.customer
        return self._launch().action_ids.filtered(
            lambda action: action.partner_id == customer
        )

    def _render(self, action):
        pdfs, failures = self.documents._render_letters(action)
        self.assertFalse(failures)
        return pdfs[action.id]

    def _customers(self, count):
        return [self._create_customer(f"Client {number}") for number in range(count)]


@tagged("post_install", "-at_install")
class TestLetter(DocumentCommon):
    def test_a_letter_says_who_what_and_how_to_pay(self):
        letter = self._letter()
        text = text_of(self._render(letter))
        for part in (
            "Atelier Vauban SAS",
            "SAS au capital de 50 000 € · RCS Lyon",
            "SIREN 404 833 048",
            "Boulangerie Durand",
            "75002 Paris",
            letter.name,
            *letter.line_ids.move_id.mapped("name"),
            "1,234.56",
            "890.10",
            "2,124.66",
            "FR76 3000 6000 0112 3456 7890 189",
            "Please pay.",
            "Claire Martin",
            f"{letter.name} – 1/1",
        ):
            self.assertIn(part, text)

    def test_the_address_is_in_the_window_of_the_envelope(self):
        """NF Z 11-001: a window 100 mm wide and 45 high, 20 mm from the right edge."""
        name = "Société Industrielle de Mécanique et de Chaudronnerie du Sud-Ouest"
        customer = self._create_customer(
            name, street2="Bâtiment C", email="a@b.example"
        )
        places = places_of(self._render(self._letter(partner=customer)))
        address = [
            (left, top)
            for text, left, top in places
            if text in ("Bâtiment C", "75002 Paris", "1 rue de la Paix")
        ]
        self.assertEqual(len(address), 3)
        for left, top in address:
            self.assertTrue(100 < left < 190, left)
            self.assertTrue(48 < top < 92, top)
        strangers = [text for text, left, top in places if left > 98 and 46 < top < 94]
        self.assertFalse(
            [text for text in strangers if text not in f"{name} Bâtiment C 75002 Paris"
             " 1 rue de la Paix"]
        )  # fmt: skip

    def test_the_longest_address_stays_in_the_window(self):
        customer = self._create_customer(
            "Établissements Jean-Baptiste de La Tour d'Auvergne-Lauraguais et Fils, "
            "Société par actions simplifiée à associé unique",
            street="Parc d'activités de la Plaine de l'Ain, bâtiment Mercure, porte 12",
            street2="Direction administrative et financière, service fournisseurs",
            city="Saint-Vulbas-sur-Rhône-en-Bugey CEDEX 03",
            email="a@b.example",
        )
        places = places_of(self._render(self._letter(partner=customer)))
        tops = [top for text, _left, top in places if "Saint-Vulbas" in text]
        self.assertEqual(len(tops), 1)
        self.assertLess(tops[0], 92)

    def test_the_widest_table_stays_on_the_sheet(self):
        """Long references, large amounts and a deduction: no figure is cut."""
        euro = self.euro.id
        self._create_due(12, 1e6, move_type="out_refund", currency_id=euro)
        letter = self._letter([123456789.12, 98765432.1], ref="ORDER-" * 9)
        page = self.env["recouvrement.letter.page"]._get_pages(letter)[0][letter.id]
        self.assertTrue(page["is_dense"])
        self.assertFalse(page["has_references"])
        places = places_of(self._render(letter))
        starts = [left for text, left, _top in places if text == page["asked"]]
        self.assertTrue(starts)
        self.assertLess(max(starts), 195 - 16, "its 14 characters end on the sheet")
        self.assertIn("ORDER-ORDER-", text_of(self._render(letter)).replace(" ", ""))

    def test_each_customer_reads_its_own_language(self):
        french = self._create_customer("Garage Petit", lang="fr_FR")
        english = self._create_customer("Northwind Ltd", lang="en_US")
        letters = self._letter(partner=french) + self._letter(partner=english)
        pdfs, _failures = self.documents._render_letters(letters)
        first, second = (text_of(pdfs[letter.id]) for letter in letters)
        self.assertIn("Lyon, le 15 juin 2026", first)
        self.assertIn("1 234,56", first)
        self.assertIn("Lyon, June 15, 2026", second)
        self.assertIn("1,234.56", second)

    def test_long_letters_repeat_their_head_and_number_their_pages(self):
        amounts = [100 + number / 100 for number in range(60)]
        letter = self._letter(amounts)
        pages = pages_of(self._render(letter))
        self.assertGreater(len(pages), 1)
        names = letter.line_ids.move_id.mapped("name")
        for name in names:
            self.assertEqual(sum(name in page for page in pages), 1, "a row is cut")
        for number, page in enumerate(pages, start=1):
            self.assertIn(f"{letter.name} – {number}/{len(pages)}", page)
            if any(name in page for name in names):
                self.assertIn("Due date", page)

    def test_what_is_deducted_can_be_recomputed(self):
        self._create_due(12, 300, move_type="out_refund", currency_id=self.euro.id)
        letter = self._letter((1000.0, 500.0))
        text = text_of(self._render(letter))
        self.assertEqual(letter.amount, 1200.0)
        self.assertIn("1,500.00 -300.00 1,200.00", text)  # remaining, deducted, to pay
        self.assertIn("In your favour", text)

    def test_the_rest_of_the_account_is_shown_apart(self):
        other = self._create_due(-20, 77.7, currency_id=self.euro.id)
        text = text_of(self._render(self._letter()))
        self.assertIn("not due yet", text)
        self.assertIn(other.name, text)
        self.assertIn("2,124.66", text)

    def test_a_registered_letter_says_so(self):
        self.level.registered = True
        letter = self._letter()
        letter.registered_number = "1A 203 456 7890 1"
        text = text_of(self._render(letter))
        self.assertIn("Registered letter with acknowledgement of receipt", text)
        self.assertIn("1A 203 456 7890 1", text)

    def test_penalties_are_mentioned_once_where_the_level_says_so(self):
        letter = self._letter()
        self.assertNotIn("L441-10", text_of(self._render(letter)))
        self.level.penalties = "mention"
        self.assertEqual(text_of(self._render(letter)).count("L441-10"), 1)
        call = "<t t-call='recouvrement_b2b.mail_penalties'/>"
        self.level.letter_closing = f"<p>Listen.</p>{call}<p>Yours,</p>"
        self.assertEqual(text_of(self._render(letter)).count("L441-10"), 1)

    def test_details_and_footer_of_the_company_are_kept(self):
        self.company.company_details = "<p>Atelier Vauban<br/>Since 1667</p>"
        self.company.report_footer = "<p>SIREN 404833048<br/>A second line</p>"
        text = text_of(self._render(self._letter()))
        self.assertIn("Since 1667", text)
        self.assertIn("A second line", text)
        self.assertNotIn("404 833 048", text, "said twice")


@tagged("post_install", "-at_install")
class TestPaymentCode(DocumentCommon):
    """The EPC code; how it is drawn is tested in test_qr."""

    def _code(self, letter):
        """Return the lines of the code on a letter, False when it has none."""
        drawn = []
        page = self.env["recouvrement.letter.page"]
        with patch(
            f"{RecouvrementLetterPage.__module__}.qr_svg",
            lambda text: drawn.append(text) or "",
        ):
            page._get_pages(letter)
        return drawn[0].split("\n") if drawn else False

    def test_the_code_holds_the_transfer(self):
        letter = self._letter()
        numbers = " ".join(letter._text_lines("due").move_id.mapped("name"))
        self.assertEqual(
            self._code(letter),
            ["BCD", "002", "1", "SCT", "", "Atelier Vauban SAS", IBAN, "EUR2124.66"]
            + ["", "", f"{letter.name} {numbers}", ""],
        )

    def test_the_free_text_keeps_whole_numbers_within_its_length(self):
        letter = self._letter([10.0] * 30)
        text = self._code(letter)[10]
        self.assertLessEqual(len(text), 140)
        names = letter.line_ids.move_id.mapped("name")
        self.assertTrue(set(text.split()[1:]) <= set(names))

    def test_no_code_for_other_currencies(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        letter = self._letter(currency_id=dollar.id)
        self.assertFalse(self._code(letter))
        self.assertIn("USD", text_of(self._render(letter)))

    def test_no_code_for_other_accounts(self):
        self.bank.acc_number = "12345678"
        self.assertFalse(self._code(self._letter()))

    def test_a_company_without_account_has_letters_too(self):
        self.bank.unlink()
        self.assertIn("2,124.66", text_of(self._render(self._letter())))


@tagged("post_install", "-at_install")
class TestBatch(DocumentCommon):
    """Many letters at once: each customer's own, whatever happens to the others."""

    def _letters(self, count):
        for customer in self._customers(count):
            self._create_due(12, 100, customer, currency_id=self.euro.id)
            self._create_due(13, 50, customer, currency_id=self.euro.id)
        return self._launch().action_ids

    def test_every_part_is_its_own_customers(self):
        letters = self._letters(12)
        pdfs, failures = self.documents._render_letters(letters)
        self.assertFalse(failures)
        names = letters.partner_id.mapped("name")
        for letter in letters:
            text = text_of(pdfs[letter.id])
            self.assertEqual(title_of(pdfs[letter.id]), letter.name)
            self.assertIn(f"{letter.name} – 1/1", text)
            named = [name for name in names if f"{name} " in text]
            self.assertEqual(named, [letter.partner_id.name])

    def test_one_call_for_all(self):
        letters = self._letters(5)
        self.documents._render_letters(letters[:1])  # measures the zoom, once
        with patch.object(pdf_tools, "_call", wraps=pdf_tools._call) as call:
            self.documents._render_letters(letters)
        self.assertEqual(call.call_count, 1)

    def test_few_queries_a_letter(self):
        letters = self._letters(12)
        self.documents._render_letters(letters)
        counts = []
        for batch in (letters[:2], letters):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.documents._render_letters(batch)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 2 * 10)

    def test_a_bad_text_stops_only_its_own_letters(self):
        letters = self._letters(3)
        victim = letters[1]
        self.level.letter_body = (
            f"<p>Rate: <t t-out='1 / (object.id - {victim.id})'/></p>"
        )
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            content = self.env["recouvrement.dispatch"]._print(letters)
        self.assertEqual(letters.mapped("state"), ["sent", "failed", "sent"])
        self.assertEqual(victim.failure, "content")
        self.assertTrue(victim.activity_ids)
        self.assertEqual(len(pages_of(content)), 2)

    def test_a_heading_in_a_text_is_no_letter_of_its_own(self):
        letters = self._letters(3)
        self.level.letter_body = "<h1>R000001</h1><p>Please pay.</p>"
        _pdfs, failures = self.documents._render_letters(letters)
        self.assertFalse(failures)

    def test_a_document_that_breaks_the_call_is_found(self):
        letters = self._letters(5)
        victim = letters[3]
        call = pdf_tools._call

        def fragile(program, arguments, output, timeout=None):
            if any(victim.name in str(argument) for argument in arguments):
                raise pdf_tools.ConversionError("it broke")
            return call(program, arguments, output, timeout)

        with patch.object(pdf_tools, "_call", fragile):
            pdfs, failures = self.documents._render_letters(letters)
        self.assertEqual(failures, {victim.id: "it broke"})
        self.assertEqual(set(pdfs), set((letters - victim).ids))

    def test_parts_that_are_not_those_expected_go_to_nobody(self):
        writer = PdfWriter()
        for title in ("R1", "R2", "R2"):
            page = writer.add_blank_page(100, 100)
            if title not in [each.title for each in writer.outline]:
                writer.add_outline_item(title, page_number=page.page_number)
        content = pdf_tools._to_bytes(writer)
        for references in (["R2", "R1"], ["R1"], ["R1", "R2", "R3"], ["R1", "R3"]):
            with self.assertRaises(pdf_tools.ConversionError):
                pdf_tools.split(content, references)

    def test_the_dispatch_keeps_each_letter_and_gives_all(self):
        letters = self._letters(3)
        content = self.env["recouvrement.dispatch"]._print(letters)
        self.assertEqual(len(pages_of(content)), 3)
        for letter in letters:
            self.assertEqual(title_of(letter.document_ids.raw), letter.name)
            self.assertIn(letter.name, letter.document_ids.name)

    def test_nothing_of_nothing(self):
        self.assertEqual(self.documents._merge([]), b"")
        none = self.env["recouvrement.action"]
        self.assertEqual(self.documents._render_letters(none), ({}, {}))


@tagged("post_install", "-at_install")
class TestHostile(DocumentCommon):
    """Texts and names come from people: they reach no file and no server."""

    def test_letters_fetch_nothing(self):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *args):
                """Say nothing: tests are watched for what they log."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        self.level.letter_body = (
            f"<p>Pay.</p><img src='http://127.0.0.1:{server.server_port}/spy.png'/>"
            "<img src='file:///etc/hostname'/>"
        )
        self.assertIn("Pay.", text_of(self._render(self._letter())))
        self.assertFalse(asked)

    def test_names_are_text(self):
        name = "<b>Dupont</b> & <script>alert(1)</script> {{ 1 + 1 }}"
        customer = self._create_customer("Dupont")
        customer.name = name
        text = text_of(self._render(self._letter(partner=customer)))
        self.assertIn(name.replace(" ", ""), text.replace(" ", ""))
