from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import DISPUTE_MOVES

CREDIT_NOTE_DAYS = 7  # in which the credit note of an accepted dispute is to be made

# In the context of our own writes; nobody else has this very object.
STEP = object()


class RecouvrementDispute(models.Model):
    """What a dispute goes through.

    Each step is a public method, and is also taken when the state is written (by drag
    and drop, an import, a server action): there is no other way from state to state.
    """

    _inherit = "recouvrement.dispute"

    @api.model_create_multi
    def create(self, vals_list):
        states = [vals.get("state", "open") for vals in vals_list]
        opened = [{**vals, "state": "open"} for vals in vals_list]
        disputes = super().create(opened)
        for dispute, state in zip(disputes, states, strict=True):
            dispute.state = state
        return disputes

    def write(self, vals):
        if self.env.context.get("dispute_step") is STEP:
            return super().write(vals)
        if vals.keys() & {"date_closed", "state_before"}:
            raise UserError(
                self.env._("A dispute is closed by its state: change that instead.")
            )
        vals = dict(vals)
        state = vals.pop("state", None)
        result = super().write(vals) if vals else True
        if state:
            self.filtered(lambda dispute: dispute.state != state)._go_to(state)
        return result

    # --- what people do ---

    def action_wait(self, question=None):
        """Ask the customer for something, and wait for it.

        :param question: what is asked; without it, the form that asks is opened
        """
        if question is None:
            return self.env["recouvrement.dispute.answer"]._action_open(self, "waiting")
        self.question = question
        self._go_to("waiting")
        return True

    def action_reopen(self):
        """Take the disputes up again: collection is suspended anew."""
        self._go_to("open")

    def action_accept(self):
        """Grant the disputes; open the credit note of a single one.

        What is disputed stays suspended until the credit note is posted: nobody is
        chased for what is about to be credited.
        """
        self._go_to("accepted")
        return self.action_credit_note() if len(self) == 1 else True

    def action_reject(self, answer=None):
        """Refuse the dispute, and tell the customer why: collection goes on.

        :param answer: what the customer is told; without it, the form is opened
        """
        return self._close_with("rejected", answer)

    def action_settle(self, agreement=None):
        """Close the dispute on what was agreed: collection goes on.

        :param agreement: what was agreed; without it, the form is opened
        """
        return self._close_with("settled", agreement)

    def action_withdraw(self):
        """Close the disputes that their customers gave up, or opened by mistake."""
        self._go_to("withdrawn")

    def action_credit_note(self):
        """Open Odoo's form that makes the credit note of an accepted dispute."""
        self.ensure_one()
        if self.state != "accepted":
            raise UserError(self.env._("Accept the dispute before its credit note."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_view_account_move_reversal"
        )
        return action | {
            "views": [(False, "form")],
            "context": {
                "active_model": "account.move",
                "active_id": self.move_id.id,
                "active_ids": self.move_id.ids,
                "default_dispute_id": self.id,
                "default_reason": self._get_credit_note_reason(),
            },
        }

    def _get_credit_note_reason(self):
        """Return what the credit note says, in the customer's language."""
        reason = self.reason_id.with_context(lang=self.partner_id.lang)
        return f"{reason.name} ({self.name})"

    def _close_with(self, state, answer):
        if answer is None:
            return self.env["recouvrement.dispute.answer"]._action_open(self, state)
        self.answer = answer
        self._go_to(state)
        return True

    # --- from state to state ---

    def _go_to(self, state):
        """Move the disputes to a state, with all that goes with it."""
        self._check_moves(state)
        getattr(self, f"_go_to_{state}")()

    def _check_moves(self, state):
        """Refuse a step that the state of a dispute does not allow."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for dispute in self:
            if state not in DISPUTE_MOVES[dispute.state]:
                raise UserError(
                    self.env._(
                        "Dispute %(name)s is %(before)s: it cannot become %(after)s. "
                        "Reopen it first.",
                        name=dispute.name,
                        before=labels[dispute.state].lower(),
                        after=labels[state].lower(),
                    )
                )

    def _go_to_waiting(self):
        self._set_state("waiting")

    def _go_to_open(self):
        self.filtered("date_closed")._check_open_invoice()
        today = fields.Date.context_today(self)
        for dispute in self:
            days = timedelta(days=dispute.reason_id.answer_days)
            dispute._set_state(
                "open",
                date_closed=False,
                state_before=False,
                answer=False,
                answer_date=max(dispute.answer_date, today + days),
            )

    def _go_to_accepted(self):
        today = fields.Date.context_today(self)
        self._set_state(
            "accepted", answer_date=today + timedelta(days=CREDIT_NOTE_DAYS)
        )

    def _go_to_rejected(self):
        self._check_answer(
            self.env._("Write the answer to the customer first: why is it rejected?")
        )
        self._close("rejected")

    def _go_to_settled(self):
        self._check_answer(self.env._("Write first what was agreed."))
        self._close("settled")

    def _go_to_withdrawn(self):
        self._close("withdrawn")

    def _check_answer(self, message):
        if any(not (dispute.answer or "").strip() for dispute in self):
            raise UserError(message)

    def _close(self, state):
        """End the disputes: the items go on from the level that they had reached."""
        today = fields.Date.context_today(self)
        self._set_state(state, date_closed=today, state_before=False)

    def _set_state(self, state, **values):
        """Write a state and what goes with it; the holds follow."""
        # Through write, so that automated actions see each step.
        return self.with_context(dispute_step=STEP).write({"state": state, **values})

    # --- what payments and credit notes do ---

    @api.model
    def _cron_follow(self):
        """Close the disputes that were paid or credited; bring their holds in step."""
        disputes = self._cron_follow_once()
        self.env["ir.cron"]._commit_progress(len(disputes), remaining=0)

    @api.model
    def _cron_follow_once(self):
        disputes = self.search(Domain("date_closed", "=", False))
        disputes._follow()
        return disputes

    @api.model
    def _follow_moves(self, moves):
        """Look at the disputes of invoices and credit notes that were just matched."""
        # sudo: whoever records a payment need have no right on disputes
        disputes = self.sudo()
        touched = Domain("move_id", "in", moves.ids)
        touched |= Domain("credit_note_ids", "in", moves.ids)
        alive = Domain("date_closed", "=", False) | Domain("state_before", "!=", False)
        disputes.search(touched & alive)._follow()

    def _follow(self):
        """Close what was paid or credited, reopen what is owed again."""
        if not self:
            return
        disputes = self.sudo()  # as in _follow_moves
        open_items = disputes._get_open_items()
        today = fields.Date.context_today(self)
        going = disputes.filtered(lambda dispute: not dispute.date_closed)
        over = going.filtered(lambda dispute: dispute._is_over(open_items))
        for state, group in over.grouped("state").items():
            after = "accepted" if state == "accepted" else "settled"
            group._set_state(after, state_before=state, date_closed=today)
        returned = disputes.filtered(
            lambda dispute: dispute.state_before and not dispute._is_over(open_items)
        )
        again = disputes.search(
            Domain("move_id", "in", returned.move_id.ids)
            & Domain("date_closed", "=", False)
        )
        taken = {(dispute.move_id, dispute.reason_id) for dispute in again}
        returned = returned.filtered(  # a newer dispute says the same already
            lambda dispute: (dispute.move_id, dispute.reason_id) not in taken
        )
        for (state, day), group in returned.grouped(
            lambda dispute: (dispute.state_before, max(dispute.answer_date, today))
        ).items():
            group._set_state(
                state, state_before=False, date_closed=False, answer_date=day
            )
        disputes._sync_holds(open_items)

    def _is_over(self, open_items):
        """Tell whether nothing is left of the dispute: paid, credited or cancelled."""
        self.ensure_one()
        if self.move_id.state == "cancel":
            return True
        if self.move_id.state != "posted":
            return False  # it is being corrected
        if not open_items.get(self.move_id.id):
            return True
        credit_notes = self.credit_note_ids.filtered(
            lambda move: move.state != "cancel" and move.move_type == "out_refund"
        )
        return (
            self.state == "accepted" or self.state_before == "accepted"
        ) and self._are_matched(credit_notes, open_items)

    def _are_matched(self, credit_notes, open_items):
        """Tell whether credit notes are posted and set against invoices, wholly."""
        return bool(credit_notes) and all(
            move.state == "posted" and not open_items.get(move.id)
            for move in credit_notes
        )
