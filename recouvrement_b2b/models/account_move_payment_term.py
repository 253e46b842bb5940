from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..const import FRENCH_COUNTRIES
from ..tools.payment_period import latest_due_date


class AccountMove(models.Model):
    _inherit = "account.move"

    payment_term_warning = fields.Char(
        compute="_compute_payment_term_warning",
        help="Told when an invoice falls due later than French law allows.",
    )

    @api.depends(
        "move_type",
        "company_id",
        "commercial_partner_id",
        "invoice_date",
        "invoice_date_due",
    )
    @api.depends_context("lang")
    def _compute_payment_term_warning(self):
        today = fields.Date.context_today(self)
        for move in self:
            move.payment_term_warning = False
            if not move._is_french_business_invoice():
                continue
            latest = latest_due_date(move.invoice_date or today)
            # The due date of an invoice is that of its last instalment.
            if move.invoice_date_due and move.invoice_date_due > latest:
                move.payment_term_warning = self.env._(
                    "This invoice falls due on %(due)s. Between professionals, French "
                    "law allows %(latest)s at the latest: 60 days from the invoice, or "
                    "45 days end of month (commercial code, article L441-10 I).",
                    due=format_date(self.env, move.invoice_date_due),
                    latest=format_date(self.env, latest),
                )

    def _is_french_business_invoice(self):
        """Tell whether the French rules on payment between professionals apply."""
        self.ensure_one()
        return (
            self.move_type == "out_invoice"
            and self.company_id.country_code in FRENCH_COUNTRIES
            and self.commercial_partner_id.is_company
        )
