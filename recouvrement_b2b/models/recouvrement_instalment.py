from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.instalments import allocate


class RecouvrementInstalment(models.Model):
    """One payment of a plan: a date and an amount, judged with all the others."""

    _name = "recouvrement.instalment"
    _description = "Instalment"
    _order = "date_due, id"

    plan_id = fields.Many2one(
        "recouvrement.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    partner_id = fields.Many2one(related="plan_id.partner_id", store=True)
    user_id = fields.Many2one(related="plan_id.user_id")
    plan_state = fields.Selection(related="plan_id.state", string="Plan State")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date_due = fields.Date(string="Date", required=True)
    amount = fields.Monetary(required=True)
    paid = fields.Monetary(readonly=True, copy=False)
    date_paid = fields.Date(string="Paid on", readonly=True, copy=False)
    date_reminded = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("due", "To come"),
            ("partly", "Partly paid"),
            ("paid", "Paid"),
            ("late", "Late"),
            ("missed", "Unpaid"),
        ],
        default="due",
        required=True,
        readonly=True,
        copy=False,
        help="Late within the days of grace, unpaid afterwards.",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "An instalment is above zero."
    )

    @api.depends("plan_id", "date_due")
    def _compute_display_name(self):
        for instalment in self:
            instalment.display_name = " · ".join(
                filter(None, [instalment.partner_id.name, instalment.plan_id.name])
            )

    def write(self, vals):
        if not self.env.su or {"date_due", "amount", "plan_id"} & set(vals):
            self._check_editable()
        result = super().write(vals)
        if "plan_id" in vals:
            self._check_editable()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        instalments = super().create(vals_list)
        instalments._check_editable()
        return instalments

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_editable()

    def _check_editable(self):
        """What was proposed to a customer is not changed behind its back."""
        if any(plan.state != "draft" for plan in self.plan_id):
            raise UserError(
                self.env._("This plan was proposed: reschedule it to change it.")
            )

    def _refresh(self, settlements, today):
        """Set what was paid against the instalments of one plan, the oldest first.

        Credit notes lower the last ones.

        :param settlements: list of Settlement, in order of date
        """
        plan = self.plan_id
        unit = 10**plan.currency_id.decimal_places
        amounts = [round(instalment.amount * unit) for instalment in self]
        payments, credits = [], []
        for settlement in settlements:
            found = credits if settlement.is_credit_note else payments
            found.append((settlement.date, round(settlement.amount * unit)))
        parts, credited = allocate(
            sum(amount for _day, amount in payments),
            amounts,
            sum(amount for _day, amount in credits),
        )
        needed = 0
        for instalment, part, credit, amount in zip(
            self, parts, credited, amounts, strict=True
        ):
            needed += amount - credit
            is_paid = part + credit == amount
            day = is_paid and (_reached(payments, needed) if part else credits[-1][0])
            instalment._write_changes(
                {
                    "paid": (part + credit) / unit,
                    "state": instalment._get_state(part + credit, is_paid, today),
                    "date_paid": day,
                }
            )

    def _get_state(self, paid, is_paid, today):
        """Return where an instalment stands on a day."""
        self.ensure_one()
        if is_paid:
            return "paid"
        if today > self.date_due + timedelta(days=self.plan_id.grace_days):
            return "missed"
        if today > self.date_due:
            return "late"
        return "partly" if paid else "due"

    def _write_changes(self, values):
        """Write what changes, and nothing else: instalments are judged each day."""
        self.ensure_one()
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)


def _reached(payments, target):
    """Return the day on which payments came to an amount; False before."""
    total = 0
    for day, amount in payments:
        total += amount
        if total >= target:
            return day
    return False
