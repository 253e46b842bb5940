from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import COLLECTION_READERS
from .recouvrement_promise import JUDGED_STATES


class RecouvrementHold(models.Model):
    _inherit = "recouvrement.hold"

    promise_id = fields.Many2one(
        "recouvrement.promise",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    def _check_closing(self):
        """An open promise keeps its hold: it is the promise that is withdrawn."""
        if any(promise.state == "open" for promise in self.promise_id):
            raise UserError(
                self.env._(
                    "A promise to pay suspends collection here: withdraw the promise "
                    "instead."
                )
            )
        return super()._check_closing()


class RecouvrementAction(models.Model):
    _inherit = "recouvrement.action"

    kind = fields.Selection(
        selection_add=[("promise", "Promise to pay")], ondelete={"promise": "cascade"}
    )
    promise_id = fields.Many2one(
        "recouvrement.promise",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _call_followups(self):
        # EXTENDS: a promise made on the phone is recorded at once
        return {**super()._call_followups(), "promise": self._action_promise}

    def action_promise(self):
        """Record what the customer promised in answer to a reminder."""
        self.ensure_one()
        return self._action_promise()

    def _action_promise(self):
        promises = self.env["recouvrement.promise"].with_company(self.company_id)
        return promises._action_open(
            self.partner_id,
            self.due_line_ids.move_line_id.filtered(lambda line: not line.reconciled),
            contact_id=self.contact_id.id,
            channel=self.channel,
            note=self.note or self.first_answer,
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_promise_ids = fields.Many2many(
        "recouvrement.promise",
        string="Promises",
        compute="_compute_collection_promises",
        groups=COLLECTION_READERS,
    )
    collection_broken_count = fields.Integer(
        string="Broken Promises",
        compute="_compute_collection_promises",
        groups=COLLECTION_READERS,
    )

    def _compute_collection_promises(self):
        lines = self.env["recouvrement.promise.line"].search(
            Domain("move_line_id.move_id", "in", self.ids)
        )
        by_move = lines.grouped("move_id")
        for move in self:
            own = by_move.get(move._origin, lines.browse()).promise_id
            move.collection_promise_ids = own
            move.collection_broken_count = len(
                own.filtered(lambda promise: promise.state == "broken")
            )

    def action_promise(self):
        """Record a promise to pay these invoices."""
        return self.env["recouvrement.promise"]._action_open(
            self.commercial_partner_id[:1], self._get_owed_lines()
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_promise_ids = fields.One2many(
        "recouvrement.promise",
        "partner_id",
        string="Promises",
        groups=COLLECTION_READERS,
    )
    collection_broken_count = fields.Integer(
        string="Broken Promises",
        compute="_compute_collection_broken_count",
        groups=COLLECTION_READERS,
        help="Promises and plans that the customer did not keep.",
    )

    @api.depends_context("company")
    def _compute_collection_broken_count(self):
        company = Domain("company_id", "=", self.env.company.id)
        mine = company & Domain("partner_id", "in", self.commercial_partner_id.ids)
        promises = self.env["recouvrement.promise"]._read_group(
            mine & Domain("state", "=", "broken"), ["partner_id"], ["__count"]
        )
        plans = self.env["recouvrement.plan"]._read_group(
            mine & Domain("state", "=", "defaulted"), ["partner_id"], ["__count"]
        )
        broken, defaulted = dict(promises), dict(plans)
        for partner in self:
            customer = partner.commercial_partner_id
            count = broken.get(customer, 0) + defaulted.get(customer, 0)
            partner.collection_broken_count = count

    def action_promise(self):
        """Record a promise to pay what is overdue."""
        self.ensure_one()
        return self.env["recouvrement.promise"]._action_open(
            self, self.env["account.move.line"]
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _judge_commitments(self):
        # EXTENDS: a promise is kept, or broken again, as payments are matched
        result = super()._judge_commitments()
        lines = (
            self.env["recouvrement.promise.line"]
            .sudo()  # who records a payment need not have rights on collection
            .search(
                Domain("move_line_id", "in", self.ids)
                & Domain("promise_id.state", "in", JUDGED_STATES)
            )
        )
        if lines:
            lines.promise_id._judge(fields.Date.context_today(self))
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_promise_tolerance_days = fields.Integer(
        string="Tolerance for Promises",
        default=2,
        help="Working days after the date promised during which the payment may still "
        "come in.",
    )
    collection_promise_thanks = fields.Boolean(
        string="Thank for Promises Kept",
        help="Send a short message of thanks when a promise was kept.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_promise_tolerance_days = fields.Integer(
        related="company_id.collection_promise_tolerance_days", readonly=False
    )
    collection_promise_thanks = fields.Boolean(
        related="company_id.collection_promise_thanks", readonly=False
    )
