from odoo import api, models
from odoo.tools.misc import get_lang

from ..tools.interest import YEAR


class RecouvrementPenaltyClaimPage(models.AbstractModel):
    """What the PDF of a claim says: its rows as they were frozen, never computed again.

    Laid out as the statement of penalties is; see ``recouvrement.penalty.page``.
    """

    _name = "recouvrement.penalty.claim.page"
    _description = "Document of a Penalty Claim"

    @api.model
    def _get_pages(self, claims):
        """Return ``{claim id: values of its document}``."""
        contacts = self.env["recouvrement.statement"]._get_contacts(claims.partner_id)
        pages = {}
        for claim in claims:
            lang = claim.partner_id.lang or claim.company_id.partner_id.lang
            page = self.with_context(lang=get_lang(self.env, lang).code)
            pages[claim.id] = page._get_values(
                claim.with_env(page.env),
                contacts[claim.partner_id].with_env(page.env),
            )
        return pages

    def _get_values(self, claim, contact):
        """Return what one claim shows; extend it to add values."""
        layout = self.env["recouvrement.layout"]
        penalties = self.env["recouvrement.penalty.page"]
        currency = claim.currency_id
        late = self._get_late(claim)
        settled, paid = self._get_settled(claim), self._get_paid(claim)
        rows = [(move, breakdown) for move, breakdown in late if breakdown["rows"]]
        recipient = layout._address_lines(contact, claim.company_id)
        return {
            "template": "recouvrement_b2b.penalty_claim_document",
            "company": claim.company_id,
            "lang": self.env.lang,
            "reference": claim.name,
            "object": claim,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(
                claim.company_id, claim.date_claimed or claim.date_to
            ),
            "subject": self.env._(
                "Late-payment penalties to %(date)s",
                date=layout._format_date(claim.date_to),
            ),
            "section": penalties._get_section(currency, late, False),
            "details": penalties._get_section(currency, rows, False),
            "waived": claim.waived and layout._format_money(-claim.waived, currency),
            "settled": settled,
            "paid": paid and layout._format_money(-paid, currency),
            "amount": not settled and layout._format_money(claim.amount_due, currency),
            "offer": not settled
            and claim.offer_date
            and self.env._(
                "As a courtesy, we waive these penalties if the invoices themselves "
                "are paid in full by %(date)s.",
                date=layout._format_date(claim.offer_date),
            ),
            "payment": not settled and self._get_payment(claim),
            "rules": self._get_rules(claim),
            "is_interest_first": False,
        }

    def _get_paid(self, claim):
        """Return what was paid of the claim, on its invoices."""
        if claim.state == "cancelled":
            return 0.0
        return claim.currency_id.round(claim._get_owed() - claim.amount_due)

    def _get_settled(self, claim):
        """Return why nothing is asked for any more, False when something is."""
        return {
            "paid": self.env._("These penalties were paid: thank you."),
            "waived": self.env._(
                "These penalties were waived as a courtesy: nothing is to be paid."
            ),
            "cancelled": self.env._(
                "This claim was cancelled: nothing is to be paid for it."
            ),
        }.get(claim.state, False)

    def _get_rules(self, claim):
        """Return the rules of the rows, as they were frozen: mostly one."""
        groups = claim.line_ids.grouped(
            lambda line: (
                line.terms,
                line.legal_reference,
                line.after_notice,
                line.fixed_at_start,
            )
        )
        return [
            {
                "terms": terms,
                "legal_reference": legal_reference,
                "is_actual": any(line.year != YEAR for line in lines),
                "is_capitalized": any(line.capitalized for line in lines),
                "is_after_notice": after_notice,
                "is_fixed_at_start": fixed_at_start,
            }
            for (terms, legal_reference, after_notice, fixed_at_start), lines in (
                groups.items()
            )
        ]

    def _get_late(self, claim):
        """Return the frozen rows as (invoice, breakdown), the oldest due first."""
        penalties = self.env["recouvrement.penalty"]
        late = []
        for move, lines in claim.line_ids.grouped("move_id").items():
            kinds = lines.grouped("kind")
            none = lines.browse()
            rows = [line._as_row() for line in kinds.get("interest", none)]
            interest = claim.currency_id.round(sum(row["amount"] for row in rows))
            indemnity = sum(kinds.get("indemnity", none).mapped("amount"))
            late.append(
                (
                    move,
                    {
                        **penalties._new_breakdown(claim.currency_id.name),
                        "principal": move.amount_total,
                        "rows": sorted(rows, key=lambda row: row["date_from"]),
                        "interest": interest,
                        "indemnity": indemnity,
                    },
                )
            )
        return sorted(
            late, key=lambda pair: (str(pair[0].invoice_date_due), pair[0].id)
        )

    def _get_payment(self, claim):
        """Return how to pay what is still claimed, False when nothing is."""
        if claim.currency_id.compare_amounts(claim.amount_due, 0) <= 0:
            return False
        pages = self.env["recouvrement.letter.page"]
        bank = claim.company_id.partner_id.bank_ids[:1]
        return pages._get_payment(
            claim.company_id, bank, claim.amount_due, claim.currency_id, claim.name
        )
