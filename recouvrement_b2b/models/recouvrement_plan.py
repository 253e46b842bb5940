from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Reminders of the items wait: the customer was offered a plan, or follows one.
SUSPENDING_STATES = ("proposed", "accepted", "active", "paused")
MAX_WAIT_DAYS = 92  # of a pause, of an offer, and before the first instalment

# What may be written by hand once a plan was proposed; its steps change the rest.
OPEN_FIELDS = {
    "user_id",
    "contact_id",
    "reminder_days",
    "match_payments",
    "activity_ids",
    "message_follower_ids",
    "message_ids",
}
# Never by hand.
STEP_FIELDS = {
    "state",
    "date_proposed",
    "date_accepted",
    "acceptance",
    "accepted_by",
    "acceptance_note",
    "proof_ids",
    "date_notice",
    "date_closed",
    "paused_until",
    "agreement_id",
}
# The customer has agreed to it.
AGREED_STATES = ("accepted", "active", "paused")


class RecouvrementPlan(models.Model):
    """A payment plan: what is owed, paid by instalments that were agreed in writing.

    Proposed, it suspends reminders until the offer ends; accepted, it is an
    acknowledgement of debt (French civil code, article 2240), of which the date and the
    proof are kept. Instalments are judged together: what was paid to date against what
    came due to date, so that early and merged payments are never a default.
    """

    _name = "recouvrement.plan"
    _description = "Payment Plan"
    _inherit = ["recouvrement.commitment"]
    _order = "id desc"
    _check_company_auto = True
    _kind = "plan"
    _activity = "recouvrement_b2b.activity_plan"

    name = fields.Char("Reference", required=True, readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    contact_id = fields.Many2one(
        "res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Who the plan is agreed with; messages go there.",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", default=lambda self: self.env.user, tracking=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("active", "Active"),
            ("paused", "Paused"),
            ("completed", "Completed"),
            ("defaulted", "Defaulted"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    line_ids = fields.One2many(
        "recouvrement.plan.line", "plan_id", string="Items", copy=True
    )
    instalment_ids = fields.One2many(
        "recouvrement.instalment", "plan_id", string="Instalments", copy=True
    )
    hold_ids = fields.One2many("recouvrement.hold", "plan_id", string="Holds")
    claim_ids = fields.One2many(
        "recouvrement.penalty.claim",
        "plan_id",
        string="Penalties Included",
        readonly=True,
    )
    previous_id = fields.Many2one(
        "recouvrement.plan",
        string="Reschedules",
        readonly=True,
        copy=False,
        help="The plan that this one takes the place of.",
    )
    next_ids = fields.One2many("recouvrement.plan", "previous_id", string="Replaced by")

    # --- what was agreed ---
    penalty_regime = fields.Selection(
        [
            ("suspended", "Suspended: due again if the plan is not kept"),
            ("running", "Go on"),
            ("waived", "Waived for the time of the plan"),
        ],
        string="Penalties during the Plan",
        required=True,
        default="suspended",
        tracking=True,
        help="Written in the agreement: no rule of law stops penalties by itself.",
    )
    grace_days = fields.Integer(
        default=5,
        required=True,
        help="Days after its date during which an instalment may still come in.",
    )
    notice_days = fields.Integer(
        string="Notice",
        default=8,
        required=True,
        help="Days that a formal notice gives to catch up before the whole falls due. "
        "0: no notice; the agreement says so.",
    )
    default_after = fields.Integer(
        string="Missed Instalments",
        default=1,
        required=True,
        help="Number of instalments missed that ends the plan.",
    )
    on_default = fields.Selection(
        [
            ("next", "At the next level"),
            ("formal", "At the formal notice"),
        ],
        string="Collection Resumes",
        required=True,
        default="next",
        help="Where the items go on in their dunning policy when the plan is not kept.",
    )
    reminder_days = fields.Integer(
        string="Remind before",
        default=3,
        help="Days before each instalment. 0: no reminder.",
    )
    match_payments = fields.Boolean(
        default=True,
        help="Payments of the customer that are not allocated go to the items of the "
        "plan, the oldest first.",
    )
    note = fields.Text(string="Particular Terms", help="Printed in the agreement.")

    # --- proposal and acceptance ---
    date_proposed = fields.Date(readonly=True, copy=False, tracking=True)
    valid_until = fields.Date(
        string="Offer until",
        copy=False,
        help="Reminders wait until then; without an answer the offer ends by itself.",
    )
    date_accepted = fields.Date(
        string="Accepted on",
        readonly=True,
        copy=False,
        tracking=True,
        help="The customer acknowledged the debt on this day: a new limitation period "
        "begins (French civil code, articles 2240 and 2231).",
    )
    acceptance = fields.Selection(
        [
            ("signed", "Signed agreement"),
            ("email", "E-mail"),
            ("other", "Other writing"),
        ],
        string="Proof",
        readonly=True,
        copy=False,
    )
    accepted_by = fields.Char(readonly=True, copy=False)
    acceptance_note = fields.Text(
        string="Words of the Customer",
        readonly=True,
        copy=False,
        help="What the customer wrote, word by word, when there is no signed copy.",
    )
    proof_ids = fields.Many2many(
        "ir.attachment", string="Signed Copy", readonly=True, copy=False
    )

    # --- how it goes ---
    date_notice = fields.Date(
        string="Notice Sent",
        readonly=True,
        copy=False,
        help="An instalment was missed: the customer was asked to catch up.",
    )
    date_closed = fields.Date(string="Ended on", readonly=True, copy=False)
    paused_until = fields.Date(readonly=True, copy=False)

    total = fields.Monetary(compute="_compute_amounts", store=True)
    planned = fields.Monetary(
        string="Sum of Instalments", compute="_compute_amounts", store=True
    )
    paid = fields.Monetary(compute="_compute_paid", store=True)
    remaining = fields.Monetary(compute="_compute_paid", store=True)
    late = fields.Monetary(
        compute="_compute_late", help="What came due under the plan and was not paid."
    )
    next_date = fields.Date(
        string="Next Instalment", compute="_compute_next_date", store=True
    )
    progress = fields.Float(compute="_compute_paid", store=True)

    _days_positive = models.Constraint(
        "CHECK(grace_days >= 0 AND notice_days >= 0 AND reminder_days >= 0 "
        "AND default_after > 0)",
        "Days cannot be negative, and at least one instalment has to be missed.",
    )

    # --- figures ---

    @api.depends("line_ids.amount", "instalment_ids.amount")
    def _compute_amounts(self):
        for plan in self:
            currency = plan.currency_id or plan.company_id.currency_id
            plan.total = currency.round(sum(plan.line_ids.mapped("amount")))
            plan.planned = currency.round(sum(plan.instalment_ids.mapped("amount")))

    @api.depends("total", "instalment_ids.paid")
    def _compute_paid(self):
        for plan in self:
            currency = plan.currency_id or plan.company_id.currency_id
            plan.paid = currency.round(sum(plan.instalment_ids.mapped("paid")))
            plan.remaining = currency.round(plan.total - plan.paid)
            plan.progress = 100.0 * plan.paid / plan.total if plan.total else 0.0

    @api.depends("instalment_ids.paid", "instalment_ids.date_due")
    @api.depends_context("uid")
    def _compute_late(self):
        today = fields.Date.context_today(self)
        for plan in self:
            due = plan.instalment_ids.filtered(
                lambda instalment: instalment.date_due and instalment.date_due < today
            )
            late = sum(due.mapped("amount")) - sum(due.mapped("paid"))
            plan.late = plan.currency_id.round(late) if plan.currency_id else late

    @api.depends("instalment_ids.date_due", "instalment_ids.paid")
    def _compute_next_date(self):
        for plan in self:
            left = plan.instalment_ids.filtered(
                lambda instalment: instalment.paid < instalment.amount
            )
            plan.next_date = min(left.mapped("date_due"), default=False)

    # --- checks ---

    def _check_complete(self):
        """Tell what a plan lacks to be proposed to the customer."""
        for plan in self:
            if not plan.line_ids:
                raise UserError(plan.env._("Choose the items that the plan pays."))
            if not plan.instalment_ids:
                raise UserError(plan.env._("Add the instalments first."))
            gap = plan.currency_id.round(plan.planned - plan.total)
            if gap:
                raise ValidationError(
                    plan.env._(
                        "The instalments sum to %(planned)s, but %(total)s is owed: "
                        "change one of them by %(gap)s.",
                        planned=plan.currency_id.format(plan.planned),
                        total=plan.currency_id.format(plan.total),
                        gap=plan.currency_id.format(-gap),
                    )
                )
            plan._check_dates()
            plan.line_ids._check_owed()
            plan.line_ids._check_free()

    def _check_dates(self):
        """Refuse an offer or a first instalment that is past already."""
        self.ensure_one()
        first = min(self.instalment_ids.mapped("date_due"))
        self._check_wait(self.valid_until, self.env._("The offer"))
        self._check_wait(first, self.env._("The first instalment"))

    @api.model
    def _check_wait(self, day, what):
        """Refuse a day that is past, or so far that the debt would be forgotten."""
        today = fields.Date.context_today(self)
        if day and not today <= day <= today + timedelta(days=MAX_WAIT_DAYS):
            raise UserError(
                self.env._(
                    "%(what)s: choose a day from today to three months from now.",
                    what=what,
                )
            )

    def _check_holds_free(self):
        """Refuse to end the holds of plans that are proposed or in force."""
        for plan in self:
            if plan.state in SUSPENDING_STATES:
                raise UserError(
                    self.env._(
                        "Plan %(name)s suspends collection here: cancel or pause the "
                        "plan instead.",
                        name=plan.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(STEP_FIELDS & set(vals) for vals in vals_list):
            raise UserError(self.env._("A plan begins as a draft: propose it then."))
        for vals in vals_list:
            vals["name"] = vals.get("name") or self.env["ir.sequence"].next_by_code(
                "recouvrement.plan"
            )
        return super().create(vals_list)

    def write(self, vals):
        """What was proposed or agreed changes by the steps of a plan, not by hand."""
        if not self.env.su:
            names = set(vals)
            proposed = any(plan.state != "draft" for plan in self)
            if names & STEP_FIELDS or (proposed and names - OPEN_FIELDS):
                raise UserError(
                    self.env._(
                        "A plan that was proposed changes by its buttons only: "
                        "reschedule it to agree on something else."
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        """An accepted plan acknowledges a debt: it is kept, whatever became of it."""
        if any(
            plan.state not in ("draft", "cancelled") or plan.date_accepted
            for plan in self
        ):
            raise UserError(self.env._("What was proposed is kept: cancel the plan."))

    @api.onchange("valid_until")
    def _onchange_valid_until(self):
        today = fields.Date.context_today(self)
        if self.valid_until and self.valid_until < today:
            self.valid_until = today + timedelta(days=8)
