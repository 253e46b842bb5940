from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

PAID = ("paid", "in_payment", "reversed")
# What people write on a claim; all else follows from what is done with it.
WRITABLE = {"user_id", "activity_ids", "message_follower_ids", "message_ids"}


class RecouvrementPenaltyClaim(models.Model):
    """A frozen statement of the penalties that a customer owes, in one currency.

    Its rows do not change once it is claimed: they are what was told to the customer.
    They are then invoiced, waived (``recouvrement.penalty.waiver``) or given up; the
    state follows from these facts. A day of an item is claimed once, an indemnity once
    for ever: the database sees to it.
    """

    _name = "recouvrement.penalty.claim"
    _description = "Penalty Claim"
    _inherit = ["recouvrement.steps", "mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

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
        ondelete="restrict",
        index=True,
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date_to = fields.Date(
        string="Computed to",
        required=True,
        tracking=True,
        help="Last day that counts in the rows.",
    )
    date_claimed = fields.Date(
        string="Claimed on", readonly=True, copy=False, tracking=True
    )
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
    waiver_ids = fields.One2many(
        "recouvrement.penalty.waiver", "claim_id", string="Waivers", readonly=True
    )
    invoice_ids = fields.One2many(
        "account.move", "penalty_claim_id", string="Penalty Invoices", readonly=True
    )
    interest = fields.Monetary(compute="_compute_amounts", store=True)
    indemnity = fields.Monetary(
        string="Indemnities", compute="_compute_amounts", store=True
    )
    amount = fields.Monetary(
        string="Total", compute="_compute_amounts", store=True, tracking=True
    )
    waived = fields.Monetary(
        compute="_compute_waived",
        store=True,
        tracking=True,
        help="What was waived for good; offers count once the customer has kept to "
        "them.",
    )
    amount_due = fields.Monetary(
        string="Still Claimed",
        compute="_compute_waived",
        store=True,
        help="Total less what was waived.",
    )
    offer_date = fields.Date(
        string="Offer until",
        compute="_compute_waived",
        store=True,
        help="The penalties are waived if the invoices are paid by this date.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("claimed", "Claimed"),
            ("partly_waived", "Partly waived"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
            ("waived", "Waived"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
        index=True,
    )
    drift = fields.Monetary(
        string="Difference since",
        compute="_compute_drift",
        help="What the same days would cost if they were computed now, less what was "
        "claimed: not zero when a payment was recorded, or cancelled, afterwards.",
    )

    _one_draft = models.UniqueIndex(
        "(company_id, partner_id, currency_id) WHERE state = 'draft'",
        "There is a draft claim for this customer already: go on with it.",
    )

    # --- what follows from the facts ---

    @api.depends("line_ids.amount", "line_ids.kind")
    def _compute_amounts(self):
        for claim in self:
            by_kind = claim.line_ids.grouped("kind")
            none = claim.line_ids.browse()
            sums = {
                kind: claim.currency_id.round(
                    sum(by_kind.get(kind, none).mapped("amount"))
                )
                for kind in ("interest", "indemnity")
            }
            claim.interest, claim.indemnity = sums["interest"], sums["indemnity"]
            claim.amount = sum(sums.values())

    @api.depends(
        "amount",
        "is_cancelled",
        "waiver_ids.state",
        "waiver_ids.amount",
        "invoice_ids.state",
        "invoice_ids.amount_residual",
    )
    def _compute_waived(self):
        for claim in self:
            states = claim.waiver_ids.grouped("state")
            granted = states.get("granted", claim.waiver_ids.browse())
            offered = states.get("offered", claim.waiver_ids.browse())
            claim.waived = claim.currency_id.round(sum(granted.mapped("amount")))
            claim.amount_due = claim._get_amount_due()
            claim.offer_date = max(offered.mapped("condition_date"), default=False)

    def _get_owed(self):
        """Return what is claimed, less what was waived for good."""
        self.ensure_one()
        return self.currency_id.round(self.amount - self.waived)

    def _get_amount_due(self):
        """Return what the customer has still to pay."""
        self.ensure_one()
        if self.is_cancelled:
            return 0.0
        moves = self._get_moves("posted")
        if self._get_billed() <= 0:
            return self._get_owed()
        due = sum(
            move.amount_residual * (1 if move.move_type == "out_invoice" else -1)
            for move in moves
        )
        return max(self.currency_id.round(due), 0.0)

    @api.depends(
        "date_claimed",
        "is_cancelled",
        "waived",
        "amount",
        "amount_due",
        "invoice_ids.state",
        "invoice_ids.payment_state",
    )
    def _compute_state(self):
        for claim in self:
            claim.state = claim._get_state()

    def _get_state(self):
        """Return the state that the facts give."""
        self.ensure_one()
        if self.is_cancelled:
            return "cancelled"
        if not self.date_claimed:
            return "draft"
        if self.amount and self.currency_id.compare_amounts(self._get_owed(), 0) <= 0:
            return "waived"
        if self._get_billed() > 0 or self._get_moves("draft"):
            bills = self._get_bills()
            paid = bills and all(bill.payment_state in PAID for bill in bills)
            return "paid" if paid and not self._get_moves("draft") else "invoiced"
        return "partly_waived" if self.waived else "claimed"

    @api.depends("line_ids", "state", "line_ids.move_line_id.amount_residual")
    def _compute_drift(self):
        """Compute the claimed days again, to tell what was recorded afterwards."""
        for claim in self:
            claim.drift = claim._get_drift() if claim.state != "cancelled" else 0.0

    # --- making and deleting ---

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["name"] = vals.get("name") or self.env["ir.sequence"].next_by_code(
                "recouvrement.penalty.claim"
            )
        return super().create(vals_list)

    def write(self, vals):
        """Only methods of claims change what was told to a customer."""
        frozen = set(vals) - WRITABLE
        if frozen and not self.env.su:
            raise AccessError(
                self.env._("What is claimed changes by its buttons only, not by hand.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claimed(self):
        if any(claim.state not in ("draft", "cancelled") for claim in self):
            raise UserError(
                self.env._(
                    "What was claimed from a customer is kept: waive or cancel it."
                )
            )

    # --- what people do ---

    @api.model
    def _action_claim_customers(self, partners, as_of, moves=None):
        """Make the draft claims of customers, and return the action that shows them.

        :raise UserError: when the customers owe no penalty that was not claimed yet
        """
        claims = self._claim_customers(partners, as_of, moves=moves)
        if not claims:
            raise UserError(
                self.env._("There is no penalty to claim that was not claimed already.")
            )
        return claims._action_view()

    def _action_view(self):
        """Return the action that shows the claims: the form when there is one."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_penalty_claim_action"
        )
        if len(self) == 1:
            action |= {"res_id": self.id, "views": [(False, "form")]}
        else:
            action |= {"domain": [("id", "in", self.ids)], "context": {}}
        return action

    def action_claim(self):
        """Freeze the drafts: from now on they are claimed from the customers.

        What was recorded since the draft was made is taken into account.
        """
        self.check_access("write")
        self._check_states("draft")
        self.filtered("drift")._compute_again()
        if any(not claim.line_ids for claim in self):
            raise UserError(self.env._("There is nothing to claim."))
        # sudo: see write
        self.sudo().date_claimed = fields.Date.context_today(self)

    def action_cancel(self):
        """Give the claims up: their days and indemnities may be claimed again."""
        self.check_access("write")
        self._check_states("draft", "claimed", "partly_waived", "waived")
        for claim in self:
            if claim._get_billed() or claim._get_moves("draft"):
                raise UserError(
                    self.env._(
                        "The penalties of %(name)s are invoiced: waive them, or credit "
                        "or cancel the invoice first.",
                        name=claim.name,
                    )
                )
        later = self._get_later_claims()
        if later:
            raise UserError(
                self.env._(
                    "Cancel %(claims)s first: it goes on from the days claimed here.",
                    claims=", ".join(later.mapped("name")),
                )
            )
        decided = self.waiver_ids.filtered(
            lambda waiver: waiver.state in ("offered", "granted")
        )
        if decided:
            decided._check_approver()
        claims = self.sudo()  # see write; the right to was checked above
        claims.is_cancelled = True
        claims.waiver_ids._end("revoked")
        claims.line_ids.live = False

    def _get_later_claims(self):
        """Return the other live claims that go on from the days of these."""
        ends = {}
        for line in self.line_ids:
            if line.kind == "interest":
                known = ends.get(line.move_line_id, line.date_to)
                ends[line.move_line_id] = max(known, line.date_to)
        others = (
            self.env["recouvrement.penalty.claim.line"]
            .sudo()  # of all claims
            .search(
                Domain("move_line_id", "in", [item.id for item in ends])
                & Domain("claim_id", "not in", self.ids)
                & Domain("live", "=", True)
            )
        )
        return others.filtered(
            lambda line: line.date_from > ends[line.move_line_id]
        ).claim_id

    def action_waive(self):
        """Open the form that waives the penalties, wholly, in part or on condition."""
        self._check_states("claimed", "partly_waived", "invoiced")
        return self.env["recouvrement.penalty.waive"]._action_open(self)

    def _get_left_to_waive(self):
        """Return (interest, indemnities) that no waiver takes off yet.

        Of an invoiced claim no more than what is still to be paid.
        """
        self.ensure_one()
        live = self.waiver_ids.filtered("is_live")
        interest, indemnity = (
            self.currency_id.round(self[name] - sum(live.mapped(name)))
            for name in ("interest", "indemnity")
        )
        if self._get_billed() > 0:
            pending = live.filtered(lambda waiver: waiver.state != "granted")
            open_amount = self.amount_due - sum(pending.mapped("amount"))
            interest = min(interest, max(open_amount, 0.0))
            indemnity = min(indemnity, max(open_amount - interest, 0.0))
        return self.currency_id.round(interest), self.currency_id.round(indemnity)

    def action_print(self):
        """Download the claims as one PDF: their rows, as they were frozen."""
        document = self.env["recouvrement.document"]
        pages = self.env["recouvrement.penalty.claim.page"]._get_pages(self)
        pdfs = document._render_all(pages)
        content = document._merge([pdfs[claim.id] for claim in self])
        name = self.name.replace("/", "-") if len(self) == 1 else self._description
        return self.env["recouvrement.download"]._action_open(f"{name}.pdf", content)

    def action_view_invoices(self):
        """Open the invoices of the penalties, and their credit notes."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return action | {
            "domain": [("penalty_claim_id", "in", self.ids)],
            "context": {"create": False},
        }
