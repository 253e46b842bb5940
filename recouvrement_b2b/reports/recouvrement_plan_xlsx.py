from odoo import api, fields, models

from ..tools.workbook import Column, Sheets


class RecouvrementXlsx(models.AbstractModel):
    _inherit = "recouvrement.xlsx"

    @api.model
    def plans(self, plans):
        """Return payment plans as XLSX: one row an instalment, one sheet a currency."""
        sheets = Sheets()
        _ = self.env._
        layout = self.env["recouvrement.layout"]
        day = layout._format_date(fields.Date.context_today(self))
        company = ", ".join(plans.company_id.mapped("name")) or self.env.company.name
        groups = plans.grouped("currency_id")
        groups = groups or {self.env.company.currency_id: plans}
        for currency, group in sorted(groups.items(), key=lambda pair: pair[0].name):
            sheets.add(
                currency.name,
                _("Payment plans, %(currency)s", currency=currency.name),
                f"{company} · {day}",
                self._get_plan_columns(),
                [
                    self._get_plan_row(instalment)
                    for plan in group
                    for instalment in plan.instalment_ids.sorted("date_due")
                ],
                _("Total"),
                currency.decimal_places,
            )
        return sheets.close()

    def _get_plan_columns(self):
        """Return the columns of plans; extend it with `_get_plan_row`."""
        _ = self.env._
        return [
            Column(_("Plan"), width=16),
            Column(_("Customer"), width=34),
            Column(_("State of the plan"), width=14),
            Column(_("Accepted on"), "date", 12),
            Column(_("Owner"), width=22),
            Column(_("Instalment"), "date", 12),
            Column(_("Amount"), "money", 16),
            Column(_("Paid"), "money", 16),
            Column(_("Paid on"), "date", 12),
            Column(_("State"), width=14),
        ]

    def _get_plan_row(self, instalment):
        """Return one row: an instalment, with its plan."""
        plan = instalment.plan_id
        plan_states = dict(plan._fields["state"]._description_selection(self.env))
        states = dict(instalment._fields["state"]._description_selection(self.env))
        return [
            plan.name,
            plan.partner_id.name,
            plan_states[plan.state],
            plan.date_accepted,
            plan.user_id.name,
            instalment.date_due,
            instalment.amount,
            instalment.paid,
            instalment.date_paid,
            states[instalment.state],
        ]
