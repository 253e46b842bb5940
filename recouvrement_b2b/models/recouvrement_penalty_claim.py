from odoo import fields, models

from ..const import VERIFICATIONS


class RecouvrementPenaltyClaim(models.Model):
    """A frozen statement of the penalties that a customer owes, in one currency.

    Its rows never change: they are what was told to the customer. They are claimed,
    invoiced, waived (``recouvrement.penalty.waiver``) or cancelled; the state follows
    from these facts. A day of an item is claimed once, an indemnity once for ever: the
    database sees to it.
    """

    _name = "recouvrement.penalty.claim"
    _description = "Penalty Claim"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        index=True,
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date_to = fields.Date(
        string="Computed to",
        required=True,
        readonly=True,
        help="Last day that counts in the rows.",
    )
    date_claimed = fields.Date(readonly=True, copy=False, tracking=True)
    is_cancelled = fields.Boolean(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user
    )
    action_id = fields.Many2one(
        "recouvrement.action",
        string="Reminder",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The reminder with which the penalties were claimed.",
    )
    line_ids = fields.One2many(
        "recouvrement.penalty.claim.line", "claim_id", string="Rows", readonly=True
    )
    invoice_ids = fields.One2many(
        "account.move",
        "penalty_claim_id",
        string="Penalty Invoices",
        readonly=True,
    )


class RecouvrementPenaltyClaimLine(models.Model):
    """One row of a claim: interest of a balance over days, or a fixed indemnity."""

    _name = "recouvrement.penalty.claim.line"
    _description = "Row of Penalty Claim"
    _order = "claim_id, move_id, kind desc, date_due, date_from, id"

    claim_id = fields.Many2one(
        "recouvrement.penalty.claim", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="claim_id.company_id")
    currency_id = fields.Many2one(related="claim_id.currency_id")
    kind = fields.Selection(
        [("interest", "Interest"), ("indemnity", "Fixed Indemnity")],
        required=True,
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, ondelete="restrict"
    )
    move_line_id = fields.Many2one(
        "account.move.line", string="Item", ondelete="restrict", index="btree_not_null"
    )
    date_due = fields.Date(string="Due Date")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    days = fields.Integer()
    balance = fields.Monetary()
    capitalized = fields.Monetary(string="Of Which Interest")
    rate = fields.Float(string="Rate (%)", digits=(7, 4))
    amount = fields.Monetary()
    terms = fields.Char()
    rate_source = fields.Char(string="Source of the Rate")
    rate_verified = fields.Selection(VERIFICATIONS, string="Rate Checked")
    live = fields.Boolean(
        default=True, help="False once the claim is cancelled: may be claimed again."
    )

    # Two ranges, since PostgreSQL compares them without an extension.
    _interest_once = models.Constraint(
        "EXCLUDE USING gist (int4range(move_line_id, move_line_id, '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) "
        "WHERE (live AND kind = 'interest')",
        "Penalties of some of these days were claimed already.",
    )
    _indemnity_once = models.UniqueIndex(
        "(move_id) WHERE live AND kind = 'indemnity'",
        "The fixed indemnity of an invoice is claimed once.",
    )
