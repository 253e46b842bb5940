from odoo import api, models
from odoo.tools.misc import get_lang

from ..tools.words import amount_in_words


class RecouvrementPlanPage(models.AbstractModel):
    """What the agreement of a payment plan says, ready to be laid out.

    An acknowledgement of debt (amount in words and in figures: French civil code,
    article 1376), the items, the instalments, and what happens if they are not paid.
    """

    _name = "recouvrement.plan.page"
    _description = "Agreement of a Payment Plan"

    @api.model
    def _get_values(self, plan):
        """Return what the agreement shows; extend it to add values."""
        contact = plan.contact_id or plan.partner_id
        lang = get_lang(self.env, contact.lang or plan.company_id.partner_id.lang).code
        page = self.with_context(lang=lang)
        return page._get_page(plan.with_env(page.env), contact.with_env(page.env))

    def _get_page(self, plan, contact):
        layout = self.env["recouvrement.layout"]
        recipient = layout._address_lines(contact, plan.company_id)
        day = plan.date_proposed or plan.create_date.date()
        return {
            "template": "recouvrement_b2b.plan_document",
            "company": plan.company_id,
            "lang": self.env.lang,
            "reference": plan.name,
            "object": plan,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(plan.company_id, day),
            "subject": self.env._("Payment plan and acknowledgement of debt"),
            "total": layout._format_money(plan.total, plan.currency_id),
            "total_in_words": amount_in_words(
                plan.total, plan.currency_id.name, self.env.lang
            ),
            "currency_name": plan.currency_id.name,
            "items": [self._get_item(line) for line in plan.line_ids],
            "items_total": layout._format_amount(plan.total, plan.currency_id),
            "instalments": [
                {
                    "number": number,
                    "date": layout._format_date(instalment.date_due),
                    "amount": layout._format_amount(
                        instalment.amount, plan.currency_id
                    ),
                }
                for number, instalment in enumerate(
                    plan.instalment_ids.sorted("date_due"), start=1
                )
            ],
            "payment": self._get_payment(plan),
            "customer": self._get_party(plan.partner_id),
            "seller": self._get_party(plan.company_id.partner_id),
            "copies": 2,
        }

    def _get_party(self, partner):
        """Return how an agreement names a party: name, registration, address."""
        parts = [partner.name, partner.company_registry, partner.vat]
        address = partner._display_address(without_company=True)
        lines = [line.strip() for line in address.splitlines()]
        return ", ".join(filter(None, parts + lines))

    def _get_item(self, line):
        """Return one item that the plan pays, its figures written out."""
        layout = self.env["recouvrement.layout"]
        label = line.move_id.name or line.claim_id.name or line.move_line_id.name or ""
        if line.claim_id:
            label = self.env._("Late-payment penalties %(name)s", name=label)
        return {
            "label": label,
            "date": layout._format_date(line.move_id.invoice_date),
            "due": layout._format_date(line.date_due),
            "amount": layout._format_amount(line.amount, line.currency_id),
        }

    def _get_payment(self, plan):
        """Return how to pay the instalments."""
        company = plan.company_id
        banks = company.partner_id.bank_ids.filtered(
            lambda bank: bank.company_id in (company, company.browse())
        )
        suited = banks.filtered(lambda bank: bank.currency_id == plan.currency_id)
        return self.env["recouvrement.letter.page"]._get_payment(
            company, (suited or banks)[:1], 0.0, plan.currency_id, plan.name
        )
