"""Notified and confidential contracts, and what customers read of them, for tests."""

from unittest.mock import patch

from odoo import Command
from odoo.tools.mail import html2plaintext

from ..reports import recouvrement_letter_page
from .documents import text_of
from .factoring import FactoringCommon

FACTOR = "Facto France"
FACTOR_IBAN = "FR7630006000011234567890189"
OWN_IBAN = "FR1420041010050500013M02606"


class FactoringPayeeCommon(FactoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.own_bank = cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": OWN_IBAN,
                "allow_out_payment": True,
            }
        )
        cls.contract.currency_ids += cls.euro
        cls.confidential = cls._contract(
            name="Secret", notified=False, currency_ids=[Command.set(cls.euro.ids)]
        )
        cls.customer.lang = "en_US"
        template = cls.env.ref("recouvrement_b2b.mail_template_first")
        cls.policy.level_ids.write({"email_template_id": template.id})

    @classmethod
    def _create_due(cls, days, *args, **values):
        values.setdefault("currency_id", cls.euro.id)
        return super()._create_due(days, *args, **values)

    def _ibans(self, text):
        """Return which of the two accounts a text shows."""
        packed = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        return [iban for iban in (OWN_IBAN, FACTOR_IBAN) if iban in packed]

    def _codes(self):
        """Have payment codes written as the text that they hold."""
        return patch.object(recouvrement_letter_page, "qr_svg", lambda text: text)

    def _letters(self, actions):
        """Return ``{action: (text of its letter, text of its payment code)}``."""
        with self._codes():
            pages, failures = self.env["recouvrement.letter.page"]._get_pages(actions)
        self.assertFalse(failures)
        pdfs, failures = self.env["recouvrement.document"]._render_letters(actions)
        self.assertFalse(failures)
        return {
            action: (
                text_of(pdfs[action.id]),
                str(pages[action.id]["payment"]["qr"]),
            )
            for action in actions
        }

    def _email(self, action):
        template = action.level_id.email_template_id
        return html2plaintext(
            template._render_field("body_html", action.ids)[action.id]
        )
