from datetime import timedelta
from textwrap import shorten

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from ..tools.automatic_reply import is_automatic

EXCERPT = 300  # characters of the answer that are shown in the task


class RecouvrementAction(models.Model):
    """What the customer answers to a message.

    Odoo's mail gateway puts the answer in the chatter of the reminder. The same day it
    is on the worklist, a task for the collector; messages stop for some days.
    """

    _inherit = "recouvrement.action"

    reply_state = fields.Selection(
        [("waiting", "Replied"), ("handled", "Reply handled")],
        string="Reply",
        readonly=True,
        copy=False,
    )
    reply_date = fields.Datetime(
        string="Replied on",
        readonly=True,
        copy=False,
        help="When the last answer of the customer came.",
    )

    _reply_idx = models.Index("(partner_id) WHERE reply_state = 'waiting'")

    @api.model
    def _get_worklist_domain(self):
        # EXTENDS: answers that nobody has handled
        return super()._get_worklist_domain() | Domain("reply_state", "=", "waiting")

    def message_update(self, msg_dict, update_vals=None):
        # EXTENDS mail: an answer of the customer comes to the collector
        result = super().message_update(msg_dict, update_vals)
        if not self.env.context.get("collection_automatic_reply"):
            for action in self:
                if action._is_from_customer(msg_dict):
                    action._receive_reply(msg_dict)
        return result

    def _is_from_customer(self, msg_dict):
        """Tell whether a message comes from the customer's side, not from our own.

        Anybody who is not one of us: customers answer from addresses never seen before.
        """
        self.ensure_one()
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        sender = email_normalize(msg_dict.get("email_from"))
        ours = author and not author.partner_share  # who has a login of an employee
        return not ours and sender != self.company_id.partner_id.email_normalized

    def _receive_reply(self, msg_dict):
        """Put the answer on the collector's list, and hold messages for some days."""
        self.ensure_one()
        self.write({"reply_state": "waiting", "reply_date": fields.Datetime.now()})
        self._ask_to_handle_reply(msg_dict)
        self._hold_for_reply()
        self.partner_id._message_log(
            body=self.env._(
                "%(sender)s replied to %(reminder)s.",
                sender=msg_dict.get("email_from") or self.partner_id.name,
                reminder=self.name,
            )
        )

    def _ask_to_handle_reply(self, msg_dict):
        """Give the collector one task, however many answers come: the last one."""
        task = "recouvrement_b2b.activity_reply"
        self.activity_unlink([task])
        text = shorten(html2plaintext(msg_dict.get("body") or ""), EXCERPT)
        self._ask(task, summary=msg_dict.get("subject"), note=text)

    def _hold_for_reply(self):
        """Hold messages to the customer for the company's days; once, then longer."""
        self.ensure_one()
        days = self.company_id.collection_reply_hold_days
        if days <= 0:
            return
        today = fields.Date.context_today(self)
        last_day = today + timedelta(days=days)
        hold = self._reply_holds()[:1]
        if hold:
            hold.date_end = max(hold.date_end or last_day, last_day)
        else:
            hold.create(self._prepare_reply_hold_vals(today, last_day))

    def _reply_holds(self):
        """Return the holds that answers of these customers opened."""
        holds = self.env["recouvrement.hold"].sudo()  # the owner may be a colleague
        return holds.search(
            holds._get_active_domain(fields.Date.context_today(self))
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("partner_id", "in", self.partner_id.ids)
            & Domain("reason", "=", "reply")
            & Domain("move_line_id", "=", False)
        )

    def _prepare_reply_hold_vals(self, today, last_day):
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "reason": "reply",
            "note": self.env._("Reply to %(reminder)s", reminder=self.name),
            "user_id": self._responsible().id,
            "date_start": today,
            "date_end": last_day,
        }

    def action_reply_handled(self):
        """Record that the answers were handled: collection of the customers resumes.

        What was agreed on (a plan, a dispute) has a hold of its own, which stays.
        """
        waiting = self.filtered(lambda action: action.reply_state == "waiting")
        waiting._end_replies()
        waiting.activity_feedback(["recouvrement_b2b.activity_reply"])

    def action_reply_followup(self):
        """Open the form for what the customer asks in the answer.

        The context says what: ``collection_outcome``, one of the outcomes of a call.
        """
        self.ensure_one()
        return self._call_followups()[self.env.context["collection_outcome"]]()

    def _end_replies(self):
        """Set the answers as handled, and end the holds of who has no other one."""
        waiting = self.filtered(lambda action: action.reply_state == "waiting")
        if not waiting:
            return
        waiting.reply_state = "handled"
        # sudo: another answer of the customer may be a colleague's
        others = self.sudo().search(
            Domain("partner_id", "in", waiting.partner_id.ids)
            & Domain("company_id", "in", waiting.company_id.ids)
            & Domain("reply_state", "=", "waiting")
        )
        unanswered = {(other.company_id, other.partner_id) for other in others}
        holds = waiting._reply_holds().filtered(
            lambda hold: (hold.company_id, hold.partner_id) not in unanswered
        )
        holds.action_close(self.env._("The reply was handled."))


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        # EXTENDS mail: the headers are known here only
        automatic = is_automatic(message, message_dict.get("subject"))
        threads = self.with_context(collection_automatic_reply=automatic)
        return super(MailThread, threads)._message_route_process(
            message, message_dict, routes
        )


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # EXTENDS mail: who marks the task as done has handled the answer
        reply = self.env.ref("recouvrement_b2b.activity_reply", False)
        replies = self.filtered(lambda task: task.activity_type_id == reply)
        actions = self.env["recouvrement.action"].browse(replies.mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        actions._end_replies()
        return result
