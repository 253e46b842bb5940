import logging
from collections import defaultdict

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ..const import LIVE_STATES, OPEN_STATES

_logger = logging.getLogger(__name__)


class RecouvrementAction(models.Model):
    """What a reminder goes through: approved, sent, done, failed, cancelled..."""

    _inherit = "recouvrement.action"

    # --- states ---

    def _set_state(self, state, reason=False, **values):
        """Move the actions to a state, with its time and reason, and log it.

        The unique index of the lines follows: a failed or cancelled action frees its
        items, another state takes them again.
        """
        self.write(
            {
                "state": state,
                "state_date": fields.Datetime.now(),
                "state_reason": reason,
                **values,
            }
        )
        lines = self.line_ids.filtered("level_id")
        live = state in LIVE_STATES
        lines.filtered(lambda line: line.live != live).live = live
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        text = self.env._("%(state)s: %(reason)s", state=label, reason=reason)
        self._message_log_batch(dict.fromkeys(self.ids, text if reason else label))

    def _finish(self, state, **values):
        """Record that the contact took place, and everything that follows from it."""
        values.setdefault("date_done", fields.Date.context_today(self))
        self._set_state(state, failure=False, retry_at=False, **values)
        self._record_formal_notices()
        self.activity_unlink(["recouvrement_b2b.activity_call"])
        self._log_on_customers()
        self._try_level_effects()

    def _try_level_effects(self):
        """Run the effects of the levels; their failure does not undo the contact."""
        try:
            with self.env.cr.savepoint():
                self._run_level_effects()
        except Exception as error:
            _logger.error("Effects of %s failed", self, exc_info=error)
            note = self.env._("An automated action failed: %(error)s", error=error)
            self._message_log_batch(dict.fromkeys(self.ids, note))

    def _log_on_customers(self):
        """Write one line per contact on the customer's chatter."""
        channels = dict(self._fields["channel"]._description_selection(self.env))
        summaries = defaultdict(list)
        for action in self.filtered("is_contact"):
            summary = action._contact_summary(channels[action.channel])
            summaries[action.partner_id.id].append(summary)
        self.env["res.partner"].browse(summaries)._message_log_batch(
            {
                partner_id: Markup("<br/>").join(lines)
                for partner_id, lines in summaries.items()
            }
        )

    def _contact_summary(self, channel):
        """Return the line that stands for the contact on the customer's chatter."""
        self.ensure_one()
        what = self.level_id.name or self.subject or self.note or ""
        amount = self.currency_id.format(self.amount)
        outcome = dict(self._fields["outcome"]._description_selection(self.env))
        parts = [channel, what, amount if self.amount else "", self.recipient or ""]
        parts.append(outcome.get(self.outcome, ""))
        return " · ".join(filter(None, [self.name, *parts]))

    def _run_level_effects(self):
        """Claim penalties, run server actions, create activities, as levels say."""
        self._claim_penalties()
        for level, actions in self.grouped("level_id").items():
            # sudo: collectors may not read server actions, which a manager configured
            for server_action in level.sudo().server_action_ids:
                server_action.with_context(
                    active_model=self._name,
                    active_ids=actions.ids,
                    active_id=actions[:1].id,
                ).run()
            if level.activity_type_id:
                for action in actions.with_context(mail_activity_quick_update=True):
                    # sudo: collectors may not write on customers
                    action.partner_id.sudo().activity_schedule(
                        activity_type_id=level.activity_type_id.id,
                        summary=level.activity_note or level.name,
                        user_id=action._activity_user().id,
                    )

    def _activity_user(self):
        """Return who gets the activity of the level."""
        self.ensure_one()
        level = self.level_id
        users = {
            "salesperson": self.partner_id.user_id,
            "user": level.activity_user_id,
        }
        return users.get(level.activity_role) or self._responsible()

    # --- buttons ---

    def _check_states(self, states):
        wrong = self.filtered(lambda action: action.state not in states)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(count)s of the chosen reminders are %(state)s: "
                    "take them out of the selection, then try again.",
                    count=len(wrong),
                    state=", ".join({labels[action.state] for action in wrong}),
                )
            )

    def action_approve(self):
        """Approve proposed reminders: they go out with the next sending."""
        self._check_states(("proposed",))
        self._set_state(
            "approved", self.env._("approved by %(user)s", user=self.env.user.name)
        )
        self._open_calls()

    def action_skip(self):
        """Pass over this level for the items: no contact, the next level will come."""
        self._check_states(OPEN_STATES)
        self._set_state(
            "done",
            self.env._("skipped by %(user)s", user=self.env.user.name),
            outcome="skipped",
            date_done=fields.Date.context_today(self),
        )
        self.activity_unlink(["recouvrement_b2b.activity_call"])

    def action_cancel(self):
        """Give the reminders up; the same level is proposed again when still due."""
        self._check_states(OPEN_STATES)
        self._cancel(self.env._("cancelled by %(user)s", user=self.env.user.name))

    def _cancel(self, reason):
        self._set_state("cancelled", reason)
        self.activity_unlink(["recouvrement_b2b.activity_call"])

    def action_retry(self):
        """Try failed reminders again, with the address as it is now."""
        self._check_states(("failed",))
        self.activity_unlink(["recouvrement_b2b.activity_correct"])
        self._set_state("approved", self.env._("to be tried again"), failure=False)
        return self.action_send()

    def action_confirm_sent(self):
        """Settle an unknown result: the message did go out."""
        self._check_states(("unknown",))
        self.activity_unlink(["recouvrement_b2b.activity_unknown"])
        self._finish("sent")

    def action_confirm_not_sent(self):
        """Settle an unknown result: the message did not go out, send it again."""
        self._check_states(("unknown",))
        self.activity_unlink(["recouvrement_b2b.activity_unknown"])
        self._set_state("approved", self.env._("it did not go out: to be sent again"))

    def action_send(self):
        """Send approved e-mails and SMS now, whatever the hour."""
        self._check_states(("approved",))
        return self.env["recouvrement.dispatch"]._send(self, ignore_hours=True)

    def action_hold(self):
        """Open the form that suspends collection of these customers."""
        if len(self.company_id) > 1:
            raise UserError(
                self.env._(
                    "Choose reminders of one company to suspend their customers."
                )
            )
        holds = self.env["recouvrement.hold.create"].with_company(self.company_id)
        return holds._action_open(self.partner_id)

    def action_reassign(self):
        """Open the form that gives these reminders to another collector."""
        return self.env["recouvrement.reassign"]._action_open(self)

    # --- what goes wrong ---

    def _message_receive_bounce(self, email, partner):
        # EXTENDS mail: what came back goes to the correction list
        result = super()._message_receive_bounce(email, partner)
        for action in self.filtered(lambda action: action.state == "sent"):
            action._fail("bounce", self.env._("returned by the server of %s", email))
        return result

    def _fail(self, failure, reason, retry_at=False):
        """Record a failure; unless it is to be retried, ask a person to correct it."""
        self.ensure_one()
        self._set_state("failed", reason, failure=failure, retry_at=retry_at)
        if not retry_at:
            self._ask("recouvrement_b2b.activity_correct", note=reason)

    def _doubt(self, reason):
        """Record that nobody knows whether the message went out: a person decides."""
        self.ensure_one()
        self._set_state("unknown", reason)
        self._ask("recouvrement_b2b.activity_unknown")

    def _ask(self, task, user=None, **values):
        """Give a task to the person responsible, or to ``user``.

        Without the e-mail that Odoo sends for each: tasks come in hundreds, and are on
        the worklist.
        """
        for action in self.with_context(mail_activity_quick_update=True):
            action.activity_schedule(
                task, user_id=(user or action._responsible()).id, **values
            )

    def _responsible(self):
        """Return who handles what happens: the collector, else the manager."""
        self.ensure_one()
        return self.user_id or self.company_id._get_collection_manager()
