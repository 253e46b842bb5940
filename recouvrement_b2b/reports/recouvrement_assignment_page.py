from odoo import api, models
from odoo.tools.misc import get_lang

from ..tools.words import amount_in_words

# The law gives its name to the form, in any language (L313-23).
DAILLY_TITLE = "Acte de cession de créances professionnelles"
RECEIPT_TITLE = "Quittance subrogative"
GOOD_FOR = "Bon pour subrogation"
TEMPLATES = {
    "subrogation": "recouvrement_b2b.assignment_receipt_document",
    "dailly": "recouvrement_b2b.assignment_dailly_document",
}


class RecouvrementAssignmentPage(models.AbstractModel):
    """What is signed for a remittance, ready to be laid out.

    The receipt of a subrogation (French civil code, article 1346-1), or the form that
    assigns professional claims to a bank ("Dailly": monetary and financial code,
    articles L313-23 to L313-34), in the language of the factor, else in French.
    """

    _name = "recouvrement.assignment.page"
    _description = "Receipt of a Remittance"

    @api.model
    def _get_values(self, assignment):
        """Return what the receipt or the form shows; extend it to add values."""
        lang = assignment.factor_id.partner_id.lang or "fr_FR"
        page = self.with_context(lang=get_lang(self.env, lang).code)
        return page._get_page(assignment.with_env(page.env))

    def _get_page(self, assignment):
        layout = self.env["recouvrement.layout"]
        factor, currency = assignment.factor_id, assignment.currency_id
        recipient = layout._address_lines(factor.partner_id, assignment.company_id)
        day = assignment.date_signed or assignment.date
        total = assignment.amount_total
        words = amount_in_words(total, currency.name, self.env.lang)
        return {
            "template": TEMPLATES[factor.kind],
            "company": assignment.company_id,
            "lang": self.env.lang,
            "reference": assignment.name,
            "object": assignment,
            "factor": factor,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(assignment.company_id, day),
            "subject": self._get_subject(factor),
            "currency_name": currency.name,
            "rows": self._get_rows(assignment),
            "total": layout._format_amount(total, currency),
            "amount": layout._format_money(total, currency),
            "words": words,
            "texts": self._get_texts(assignment),
        }

    def _get_subject(self, factor):
        if factor.kind == "dailly":
            return self._get_title(DAILLY_TITLE, self.env._("Assignment of claims"))
        return self._get_title(RECEIPT_TITLE, self.env._("Receipt with subrogation"))

    def _get_title(self, french, translated):
        """Return the name that the law gives, and what it means in other languages."""
        if self.env.lang.startswith("fr"):
            return french
        return f"{french} ({translated})"

    # --- what the parties say, sentence by sentence ---

    def _get_texts(self, assignment):
        """Return the paragraphs by place; extend it to change one."""
        parties = self.env["recouvrement.plan.page"]
        values = {
            "seller": assignment.company_id.name,
            "factor": assignment.factor_id.partner_id.name,
            "contract": assignment.factor_id.contract_number or "—",
            "count": assignment.line_count,
        }
        texts = {
            "signature": self.env._(
                "Name, function, date and signature, after the handwritten words: "
                "“%(words)s”",
                words=GOOD_FOR,
            ),
            "seller": parties._get_party(assignment.company_id.partner_id),
            "factor": parties._get_party(assignment.factor_id.partner_id),
        }
        if assignment.factor_id.kind == "dailly":
            return texts | self._get_dailly_texts(assignment, values)
        return texts | self._get_receipt_texts(values)

    def _get_receipt_texts(self, values):
        """Return what a receipt says: who pays, what passes to whom, and when."""
        return {
            "before": [
                self.env._(
                    "Under the factoring contract %(contract)s, %(seller)s receives "
                    "from %(factor)s payment of the documents listed below, and gives "
                    "receipt for it.",
                    **values,
                ),
                self.env._(
                    "In return for this payment, %(seller)s expressly subrogates "
                    "%(factor)s, as articles 1346-1 and following of the French civil "
                    "code provide, in all its rights and actions against the debtors "
                    "named below, with the securities and accessories of these claims, "
                    "up to what is paid.",
                    **values,
                ),
            ],
            "after": [
                self.env._(
                    "The subrogation takes effect at the time of the payment: on the "
                    "day when %(factor)s credits the account of %(seller)s with the "
                    "amount of this receipt.",
                    **values,
                ),
            ],
        }

    def _get_dailly_texts(self, assignment, values):
        """Return what a Dailly form says: the articles, the transfer, the guarantee."""
        if assignment.factor_id.recourse:
            guarantee = self.env._(
                "The assignor is jointly and severally liable for the payment of the "
                "claims (article L313-24)."
            )
        else:
            guarantee = self.env._(
                "As the parties agree, the assignor is not liable for the payment of "
                "the claims by the debtors (article L313-24)."
            )
        return {
            "before": [
                self.env._(
                    "This form is subject to articles L313-23 to L313-34 of the French "
                    "monetary and financial code."
                ),
                self.env._(
                    "Under the contract %(contract)s, the assignor assigns to the "
                    "assignee the ownership of the claims designated below, with the "
                    "securities, guarantees and accessories attached to them.",
                    **values,
                ),
            ],
            "after": [
                guarantee,
                self.env._(
                    "The assignment takes effect between the parties, and against "
                    "third parties, on the date that the assignee affixes to this form "
                    "when it receives it (articles L313-25 and L313-27)."
                ),
            ],
        }

    # --- the documents ---

    def _get_rows(self, assignment):
        """Return the documents, their figures written out, with a running total.

        The running total is the subtotal of each page.
        """
        layout, currency = self.env["recouvrement.layout"], assignment.currency_id
        rows, running = [], 0.0
        for number, line in enumerate(assignment._get_documents(), start=1):
            running = currency.round(running + line.amount)
            label = line.move_id.name or ""
            rows.append(
                {
                    "number": number,
                    "label": label,
                    "label_style": layout._label_style(label),
                    "is_credit": line.amount < 0,
                    "date": layout._format_date(line.move_id.invoice_date),
                    "due": layout._format_date(line.date_due),
                    "debtor": line.partner_id.name,
                    "below": self._get_debtor_details(
                        line.partner_id, assignment.company_id
                    ),
                    "amount": layout._format_amount(line.amount, currency),
                    "running": layout._format_amount(running, currency),
                }
            )
        return rows

    def _get_debtor_details(self, partner, company):
        """Return the number of a debtor in its register, and the place of payment.

        By law, a claim is paid where the debtor is (French civil code, 1343-4).
        """
        registration = self.env["recouvrement.plan.page"]._get_registration(partner)
        place = " ".join(filter(None, [partner.zip, partner.city]))
        if partner.country_id != company.country_id:
            place = ", ".join(filter(None, [place, partner.country_id.name]))
        return " · ".join(filter(None, [registration or partner.vat, place]))
