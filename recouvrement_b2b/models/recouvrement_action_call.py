from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import CALL_OUTCOMES


class RecouvrementAction(models.Model):
    """Calls: a task for a person, with what to say, to ask and to note."""

    _inherit = "recouvrement.action"

    call_script = fields.Html(compute="_compute_call_script", sanitize=False)
    call_deadline = fields.Date(readonly=True)
    outcome = fields.Selection(CALL_OUTCOMES, copy=False, tracking=True)
    invoice_received = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
        string="Invoice Received by the Right Person?",
        copy=False,
    )
    first_answer = fields.Char(
        copy=False,
        help="What does the customer say? Is an approval or a document missing?",
    )
    pattern = fields.Char(
        copy=False,
        help="Is there a pattern in this customer's late payments? "
        "A busy season, a payment day, a person who left?",
    )
    other_means = fields.Char(
        string="Other Way to Pay",
        copy=False,
        help="Instalments, another means, another date that we could offer.",
    )

    @api.depends("level_id", "channel", "partner_id")
    def _compute_call_script(self):
        for action in self:
            level = action.level_id
            script = False
            if action.channel == "call" and level.call_script and action.id:
                script = level._render_text("call_script", action)
            action.call_script = script

    def action_call_done(self):
        """Record the outcome of a call; offer a hold for what the customer asked."""
        self._check_states(("approved",))
        if without := self.filtered(lambda action: not action.outcome):
            raise UserError(
                self.env._(
                    "Choose the outcome of the call to %(customer)s first.",
                    customer=without[0].partner_id.display_name,
                )
            )
        self._finish("done")
        follow_up = len(self) == 1 and self._call_followups().get(self.outcome)
        return follow_up() if follow_up else True

    def _call_followups(self):
        """Return ``{outcome: method}``: what to open for what the customer asked."""
        return dict.fromkeys(("promise", "dispute", "plan"), self._action_hold)

    def _action_hold(self):
        """Offer to suspend collection of what the call was about."""
        holds = self.env["recouvrement.hold.create"].with_company(self.company_id)
        reason = self.env.context.get("collection_outcome") or self.outcome
        holds = holds.with_context(default_reason=reason)
        return holds._action_open(self.partner_id, self.due_line_ids.move_line_id)

    def _open_calls(self):
        """Give each approved call a deadline and a task for its collector."""
        calls = self.filtered(
            lambda action: action.channel == "call" and action.state == "approved"
        )
        today = fields.Date.context_today(self)
        activity_type = self.env.ref("recouvrement_b2b.activity_call")
        model_id = self.env["ir.model"]._get_id(self._name)
        activities = []
        for action in calls:
            action.call_deadline = max(today, action.date_planned) + timedelta(
                days=action.level_id.call_days or 5
            )
            activities.append(
                {
                    "res_model_id": model_id,
                    "res_id": action.id,
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "summary": action.level_id.name,
                    "date_deadline": max(today, action.date_planned),
                    "user_id": action._responsible().id,
                }
            )
        # quick update: hundreds of tasks in one run must not send as many notifications
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            activities
        )

    @api.model
    def _close_missed_calls(self, as_of, company):
        """Close the calls that nobody made in time, and tell the manager."""
        missed = self.search(
            Domain("company_id", "=", company.id)
            & Domain("channel", "=", "call")
            & Domain("state", "=", "approved")
            & Domain("call_deadline", "<", as_of)
        )
        dispatch = self.env["recouvrement.dispatch"]
        dispatch._work_alone(missed, ("approved",), self._close_as_missed)
        return missed

    def _close_as_missed(self, calls):
        for deadline, actions in calls.grouped("call_deadline").items():
            actions._set_state(
                "done",
                self.env._("call not made in time"),
                outcome="missed",
                date_done=deadline,
            )
        calls.activity_unlink(["recouvrement_b2b.activity_call"])
        for company, actions in calls.grouped("company_id").items():
            actions._ask(
                "recouvrement_b2b.activity_missed_call",
                company._get_collection_manager(),
            )
