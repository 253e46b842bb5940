"""Figures that rest on a rate that nobody has checked yet say so, wherever they are."""

from odoo.tests import tagged

from .documents import pages_of, text_of
from .penalties import ClaimCommon
from .smtp import smtp_server
from .test_document import DocumentCommon

UNCHECKED = "One of the rates has not been checked against its official text yet."
MARKED = "12.15 *"
NOTE = "* This rate has not been checked against its official text yet."


def set_verified(env, value):
    """Say how far the rates of the half-year of today were checked."""
    rate = env.ref("recouvrement_b2b.reference_rate_2026_1")
    rate.write({"ecb_verified": value, "legal_verified": value})
    env.invalidate_all()


@tagged("post_install", "-at_install")
class TestUnverifiedClaim(ClaimCommon):
    def _get_claim_text(self, claim):
        pages = self.env["recouvrement.penalty.claim.page"]._get_pages(claim)
        return text_of(self.env["recouvrement.document"]._render_all(pages)[claim.id])

    def test_the_document_of_a_claim(self):
        set_verified(self.env, "unverified")
        claim = self._claimed()
        set_verified(self.env, "official")  # the claim is as it was made
        text = self._get_claim_text(claim)
        self.assertIn(MARKED, text)
        self.assertIn(NOTE, text)

    def test_the_document_of_a_checked_claim(self):
        text = self._get_claim_text(self._claimed())
        self.assertIn("12.15", text)
        self.assertNotIn(MARKED, text)
        self.assertNotIn("has not been checked", text)

    def test_the_invoice_of_a_claim(self):
        set_verified(self.env, "unverified")
        claim = self._claimed()
        claim.action_invoice()
        self.assertIn("article 256). " + UNCHECKED, claim.invoice_ids.narration)

    def test_the_invoice_of_a_checked_claim(self):
        claim = self._claimed()
        claim.action_invoice()
        self.assertIn("article 256)", claim.invoice_ids.narration)
        self.assertNotIn("checked", claim.invoice_ids.narration)


@tagged("post_install", "-at_install")
class TestUnverifiedLetter(DocumentCommon):
    """10,000.00 due 135 days ago: 449.38 at 12.15 %."""

    def setUp(self):
        super().setUp()
        self.level.penalties = "show"

    def test_a_letter_and_its_annex(self):
        letter = self._letter((10000,), 135)
        first, annex = pages_of(self._render(letter))
        self.assertIn("449.38 €", first)
        self.assertNotIn("has not been checked", first + annex)
        set_verified(self.env, "unverified")
        first, annex = pages_of(self._render(letter))
        self.assertIn("40.00 € of fixed indemnities. " + UNCHECKED, first)
        self.assertIn(MARKED, annex)
        self.assertIn(NOTE, annex)

    def test_a_sentence_of_interest_alone(self):
        terms = self.env.ref("recouvrement_b2b.penalty_terms_france")
        self.customer.penalty_terms_id = terms.copy(
            {"indemnity": 0, "country_ids": False}
        )
        set_verified(self.env, "unverified")
        letter = self._letter((10000,), 135)
        self.assertRegex(letter._text_penalties(), f"2026. {UNCHECKED}$")
        set_verified(self.env, "secondary")
        self.assertRegex(letter._text_penalties(), "2026.$")

    def test_an_e_mail(self):
        set_verified(self.env, "unverified")
        self.level.write({"send_email": True, "send_letter": False})
        self.email_template.body_html = (
            "<div><t t-call='recouvrement_b2b.mail_penalties'/></div>"
        )
        with smtp_server(self.env) as mailbox:
            self._letter((10000,), 135)
        body = mailbox.messages[0].get_body().get_content()
        self.assertIn(UNCHECKED, " ".join(body.split()))
