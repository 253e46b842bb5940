from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import CHANNELS
from ..tools.business_days import add_business_days

# What may be written by hand on a promise that is recorded.
OPEN_FIELDS = {
    "user_id",
    "contact_id",
    "channel",
    "note",
    "activity_ids",
    "message_follower_ids",
    "message_ids",
}
REVIEW_DAYS = 60  # a promise for a later day is looked at meanwhile
JUDGED_STATES = ("open", "kept", "partly_kept", "broken")


class RecouvrementPromise(models.Model):
    """What a customer promised to pay, and when; judged on what was paid.

    While it is open, reminders of the amount promised wait, some working days of
    tolerance included. It is judged on the dates of the payments and can be judged
    anew: a payment returned breaks it, one recorded late keeps it. Broken, collection
    goes on from the level that the items had reached.
    """

    _name = "recouvrement.promise"
    _description = "Promise to Pay"
    _inherit = ["recouvrement.commitment"]
    _order = "date_promised desc, id desc"
    _check_company_auto = True
    _kind = "promise"
    _activity = "recouvrement_b2b.activity_promise"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Promised by",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    channel = fields.Selection(CHANNELS, default="call")
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users", string="Owner", default=lambda self: self.env.user, tracking=True
    )
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary(required=True, tracking=True)
    date_promised = fields.Date(
        string="To Be Paid on", required=True, tracking=True, index=True
    )
    date_limit = fields.Date(
        string="Judged after",
        compute="_compute_date_limit",
        store=True,
        help="The date promised and the working days of tolerance of the company.",
    )
    date_made = fields.Date(
        string="Promised on", required=True, default=fields.Date.context_today
    )
    line_ids = fields.One2many(
        "recouvrement.promise.line", "promise_id", string="Items"
    )
    hold_ids = fields.One2many("recouvrement.hold", "promise_id", string="Holds")
    paid = fields.Monetary(readonly=True, copy=False)
    date_judged = fields.Date(readonly=True, copy=False)
    rank = fields.Integer(
        readonly=True,
        copy=False,
        help="How many promises on the same items were broken before this one.",
    )
    replaced_by_id = fields.Many2one(
        "recouvrement.promise", readonly=True, copy=False, ondelete="set null"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly_kept", "Partly kept"),
            ("broken", "Broken"),
            ("withdrawn", "Withdrawn"),
            ("replaced", "Replaced"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "Promise an amount above zero."
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_promised >= date_made)",
        "A promise is for the day on which it is made, or a later one.",
    )

    @api.depends("date_promised", "company_id")
    def _compute_date_limit(self):
        for promise in self:
            company = promise.company_id
            promise.date_limit = promise.date_promised and add_business_days(
                promise.date_promised,
                company.collection_promise_tolerance_days,
                (company.account_fiscal_country_id.code or "FR",),
            )

    @api.depends("partner_id", "date_promised", "amount")
    def _compute_display_name(self):
        for promise in self:
            amount = promise.currency_id and promise.currency_id.format(promise.amount)
            parts = [promise.partner_id.name, amount]
            promise.display_name = " · ".join(filter(None, parts))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any("state" in vals for vals in vals_list):
            raise UserError(self.env._("A promise begins as a draft: record it then."))
        return super().create(vals_list)

    def write(self, vals):
        """A promise that is recorded changes by its steps, not by hand."""
        recorded = any(promise.state != "draft" for promise in self)
        if not self.env.su and (
            {"state", "paid", "date_judged", "rank"} & set(vals)
            or (recorded and set(vals) - OPEN_FIELDS)
        ):
            raise UserError(
                self.env._("This promise is recorded: withdraw it, or record another.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(promise.state != "draft" for promise in self):
            raise UserError(
                self.env._("What a customer promised is kept: withdraw the promise.")
            )

    # --- what people do ---

    def action_open(self):
        """Take promises into account: reminders of what was promised wait."""
        self.check_access("write")
        self._check_states("draft")
        self = self.sudo()  # see write; the right to was checked above
        today = fields.Date.context_today(self)
        for promise in self:
            if promise.date_limit < today:
                raise UserError(
                    self.env._("The date is past: choose the day that was promised.")
                )
            if not promise.line_ids:
                raise UserError(self.env._("Choose the items that will be paid."))
            owed = promise.currency_id.round(sum(promise.line_ids.mapped("amount")))
            if promise.currency_id.compare_amounts(promise.amount, owed) > 0:
                raise UserError(
                    self.env._(
                        "Only %(owed)s is owed on these items: a promise is for that "
                        "at most.",
                        owed=promise.currency_id.format(owed),
                    )
                )
            promise._replace_others()
        self.state = "open"
        self.env.flush_all()  # items leave one promise before they enter another
        self.line_ids.live = True
        self._suspend()
        self._judge(today)

    def action_withdraw(self):
        """End promises that do not hold any more: reminders go on."""
        self.check_access("write")
        self._check_states("draft", "open")
        self.sudo()._close("withdrawn")

    def _replace_others(self):
        """A new promise takes the place of an open one on the same items."""
        self.ensure_one()
        lines = self.env["recouvrement.promise.line"].search(
            Domain("move_line_id", "in", self.line_ids.move_line_id.ids)
            & Domain("promise_id", "!=", self.id)
        )
        others = lines.promise_id.filtered(lambda promise: promise.state == "open")
        others._close("replaced")
        others.replaced_by_id = self
        missed = lines.promise_id.filtered(
            lambda promise: promise.state in ("broken", "partly_kept", "replaced")
        )
        self.rank = len(missed)

    def _close(self, state):
        """End promises: their holds end with them."""
        self.write({"state": state, "date_judged": fields.Date.context_today(self)})
        self.line_ids.live = False
        self.hold_ids.action_close(
            dict(self._fields["state"]._description_selection(self.env))[state]
        )

    # --- holds ---

    def _suspend(self):
        """Suspend what was promised, the oldest items first; the rest is chased."""
        values = []
        for promise in self:
            left = promise.amount
            held = promise.hold_ids.filtered(lambda hold: not hold.closed_date)
            for line in promise.line_ids.sorted(lambda line: (line.date_due, line.id)):
                part = promise.currency_id.round(min(left, line.amount))
                left -= part
                if part and line.move_line_id not in held.move_line_id:
                    values.append(promise._prepare_hold(line, part))
        self.env["recouvrement.hold"].create(values)

    def _prepare_hold(self, line, amount):
        """Return the values of the hold of one item; it ends by itself."""
        self.ensure_one()
        whole = self.currency_id.compare_amounts(amount, line.amount) >= 0
        return {
            "company_id": self.company_id.id,
            "move_line_id": line.move_line_id.id,
            "amount": 0.0 if whole else amount,
            "reason": "promise",
            "promise_id": self.id,
            "user_id": (self.user_id or self.env.user).id,
            "date_end": self.date_limit,
            "review_date": self._get_review_date(),
            "note": self.note,
        }

    def _get_review_date(self):
        """Return when somebody looks at a promise for a distant day; else False."""
        self.ensure_one()
        review = fields.Date.context_today(self) + timedelta(days=REVIEW_DAYS)
        return review if self.date_limit > review else False

    @api.model
    def _action_open(self, partner, lines, **defaults):
        """Return the action that opens a new promise on items.

        :param lines: receivable items, empty for all that is overdue
        :param defaults: other values of the promise: ``contact_id``, ``channel``
        """
        customer = partner.commercial_partner_id
        if not lines:
            lines = self.env["recouvrement.plan.create"]._get_overdue(customer)
        lines = lines.filtered(lambda line: line.currency_id == lines[:1].currency_id)
        items = self.env["recouvrement.promise.line"]._prepare_items(lines)
        company = lines.company_id[:1] or self.env.company
        values = {
            "company_id": company.id,
            "partner_id": customer.id,
            "currency_id": (lines.currency_id[:1] or company.currency_id).id,
            "amount": sum(item["amount"] for item in items),
            "line_ids": [Command.create(item) for item in items],
            **defaults,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promise to Pay"),
            "res_model": self._name,
            "view_mode": "form",
            "view_id": self.env.ref(
                "recouvrement_b2b.recouvrement_promise_view_form_new"
            ).id,
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},
        }
