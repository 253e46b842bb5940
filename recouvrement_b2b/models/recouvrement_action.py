from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import (
    ACTION_STATES,
    CALL_OUTCOMES,
    CHANNELS,
    FAILURES,
    FINISHED_STATES,
    LIVE_STATES,
    OPEN_STATES,
)
from ..tools.priority import priority_points


class RecouvrementAction(models.Model):
    """One contact with one customer, and the items it is about, as they were then.

    Born in a run (or recorded by a person), it goes from proposed or approved to sent or
    done; what fails stays until somebody corrects it. What was sent is frozen: text,
    amounts, recipient, documents and their fingerprints are never computed again.
    """

    _name = "recouvrement.action"
    _description = "Reminder"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "priority desc, date_planned, id"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char("Reference", compute="_compute_name", search="_search_name")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    run_id = fields.Many2one(
        "recouvrement.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    kind = fields.Selection(
        [
            ("level", "Level of a policy"),
            ("manual", "Recorded by a person"),
            ("statement", "Statement of account"),
        ],
        default="manual",
        required=True,
        readonly=True,
    )
    policy_id = fields.Many2one("recouvrement.policy", ondelete="set null", readonly=True)
    level_id = fields.Many2one(
        "recouvrement.level", ondelete="set null", readonly=True, index="btree_not_null"
    )
    channel = fields.Selection(CHANNELS, required=True)
    direction = fields.Selection(
        [("out", "To the customer"), ("in", "From the customer")], default="out"
    )
    is_contact = fields.Boolean(
        string="Counts as a Contact",
        default=True,
        help="Taken into account for the days between two contacts.",
    )
    state = fields.Selection(
        ACTION_STATES, default="approved", required=True, readonly=True, copy=False
    )
    state_date = fields.Datetime(
        string="Since", default=fields.Datetime.now, readonly=True, copy=False
    )
    state_reason = fields.Char(string="Because", readonly=True, copy=False)

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Recipient",
        ondelete="restrict",
        help="Invoice contact of the customer: the message goes there.",
    )
    lang = fields.Char(string="Language", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    line_ids = fields.One2many("recouvrement.action.line", "action_id", string="Items")
    due_line_ids = fields.One2many(
        "recouvrement.action.line",
        "action_id",
        domain=[("kind", "=", "due")],
        string="Items Asked for",
    )
    amount = fields.Monetary(
        string="Amount Asked", readonly=True, help="Sum of what the items asked for owe."
    )
    amount_company = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    days_overdue = fields.Integer(string="Oldest, Days Late", readonly=True)
    priority = fields.Integer(
        readonly=True,
        index=True,
        help="0 to 100. Up to 50 points for the amount, 30 for the days late and 20 for "
        "the level reached: see the explanation.",
    )
    priority_note = fields.Char(
        string="Why this Priority", compute="_compute_priority_note"
    )
    date_planned = fields.Date(
        string="Date", default=fields.Date.context_today, required=True, index=True
    )
    date_done = fields.Date(string="Sent or Done on", readonly=True, copy=False)

    # Evidence: what was sent, as it was sent
    recipient = fields.Char(
        "Sent to",
        readonly=True, copy=False, help="Address or number that was used."
    )
    subject = fields.Char(readonly=True, copy=False)
    body = fields.Html(readonly=True, copy=False, sanitize="email_outgoing")
    document_ids = fields.Many2many(
        "ir.attachment", string="Documents", readonly=True, copy=False
    )
    fingerprint = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="SHA-256 of the document that was sent, computed when it was sent.",
    )
    failure = fields.Selection(FAILURES, readonly=True, copy=False)
    attempts = fields.Integer(readonly=True, copy=False)
    retry_at = fields.Datetime(readonly=True, copy=False)

    # Calls
    call_script = fields.Html(compute="_compute_call_script", sanitize=False)
    call_deadline = fields.Date(readonly=True)
    outcome = fields.Selection(CALL_OUTCOMES, copy=False, tracking=True)
    invoice_received = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
        string="Invoice Received by the Right Person?",
        copy=False,
    )
    first_answer = fields.Char(
        string="First Answer",
        copy=False,
        help="What does the customer say? Is an approval, a document, an order missing?",
    )
    pattern = fields.Char(
        string="Pattern",
        copy=False,
        help="Is there a pattern in this customer's late payments? "
        "A busy season, a payment day, a person who left?",
    )
    other_means = fields.Char(
        string="Other Way to Pay",
        copy=False,
        help="Instalments, another means, another date that we could offer.",
    )
    note = fields.Text(copy=False)

    # Registered letters
    registered = fields.Boolean(string="Registered Letter", readonly=True)
    registered_number = fields.Char(copy=False)
    posted_date = fields.Date(string="Posted on", copy=False)
    received_date = fields.Date(string="Received on", copy=False)
    proof_ids = fields.Many2many(
        "ir.attachment",
        "recouvrement_action_proof_rel",
        string="Proofs",
        copy=False,
        help="Proof of posting, acknowledgement of receipt.",
    )

    _to_send_idx = models.Index("(company_id, channel) WHERE state = 'approved'")
    _planned_idx = models.Index("(partner_id, date_done) WHERE date_done IS NOT NULL")

    @api.depends("amount_company", "days_overdue", "level_id")
    def _compute_priority_note(self):
        labels = {
            "amount": self.env._("amount"),
            "days": self.env._("days late"),
            "level": self.env._("level reached"),
        }
        for action in self:
            points = action._priority_points()
            action.priority_note = ", ".join(
                f"{labels[cause]} {value}" for cause, value in points.items() if value
            )

    @api.depends("level_id", "channel", "partner_id")
    def _compute_call_script(self):
        for action in self:
            level = action.level_id
            script = False
            if action.channel == "call" and level.call_script and action.id:
                script = level._render_text("call_script", action)
            action.call_script = script

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for action in self:
            action.display_name = " · ".join(
                filter(None, [action.name, action.partner_id.name])
            )

    def _compute_name(self):
        """The reference is the number itself: no query to number a thousand letters."""
        for action in self:
            action.name = f"R{action.id:06d}" if action.id else "/"

    def _search_name(self, operator, value):
        values = value if isinstance(value, (list, tuple, set)) else [value]
        ids = [
            int(digits)
            for text in values
            if (digits := str(text).upper().strip().lstrip("R").lstrip("0")).isdigit()
        ]
        if operator in ("in", "=", "ilike", "=ilike"):
            return Domain("id", "in", ids)
        return NotImplemented

    def _priority_points(self):
        self.ensure_one()
        return priority_points(
            self.amount_company, self.days_overdue, self.level_id.days
        )

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
        self.activity_unlink(["recouvrement_b2b.activity_call"])
        self._log_on_customers()
        self._run_level_effects()

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
        """Run the server actions and create the activities of the levels."""
        for level, actions in self.grouped("level_id").items():
            # sudo: collectors may not read server actions, which a manager configured
            for server_action in level.sudo().server_action_ids:
                server_action.sudo(False).with_context(
                    active_model=self._name,
                    active_ids=actions.ids,
                    active_id=actions[:1].id,
                ).sudo().run()
            if level.activity_type_id:
                for action in actions:
                    action.partner_id.activity_schedule(
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

    def action_call_done(self):
        """Record the outcome of a call."""
        self._check_states(("approved",))
        if without := self.filtered(lambda action: not action.outcome):
            raise UserError(
                self.env._(
                    "Choose the outcome of the call to %(customer)s first.",
                    customer=without[0].partner_id.display_name,
                )
            )
        self._finish("done")

    def action_hold(self):
        """Open the form that suspends collection of these customers."""
        return self.env["recouvrement.hold.create"]._action_open(self.partner_id)

    def action_reassign(self):
        """Open the form that gives these reminders to another collector."""
        return self.env["recouvrement.reassign"]._action_open(self)

    # --- calls ---

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
        if not missed:
            return missed
        for deadline, actions in missed.grouped("call_deadline").items():
            actions._set_state(
                "done",
                self.env._("call not made in time"),
                outcome="missed",
                date_done=deadline,
            )
        missed.activity_unlink(["recouvrement_b2b.activity_call"])
        missed._ask(
            "recouvrement_b2b.activity_missed_call", company._get_collection_manager()
        )
        return missed

    # --- read by others ---

    @api.model
    def _get_worklist_domain(self):
        """Return the domain of what a person has to handle."""
        return (
            Domain("state", "in", ("proposed", "failed", "unknown"))
            | Domain("state", "=", "approved") & Domain("channel", "in", ("call", "letter"))
        ) & Domain("date_planned", "<=", "today")

    def _is_finished(self):
        self.ensure_one()
        return self.state in FINISHED_STATES

    def _email_template(self):
        """Return the e-mail template to send with: the level's, or the statement's."""
        self.ensure_one()
        if self.kind == "statement":
            return self.company_id.collection_statement_template_id
        return self.level_id.email_template_id

    def _postal_contact(self):
        """Return who a letter goes to: the first of the recipients it could be posted to.

        Nobody when none has a street, a town and a post code.
        """
        self.ensure_one()
        candidates = self.contact_id + self.partner_id
        return candidates.filtered(
            lambda contact: contact.street and contact.city and contact.zip
        )[:1]

    def _postal_address(self):
        """Return the address as on the letter, lines separated by line feeds, or ""."""
        contact = self._postal_contact().with_context(lang=self.lang)
        layout = self.env["recouvrement.layout"]
        return "\n".join(layout._address_lines(contact, self.company_id))

    def _message_receive_bounce(self, email, partner):
        # EXTENDS mail: what came back goes to the correction list
        super()._message_receive_bounce(email, partner)
        for action in self.filtered(lambda action: action.state == "sent"):
            action._fail("bounce", self.env._("returned by the server of %s", email))

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
        """Return who handles what happens to an action: its collector, or the manager."""
        self.ensure_one()
        return self.user_id or self.company_id._get_collection_manager()
