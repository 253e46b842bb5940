from odoo import api, fields, models
from odoo.fields import Domain

from ..const import (
    ACTION_STATES,
    CHANNELS,
    FAILURES,
    FINISHED_STATES,
)
from ..tools.priority import priority_points


class RecouvrementAction(models.Model):
    """One contact with one customer, and the items it is about, as they were then.

    Born in a run (or recorded by a person), it goes from proposed or approved to sent
    or done; what fails stays until somebody corrects it. What was sent is frozen: text,
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
            ("dispute", "About a dispute"),
        ],
        default="manual",
        required=True,
        readonly=True,
    )
    policy_id = fields.Many2one(
        "recouvrement.policy", ondelete="set null", readonly=True
    )
    email_template_id = fields.Many2one(
        "mail.template",
        readonly=True,
        ondelete="restrict",
        help="Text of a message that belongs to no level.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "recouvrement_action_attachment_rel",
        string="Sent Along",
        help="Sent with the e-mail, beside what the level attaches.",
    )
    level_id = fields.Many2one(
        "recouvrement.level", ondelete="restrict", readonly=True, index="btree_not_null"
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
        string="Amount Asked",
        readonly=True,
        help="Sum of what the items asked for owe.",
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
        help="0 to 100: up to 50 points for the amount, 30 for the days late, 20 for "
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
        "Sent to", readonly=True, copy=False, help="Address or number that was used."
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
        values = [value] if isinstance(value, str) else value
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

    @api.model
    def _get_worklist_domain(self):
        """Return the domain of what a person has to handle."""
        return Domain("state", "in", ("proposed", "failed", "unknown")) | (
            Domain("state", "=", "approved")
            & Domain("channel", "in", ("call", "letter"))
            & Domain("date_planned", "<=", "today")
        )

    def _is_finished(self):
        self.ensure_one()
        return self.state in FINISHED_STATES

    def _email_template(self):
        """Return the e-mail template to send with: its own, or the level's."""
        self.ensure_one()
        if self.email_template_id:
            return self.email_template_id
        if self.kind == "statement":
            return self.company_id.collection_statement_template_id
        return self.level_id.email_template_id

    def _postal_contact(self):
        """Return who a letter goes to: the first recipient it can be posted to.

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
