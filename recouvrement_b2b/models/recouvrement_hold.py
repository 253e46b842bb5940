from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import HOLD_REASONS


class RecouvrementHold(models.Model):
    """A suspension of collection on a customer, an item or an amount of an item.

    Nothing else suspends collection. A hold with an end date ends by itself; one with
    a review date stays, and its owner, then the manager, is asked to look at it: an
    item is never chased silently and never forgotten.
    """

    _name = "recouvrement.hold"
    _description = "Collection Hold"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "review_date, date_end, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Leave empty to suspend everything of the customer.",
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(
        help="Amount of the item that is suspended; empty: the whole item. "
        "The rest goes on being chased.",
    )
    reason = fields.Selection(
        HOLD_REASONS, required=True, default="manual", tracking=True
    )
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
    )
    date_start = fields.Date(
        required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        string="Ends on",
        tracking=True,
        help="Last day of the hold; collection resumes by itself on the day after.",
    )
    review_date = fields.Date(
        string="Review on",
        tracking=True,
        help="The hold stays; on this day its owner is asked to look at it.",
    )
    closed_date = fields.Date(readonly=True, copy=False, tracking=True)
    closed_note = fields.Char(readonly=True, copy=False)
    escalated = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        compute="_compute_state",
        search="_search_state",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount IS NULL OR amount >= 0)", "A held amount cannot be negative."
    )
    _has_an_end = models.Constraint(
        "CHECK(date_end IS NOT NULL OR review_date IS NOT NULL)",
        "Give the hold an end date or a review date, so that it is not forgotten.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "The hold must end after it starts.",
    )
    _open_idx = models.Index("(company_id, partner_id) WHERE closed_date IS NULL")

    @api.depends("move_line_id")
    def _compute_partner_id(self):
        for hold in self:
            if hold.move_line_id:
                hold.partner_id = hold.move_line_id.partner_id.commercial_partner_id
            elif hold.partner_id:
                hold.partner_id = hold.partner_id.commercial_partner_id

    @api.depends("move_line_id.currency_id", "company_id")
    def _compute_currency_id(self):
        for hold in self:
            hold.currency_id = (
                hold.move_line_id.currency_id or hold.company_id.currency_id
            )

    @api.depends("date_end", "closed_date")
    @api.depends_context("uid")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for hold in self:
            ended = hold.closed_date or (hold.date_end and hold.date_end < today)
            hold.state = "closed" if ended else "open"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        still_open = self._get_active_domain(fields.Date.context_today(self))
        domains = {"open": still_open, "closed": ~still_open}
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.constrains("amount", "move_line_id")
    def _check_amount(self):
        for hold in self:
            if hold.amount and not hold.move_line_id:
                raise ValidationError(
                    self.env._("Choose the item of which this amount is suspended.")
                )

    @api.depends("partner_id", "move_id", "reason")
    def _compute_display_name(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for hold in self:
            what = hold.move_id.name or hold.partner_id.display_name or ""
            hold.display_name = f"{what} ({reasons.get(hold.reason, '')})"

    def write(self, vals):
        if "review_date" in vals:
            vals = {"escalated": False, **vals}
        return super().write(vals)

    def action_close(self, note=False):
        """End the holds today: collection resumes with the next run.

        :param note: why, as recorded on the holds
        """
        still_open = self.filtered(lambda hold: not hold.closed_date)
        still_open._check_closing()
        still_open.write(
            {"closed_date": fields.Date.context_today(self), "closed_note": note}
        )
        still_open.activity_unlink(["recouvrement_b2b.activity_hold_review"])

    def _check_closing(self):
        """Refuse to end what something else keeps open (a plan, a dispute): extend it.

        Who ends a hold that it opened itself changes its own state first.
        """

    @api.model
    def _get_active_domain(self, as_of):
        """Return the domain of the holds in force at a date."""
        return (
            Domain("date_start", "<=", as_of)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", as_of))
            & (Domain("closed_date", "=", False) | Domain("closed_date", ">", as_of))
        )

    @api.model
    def _cron_review(self):
        """Ask owners to review their holds; tell the manager when they do not."""
        due = self._review(fields.Date.context_today(self))
        self.env["ir.cron"]._commit_progress(len(due), remaining=0)

    @api.model
    def _review(self, today):
        """Ask for the review of the holds that have come to it."""
        due = self.search(
            self._get_active_domain(today) & Domain("review_date", "<=", today)
        )
        due._ask_for_review(today)
        return due

    def _ask_for_review(self, today):
        """Schedule the review of each hold once, then escalate the late ones once."""
        asked = self.filtered(
            lambda hold: any(
                activity.activity_type_id
                == self.env.ref("recouvrement_b2b.activity_hold_review")
                for activity in hold.activity_ids
            )
        )
        for hold in self - asked:
            hold.activity_schedule(
                "recouvrement_b2b.activity_hold_review",
                date_deadline=hold.review_date,
                user_id=hold.user_id.id,
            )
        for hold in asked.filtered(lambda hold: not hold.escalated):
            limit = hold.review_date + timedelta(
                days=hold.company_id.collection_escalation_days
            )
            if today > limit:
                hold._escalate()

    def _escalate(self):
        """Ask the collection manager to look at a hold that its owner left."""
        self.ensure_one()
        manager = self.company_id._get_collection_manager()
        self.activity_schedule(
            "recouvrement_b2b.activity_hold_review",
            summary=self.env._("Review overdue: the owner has not answered"),
            user_id=manager.id,
        )
        self.escalated = True
