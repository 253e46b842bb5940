from odoo import fields, models
from odoo.tools.misc import formatLang

from ..tools.interest import RATE_UNIT


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_payment_mentions(self):
        """Return what French law wants an invoice to say about late and early payment.

        The rate of the penalties, the fixed indemnity and the discount for early
        payment (commercial code, article L441-9): a list of sentences in the language
        of the context, empty where the law does not ask for them. The terms are those
        that apply to the customer now, with the rate at the date of the invoice.
        """
        self.ensure_one()
        # sudo: whoever may print an invoice (the customer, on the portal) gets them
        if not self._is_french_business_invoice() or self.sudo().penalty_claim_id:
            return []
        terms = self.env["recouvrement.penalty.terms"].sudo()
        customer = self.sudo().commercial_partner_id
        terms = terms._for_customers(customer, self.company_id.sudo())[customer]
        sentences = [
            *self._get_penalty_mentions(terms),
            self._get_discount_mention(),
        ]
        return [sentence for sentence in sentences if sentence]

    def _get_penalty_mentions(self, terms):
        """Return the sentences on penalties, the indemnity, and what they rest on.

        None for a customer who owes no penalties: it owes no indemnity either.
        """
        if not terms or terms.rate_base == "none":
            return []
        sentences = [self._get_rate_mention(terms)]
        if terms.indemnity:
            amount = formatLang(
                self.env, terms.indemnity, currency_obj=terms.indemnity_currency_id
            )
            sentences.append(
                self.env._(
                    "A fixed indemnity of %(amount)s for recovery costs is then due as "
                    "well.",
                    amount=amount,
                )
            )
        if terms.legal_reference:
            sentences.append(
                self.env._("Reference: %(reference)s.", reference=terms.legal_reference)
            )
        return sentences

    def _get_rate_mention(self, terms):
        """Return the sentence about the rate of the penalties."""
        rate = self._get_mentioned_rate(terms)
        if terms.starts == "notice":
            return self.env._(
                "After a formal notice, late payment bears penalties at %(rate)s.",
                rate=rate,
            )
        return self.env._(
            "Late payment bears penalties from the day after the due date, without a "
            "reminder being needed, at %(rate)s.",
            rate=rate,
        )

    def _get_mentioned_rate(self, terms):
        """Return the rule of the rate, with its figure at the date of the invoice.

        Without the figure when it is not known, or not verified: an invoice cannot say
        that a rate is to be checked.
        """
        if terms.rate_base == "fixed":
            return self.env._(
                "%(figure)s %% a year", figure=self._format_number(terms.fixed_rate)
            )
        rule = self._get_rate_rule(terms)
        period = terms._get_period(self.invoice_date or fields.Date.context_today(self))
        if not period or period.verified == "unverified":
            return rule
        return self.env._(
            "%(rule)s (%(figure)s %% a year at the date of this invoice)",
            rule=rule,
            figure=formatLang(self.env, period.rate / RATE_UNIT, digits=2),
        )

    def _get_rate_rule(self, terms):
        """Return the rule of a rate that changes with the reference rates."""
        if terms.rate_base == "legal":
            rule = self.env._(
                "%(multiple)s times the legal interest rate",
                multiple=self._format_number(terms.multiple),
            )
        else:
            rule = self.env._(
                "the refinancing rate of the European Central Bank plus %(margin)s "
                "points",
                margin=self._format_number(terms.margin),
            )
        if not terms.rounding_step:
            return rule
        return self.env._(
            "%(rule)s, rounded up to the next %(step)s point",
            rule=rule,
            step=self._format_number(terms.rounding_step),
        )

    def _get_discount_mention(self):
        """Return the sentence about the discount for early payment."""
        term = self.invoice_payment_term_id
        if not term.early_discount:
            return self.env._("No discount is granted for early payment.")
        return self.env._(
            "A discount of %(percentage)s %% is granted for payment within %(days)s "
            "days.",
            percentage=self._format_number(term.discount_percentage),
            days=term.discount_days,
        )

    def _format_number(self, number):
        """Return a number in the language of the context, without useless zeros."""
        decimals = f"{number:.4f}".rstrip("0").partition(".")[2]
        return formatLang(self.env, number, digits=len(decimals))
