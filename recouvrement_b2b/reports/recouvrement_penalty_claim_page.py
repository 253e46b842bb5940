from odoo import api, models
from odoo.tools.misc import get_lang


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
        terms = {
            company: self.env["recouvrement.penalty.terms"]._for_customers(
                group.partner_id, company
            )
            for company, group in claims.grouped("company_id").items()
        }
        pages = {}
        for claim in claims:
            lang = claim.partner_id.lang or claim.company_id.partner_id.lang
            page = self.with_context(lang=get_lang(self.env, lang).code)
            pages[claim.id] = page._get_values(
                claim.with_env(page.env),
                contacts[claim.partner_id].with_env(page.env),
                terms[claim.company_id][claim.partner_id].with_env(page.env),
            )
        return pages

    def _get_values(self, claim, contact, terms):
        """Return what one claim shows; extend it to add values."""
        layout = self.env["recouvrement.layout"]
        penalties = self.env["recouvrement.penalty.page"]
        currency = claim.currency_id
        late = self._get_late(claim)
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
            "amount": layout._format_money(claim.amount_due, currency),
            "offer": claim.offer_date
            and self.env._(
                "As a courtesy, we waive these penalties if the invoices themselves "
                "are paid in full by %(date)s.",
                date=layout._format_date(claim.offer_date),
            ),
            "payment": self._get_payment(claim),
            **penalties._get_rule(terms, False),
        }

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
