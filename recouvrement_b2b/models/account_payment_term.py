from datetime import date, timedelta

from odoo import api, fields, models

from ..const import FRENCH_COUNTRIES
from ..tools.payment_period import latest_due_date

YEAR = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    legal_warning = fields.Char(
        compute="_compute_legal_warning",
        help="Told when most invoices with these terms fall due later than French law "
        "allows.",
    )

    @api.depends(
        "company_id",
        "line_ids.nb_days",
        "line_ids.delay_type",
        "line_ids.days_next_month",
    )
    @api.depends_context("company", "lang")
    def _compute_legal_warning(self):
        for term in self:
            company = term.company_id or self.env.company
            term.legal_warning = False
            if company.country_code not in FRENCH_COUNTRIES:
                continue
            too_late = term._count_too_late()
            if too_late > len(YEAR) / 2:
                term.legal_warning = self.env._(
                    "Between professionals, French law allows 60 days from the "
                    "invoice, or 45 days end of month (commercial code, article "
                    "L441-10 I): an invoice with these terms falls due later on "
                    "%(days)s days of the year out of 365.",
                    days=too_late,
                )

    def _count_too_late(self):
        """Return on how many days of a year an invoice would fall due too late."""
        self.ensure_one()
        return sum(
            max(line._get_due_date(day) for line in self.line_ids)
            > latest_due_date(day)
            for day in YEAR
            if self.line_ids
        )
