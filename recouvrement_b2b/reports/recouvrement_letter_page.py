import logging
import re

import lxml.html
from markupsafe import Markup

from odoo import api, models
from odoo.tools import mute_logger
from odoo.tools.misc import get_lang

from ..tools.qr import qr_svg

_logger = logging.getLogger(__name__)

HEADING = re.compile(r"(</?)h1\b", re.IGNORECASE)
COLUMNS = ("label", "ref", "date", "due", "days", "original", "residual") + (
    "deducted",
    "asked",
)
LAST_PARAGRAPHS = 2  # never on another page than the signature
REMITTANCE_LENGTH = 140  # characters of a SEPA transfer's free text


class RecouvrementLetterPage(models.AbstractModel):
    """What a letter says: plain values, ready to be laid out by ``letter_document``.

    Everything is written out here, in the customer's language, so that the template
    has nothing to compute and a thousand letters take little time.
    """

    _name = "recouvrement.letter.page"
    _description = "Collection Letter"

    @api.model
    def _get_pages(self, actions):
        """Return ``{action id: values of its letter}`` and ``{action id: failure}``.

        The values hold ``template``, ``company``, ``lang`` and ``reference``, and what
        the template shows.
        """
        self._prefetch(actions)
        pages, failures = {}, {}
        for lang, group in actions.grouped(self._get_lang).items():
            letters = group.with_context(lang=lang)
            page = letters.env[self._name]
            texts = page._render_texts(letters, failures)
            annexes = letters.env["recouvrement.penalty.page"]._get_annexes(letters)
            for action in letters:
                if action.id in texts:
                    values = page._get_values(action, *texts[action.id])
                    pages[action.id] = values | {"annex": annexes.get(action.id)}
        return pages, failures

    def _prefetch(self, actions):
        """Read what the letters need of other records, for all of them at once."""
        (actions.partner_id | actions.contact_id).mapped("street")
        actions.line_ids.move_line_id.mapped("amount_currency")
        actions.line_ids.move_id.mapped("ref")

    @api.model
    def _get_lang(self, action):
        """Return the customer's language, else the company's, as it is installed."""
        lang = action.lang or action.company_id.partner_id.lang
        return get_lang(self.env, lang).code

    # --- texts of the level ---

    def _render_texts(self, actions, failures):
        """Return ``{action id: (text above the table, text below)}``.

        A text that cannot be rendered is found customer by customer: it is added to
        ``failures`` and leaves the others alone.
        """
        texts = {}
        for level, group in actions.grouped("level_id").items():
            try:
                with self.env.cr.savepoint(), mute_logger("odoo.addons.mail"):
                    texts |= self._render_level_texts(level, group)
            except Exception as error:  # noqa: BLE001 stops none of the others
                if len(group) > 1:
                    for action in group:
                        texts |= self._render_texts(action, failures)
                else:
                    _logger.warning("Text of letter %s: %s", group.name, error)
                    failures[group.id] = str(error)
        return texts

    def _render_level_texts(self, level, actions):
        """Render the two texts of a level for several actions."""
        if not level:
            return dict.fromkeys(actions.ids, ("", ""))
        bodies, closings = (
            level._render_field(name, actions.ids)
            for name in ("letter_body", "letter_closing")
        )
        return {
            action_id: (
                self._without_headings(bodies[action_id]),
                self._without_headings(closings[action_id]),
            )
            for action_id in actions.ids
        }

    def _without_headings(self, text):
        """Lower the headings of a text: a letter has one, its reference."""
        return Markup(HEADING.sub(r"\1h2", text or ""))

    # --- values ---

    def _get_values(self, action, body, closing):
        """Return what the letter of one action shows; extend it to add values."""
        layout = self.env["recouvrement.layout"]
        contact = action._postal_contact() or action.contact_id or action.partner_id
        day = self._get_date(action)
        recipient = layout._address_lines(contact, action.company_id)
        closing, last_words = self._split_closing(closing)
        body = body or self.env._("Please find below the items open on your account.")
        return {
            "template": "recouvrement_b2b.letter_document",
            "company": action.company_id,
            "object": action,
            "lang": self.env.lang,
            "reference": action.name,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(action.company_id, day),
            "subject": self._get_subject(action),
            "body": body,
            "closing": closing,
            "last_words": last_words,
            "adds_penalties": "L441-10" not in body + closing + last_words,
            **self._get_tables(action, day),
            "payee": action._text_payee(),
            "payment": self._get_payment(
                action.company_id,
                action._text_bank(),
                action.amount,
                action.currency_id,
                action._text_payment_reference(),
                [line._text_label() for line in action._text_lines("due")],
            ),
        }

    def _split_closing(self, closing):
        """Return the closing text, and its end, which stays with the signature."""
        if not closing:
            return closing, ""
        root = lxml.html.fragment_fromstring(closing, create_parent="div")
        end = root.xpath(".//p")[-LAST_PARAGRAPHS:]
        for paragraph in end:
            paragraph.drop_tree()
        first, *last = (
            Markup(lxml.html.tostring(each, encoding="unicode", with_tail=False))
            for each in (root, *end)
        )
        return first, Markup("").join(last)

    def _get_date(self, action):
        """Return the date on the letter: the day it was sent, else today."""
        return action._contact_day()

    def _get_subject(self, action):
        subject = action.level_id.letter_subject
        return subject or self.env._("Items open on your account")

    def _get_tables(self, action, day):
        """Return the tables of items: asked for, for information, in favour."""
        currency = action.currency_id
        layout = self.env["recouvrement.layout"]
        kinds = ("due", "overdue", "upcoming", "credit")
        lines = {kind: action._text_lines(kind) for kind in kinds}
        tables = {
            kind: [self._get_row(line, day) for line in lines[kind]] for kind in kinds
        }
        remaining = {kind: sum(lines[kind].mapped("residual")) for kind in kinds}
        asked = sum(lines["due"].mapped("amount"))
        return {
            "tables": tables,
            "totals": {
                kind: layout._format_amount(remaining[kind], currency) for kind in kinds
            },
            "currency_name": currency.name,
            "has_deductions": any(row["deducted"] for row in tables["due"]),
            "has_references": layout._has_reference_column(tables["due"]),
            "is_dense": layout._is_dense(action.company_id, tables["due"], COLUMNS),
            "deducted": layout._format_amount(asked - remaining["due"], currency),
            "asked": layout._format_amount(asked, currency),
            "amount": layout._format_money(action.amount, currency),
        }

    def _get_row(self, line, day):
        """Return one row of a table, its figures written out."""
        layout, currency = self.env["recouvrement.layout"], line.currency_id
        label = line._text_label()
        deducted = currency.round(line.amount - line.residual)
        days = (day - line.date_due).days if line.date_due else 0
        original = line.move_line_id.amount_currency
        return {
            "label": label,
            "label_style": layout._label_style(label),
            "ref": line.move_id.is_invoice(True) and line.move_id.ref or "",
            "date": layout._format_date(line._text_date()),
            "due": layout._format_date(line.date_due),
            "days": days if days > 0 else "",
            "original": layout._format_amount(original, currency) if original else "",
            "residual": layout._format_amount(line.residual, currency),
            "deducted": layout._format_amount(deducted, currency) if deducted else "",
            "asked": layout._format_amount(line.amount, currency),
        }

    # --- payment ---

    @api.model
    def _get_payment(self, company, bank, amount, currency, reference, documents=()):
        """Return how to pay: the account and, in euros, a code that a phone scans.

        False without a bank account.

        :param bank: account to pay on: the company's, or the factor's
        :param amount: what to pay, in ``currency``
        :param reference: what the customer should quote
        :param documents: numbers of the documents paid, for the transfer's free text
        """
        if not bank:
            return False
        text = self._get_remittance(reference, documents)
        svg = amount > 0 and self._get_qr(bank, currency.round(amount), currency, text)
        number = bank.sanitized_acc_number or ""
        return {
            "holder": bank.acc_holder_name or bank.partner_id.name,
            "bank": bank.bank_id.name,
            "is_iban": bank.acc_type == "iban",
            "number": " ".join(re.findall(".{1,4}", number))
            if bank.acc_type == "iban"
            else bank.acc_number,
            "bic": bank.bank_bic,
            "reference": reference,
            "qr": svg and Markup(svg),
        }

    def _get_remittance(self, reference, documents):
        """Return the text of the transfer: the reference, then numbers that fit."""
        text = reference[:REMITTANCE_LENGTH]
        for document in dict.fromkeys(documents):
            if document in text.split():
                continue
            if len(text) + 1 + len(document) > REMITTANCE_LENGTH:
                break
            text += " " + document
        return text

    def _get_qr(self, bank, amount, currency, text):
        """Return the EPC payment code as SVG; False where the scheme does not reach.

        What it holds is Odoo's; only the drawing is ours, ten times quicker.
        """
        if not self._has_qr(bank, currency):
            return False
        values = bank._get_qr_vals("sct_qr", f"{amount:.2f}", currency, False, text, "")
        return qr_svg("\n".join(values))

    def _has_qr(self, bank, currency):
        """Tell whether the account can be paid by an EPC code: euros, a SEPA IBAN."""
        known = self.env.cr.cache.setdefault("recouvrement_b2b.has_qr", {})
        key = bank.acc_number, currency.name
        if key not in known:
            error = bank._get_error_messages_for_qr("sct_qr", False, currency)
            known[key] = not error
        return known[key]
