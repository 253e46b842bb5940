from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .recouvrement_plan import AGREED_STATES, SUSPENDING_STATES

OFFER_DAYS = 8  # how long a proposal suspends reminders, unless told otherwise


class RecouvrementPlan(models.Model):
    """What people do with a plan; each step leaves its holds as they should be."""

    _inherit = "recouvrement.plan"

    def action_propose(self):
        """Propose the plans: reminders of their items wait until the offer ends."""
        self.check_access("write")
        self._check_states("draft")
        self._check_complete()
        if "waived" in self.mapped("penalty_regime"):
            self.env["recouvrement.penalty.waiver"]._check_approver()
        self = self.sudo()  # see write; the right to was checked above
        today = fields.Date.context_today(self)
        for plan in self:
            plan.write(
                {
                    "state": "proposed",
                    "date_proposed": today,
                    "valid_until": plan.valid_until
                    or today + timedelta(days=OFFER_DAYS),
                }
            )
        drafts = self.claim_ids.filtered(lambda claim: claim.state == "draft")
        drafts.action_claim()
        # The items of a plan that is rescheduled are suspended by it already.
        self.filtered(
            lambda plan: plan.previous_id.state not in SUSPENDING_STATES
        )._take_items()

    def _take_items(self):
        """Suspend the items of plans: no other plan has them now."""
        self.env.flush_all()  # items leave one plan before they enter another
        self.line_ids.live = True
        self._suspend()

    def action_accept(self):
        """Open the form that records the customer's agreement, with its proof."""
        self._check_states("proposed")
        return self.env["recouvrement.plan.accept"]._action_open(self)

    def _accept(self, **values):
        """Record the customer's agreement: an acknowledgement of the debt.

        :param values: ``date_accepted``, ``acceptance``, ``accepted_by``, ``proof_ids``
        """
        self.check_access("write")
        self = self.sudo()  # see write; the right to was checked above
        for plan in self:
            plan.line_ids._check_free()
            plan._check_penalties()
            previous = plan.previous_id.filtered(
                lambda each: each.state in SUSPENDING_STATES
            )
            previous._close(
                "cancelled", self.env._("rescheduled: %(plan)s", plan=plan.name)
            )
            plan._invoice_penalties()
        self._replace_promises()
        self.write({"state": "accepted", **values})
        self._take_items()
        self._judge(fields.Date.context_today(self))

    def _replace_promises(self):
        """A plan takes the place of the promises on its items."""
        lines = self.env["recouvrement.promise.line"].search(
            Domain("move_line_id", "in", self.line_ids.move_line_id.ids)
            & Domain("live", "=", True)
        )
        lines.promise_id._close("replaced")

    def _check_penalties(self):
        """Refuse an agreement on penalties that were waived or cancelled since."""
        for line in self.line_ids.filtered("claim_id"):
            claim = line.claim_id
            if self.currency_id.compare_amounts(claim._get_owed(), line.amount) or (
                claim.is_cancelled
            ):
                raise UserError(
                    self.env._(
                        "The penalties of %(claim)s were waived or cancelled since: "
                        "cancel this plan and make another.",
                        claim=claim.name,
                    )
                )

    def _invoice_penalties(self):
        """Invoice the penalties included, so that payments can settle them."""
        for line in self.line_ids.filtered("claim_id"):
            if line.claim_id.state in ("claimed", "partly_waived"):
                line.claim_id.action_invoice()
            bill = line.claim_id._get_bills()[:1]
            line.move_line_id = bill._get_receivable_lines()[:1]

    def action_pause(self):
        """Open the form that pauses the plans until a date."""
        self._check_states("accepted", "active")
        return self.env["recouvrement.plan.pause"]._action_open(self)

    def _pause(self, until):
        """Count no instalment as missed until a date; then the plan goes on."""
        self.check_access("write")
        self = self.sudo()  # see write; the right to was checked above
        self.write({"state": "paused", "paused_until": until, "date_notice": False})
        self._suspend()

    def action_resume(self):
        """Go on with paused plans today."""
        self.check_access("write")
        self._check_states("paused")
        self.sudo().write({"state": "active", "paused_until": False})
        self._judge(fields.Date.context_today(self))

    def action_cancel(self):
        """Give plans up: the items are chased again from the level they had reached."""
        self.check_access("write")
        self._check_states("draft", *SUSPENDING_STATES)
        self._close(
            "cancelled", self.env._("cancelled by %(user)s", user=self.env.user.name)
        )

    def action_reschedule(self):
        """Make a new plan of what remains; this one holds until that is accepted."""
        self.ensure_one()
        self._check_states(*AGREED_STATES)
        items = self.line_ids.move_line_id.filtered(lambda line: not line.reconciled)
        plan = self.copy(
            {
                "previous_id": self.id,
                "line_ids": [
                    Command.create(values)
                    for values in self.line_ids._prepare_items(items)
                ],
                "instalment_ids": False,
                "note": self.note,
            }
        )
        return plan.get_formview_action()

    def _complete(self):
        """Close the plans that are paid, with thanks."""
        self._close("completed", self.env._("paid in full"))
        self._send_message("recouvrement_b2b.mail_template_plan_completed")

    def _default(self):
        """End the plans that were not kept: the whole is due, collection resumes.

        The due dates from before the plan count again, for penalties as well if they
        were only suspended.
        """
        for plan in self:
            if plan.on_default == "formal":
                plan.line_ids._resume_at_formal_notice()
        self._close("defaulted", self.env._("instalments were missed"))
        for plan in self:
            plan._tell_owner(
                self.env._(
                    "Plan not kept: %(amount)s is due at once",
                    amount=plan.currency_id.format(plan.remaining),
                )
            )

    def _close(self, state, reason):
        """End plans: their holds end, and what they suspended is decided again."""
        self = self.sudo()  # see write; the steps check the right to
        today = fields.Date.context_today(self)
        self.write({"state": state, "date_closed": today, "date_notice": False})
        self.line_ids.live = False
        self.hold_ids.action_close(reason)
        for plan in self:
            plan._hand_over()
        self.activity_unlink(["recouvrement_b2b.activity_plan"])
        unbilled = self.claim_ids.filtered(
            lambda claim: claim.state in ("draft", "claimed")
        )
        if state == "cancelled":
            unbilled.action_cancel()
        for plan in self:
            plan._message_log(body=reason)

    def _hand_over(self):
        """Leave the items to the plan that was proposed in the place of this one."""
        self.ensure_one()
        proposed = self.next_ids.filtered(lambda plan: plan.state == "proposed")
        proposed[:1]._take_items()
        proposed[1:]._close("cancelled", self.env._("another plan was proposed"))

    def _reopen(self):
        """Go on with completed plans of which a payment was returned.

        Not when an item is in another plan by now: its owner is told.
        """
        self = self.sudo()  # see write
        taken = self.filtered(lambda plan: plan.line_ids._get_taken())
        taken._tell_owner(
            self.env._("A payment was returned, but its items are in another plan")
        )
        taken.write({"state": "cancelled"})
        self = self - taken
        self.write({"state": "active", "date_closed": False})
        self.line_ids.live = True
        self._suspend()

    # --- holds: one an item, in step with the plan ---

    def _suspend(self):
        """Open, or bring into step, the hold of each item."""
        held = {hold.move_line_id: hold for hold in self._get_open_holds()}
        missing = []
        for plan in self:
            values = plan._prepare_hold_dates()
            for item in plan.line_ids.move_line_id:
                if item in held:
                    held[item]._bring_to(values)
                else:
                    missing.append(plan._prepare_hold(item) | values)
        self.env["recouvrement.hold"].create(missing)

    def _get_open_holds(self):
        return self.hold_ids.filtered(lambda hold: not hold.closed_date)

    def _prepare_hold(self, item):
        """Return the values of the hold of one item."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "move_line_id": item.id,
            "reason": "plan",
            "plan_id": self.id,
            "user_id": self._get_owner().id,
            "note": self.name,
        }

    def _prepare_hold_dates(self):
        """Return when the holds end, or have to be looked at: never forgotten."""
        self.ensure_one()
        if self.state == "proposed":
            return {"date_end": self.valid_until, "review_date": False}
        review = self.paused_until if self.state == "paused" else self.next_date
        days = self.grace_days + self.notice_days + 1
        review = (review or fields.Date.context_today(self)) + timedelta(days=days)
        return {"date_end": False, "review_date": review}

    def action_view_instalments(self):
        """Open the instalments of the plans in the calendar."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_instalment_action"
        )
        return action | {"domain": [("plan_id", "in", self.ids)], "context": {}}
