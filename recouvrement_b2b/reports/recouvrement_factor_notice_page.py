from odoo import api, fields, models
from odoo.tools.misc import get_lang


class RecouvrementFactorNoticePage(models.AbstractModel):
    """What a letter to a factor says of assigned invoices, ready to be laid out.

    One letter a contract: the invoices, what happened to each, and the amounts.
    """

    _name = "recouvrement.factor.notice.page"
    _description = "Letter to a Factor"

    @api.model
    def _get_pages(self, notices):
        """Return ``{contract id: values of its letter}``."""
        pages = {}
        for factor, own in notices.grouped("factor_id").items():
            lang = factor.partner_id.lang or factor.company_id.partner_id.lang
            page = self.with_context(lang=get_lang(self.env, lang).code)
            pages[factor.id] = page._get_values(
                factor.with_env(page.env), own.with_env(page.env)
            )
        return pages

    def _get_values(self, factor, notices):
        """Return what one letter shows; extend it to add values."""
        layout = self.env["recouvrement.layout"]
        company = factor.company_id
        today = fields.Date.context_today(self)
        recipient = layout._address_lines(factor.partner_id, company)
        return {
            "template": "recouvrement_b2b.factor_notice_document",
            "company": company,
            "lang": self.env.lang,
            "reference": factor.contract_number or factor.name,
            "client_code": factor.client_code,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(company, today),
            "subject": self.env._("Invoices assigned to you: what you should know"),
            "owner": factor._get_owner().sudo(),  # sudo: only the name is written
            "groups": self._get_groups(notices),
        }

    def _get_groups(self, notices):
        """Return the notices by currency, the oldest event first."""
        groups = notices.sorted(lambda notice: (notice.date, notice.id)).grouped(
            "currency_id"
        )
        return [
            {
                "currency_name": currency.name,
                "rows": [self._get_row(notice) for notice in own],
            }
            for currency, own in groups.items()
        ]

    def _get_row(self, notice):
        """Return one row, its figures written out."""
        layout = self.env["recouvrement.layout"]
        line, currency = notice.line_id, notice.currency_id
        kinds = dict(notice._fields["kind"]._description_selection(self.env))
        return {
            "invoice": line.move_id.name,
            "remittance": line.assignment_id.name,
            "customer": line.partner_id.name,
            "outstanding": layout._format_amount(line.outstanding, currency),
            "date": layout._format_date(notice.date),
            "what": kinds[notice.kind],
            "note": notice.note,
            "amount": notice.amount
            and layout._format_amount(notice.amount, currency)
            or "",
        }
