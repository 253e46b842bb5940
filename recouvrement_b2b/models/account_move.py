from odoo import api, fields, models

from ..const import COLLECTION_READERS, OUTCOMES, REASONS


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_level_id = fields.Many2one(
        "recouvrement.level",
        string="Last Level",
        compute="_compute_collection_history",
        help="Highest level at which the customer was contacted about this invoice.",
        groups=COLLECTION_READERS,
    )
    collection_action_count = fields.Integer(
        compute="_compute_collection_history",
        groups=COLLECTION_READERS,
    )
    collection_outcome = fields.Selection(
        OUTCOMES,
        string="Collection Today",
        compute="_compute_collection_decision",
        groups=COLLECTION_READERS,
    )
    collection_next_date = fields.Date(
        string="Next Reminder",
        compute="_compute_collection_decision",
        groups=COLLECTION_READERS,
    )
    collection_next_level_id = fields.Many2one(
        "recouvrement.level",
        string="Next Level",
        compute="_compute_collection_decision",
        groups=COLLECTION_READERS,
    )
    collection_reason = fields.Char(
        string="Why (Not) Today",
        compute="_compute_collection_decision",
        help="The answer of the decision function, as the daily run would read it now.",
        groups=COLLECTION_READERS,
    )
    collection_action_line_ids = fields.One2many(
        "recouvrement.action.line",
        "move_id",
        string="Reminders",
        groups=COLLECTION_READERS,
    )
    collection_hold_ids = fields.Many2many(
        "recouvrement.hold",
        string="Holds in Force",
        compute="_compute_collection_decision",
        groups=COLLECTION_READERS,
    )
    collection_hold_count = fields.Integer(
        compute="_compute_collection_decision",
        groups=COLLECTION_READERS,
    )

    @api.depends("collection_action_line_ids.live", "collection_action_line_ids.state")
    def _compute_collection_history(self):
        lines = self.env["recouvrement.action.line"].search_fetch(
            [("move_id", "in", self.ids), ("kind", "=", "due")],
            ["move_id", "level_id", "level_days", "state", "action_id"],
        )
        history = lines.grouped("move_id")
        for move in self:
            own = history.get(move, lines.browse())
            done = own.filtered(lambda line: line.action_id._is_finished())
            move.collection_action_count = len(own.action_id)
            move.collection_level_id = done.sorted("level_days")[-1:].level_id

    @api.depends_context("uid")
    @api.depends("payment_state", "state", "no_followup", "is_move_sent")
    def _compute_collection_decision(self):
        """Ask the one decision function about the invoices, in one call a company."""
        decided = {}
        for company, moves in self.grouped("company_id").items():
            customers = moves.filtered(lambda move: move.is_sale_document()).mapped(
                "commercial_partner_id"
            )
            if not customers:
                continue
            answers = self.env["recouvrement.policy"].decide(
                company=company, partners=customers
            )
            for answer in answers:
                decided.setdefault(answer["move_id"], []).append(answer)
        order = [outcome for outcome, _label in OUTCOMES]
        for move in self:
            answers = sorted(
                decided.get(move.id, ()),
                key=lambda answer: (
                    order.index(answer["outcome"]),
                    answer["next_date"] or fields.Date.to_date("9999-12-31"),
                ),
            )
            first = answers[0] if answers else {}
            move.collection_outcome = first.get("outcome", False)
            move.collection_next_date = first.get("next_date", False)
            move.collection_next_level_id = first.get("level_id", False)
            move.collection_reason = move._collection_sentence(answers)
            held = {hold for answer in answers for hold in answer["hold_ids"]}
            move.collection_hold_count = len(held)
            # Who is limited to a portfolio is told of other holds, not what they say.
            holds = self.env["recouvrement.hold"].browse(held)
            move.collection_hold_ids = holds._filtered_access("read")

    def _collection_sentence(self, answers):
        """Say why the invoice is chased today or not, one reason per open item."""
        sentences = dict.fromkeys(
            self.env._(REASONS[answer["reason"]]) for answer in answers
        )
        return " ".join(sentences) or False

    def action_view_collection_actions(self):
        """Open the reminders about the invoices."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_action_action"
        )
        action["domain"] = [("line_ids.move_id", "in", self.ids)]
        return action

    def _get_receivable_lines(self):
        """Return the receivable items of the entries, paid or not."""
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _get_owed_lines(self):
        """Return the items that the customers have not paid, credits left out."""
        return self._get_receivable_lines().filtered(
            lambda line: not line.reconciled and line.amount_residual > 0
        )

    def action_collection_hold(self):
        """Open the form that suspends collection of the invoices."""
        return self.env["recouvrement.hold.create"]._action_open(
            self.commercial_partner_id, self._get_owed_lines()
        )

    def action_restart_collection(self):
        """Start collection of the invoices again from the first level."""
        self._get_receivable_lines().action_restart_collection()
