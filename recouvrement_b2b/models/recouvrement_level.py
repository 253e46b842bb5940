from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import CHANNELS, LEVEL_PENALTIES
from ..tools.open_item import Step


class RecouvrementLevel(models.Model):
    """One step of a dunning policy: when, by which channels, with which texts."""

    _name = "recouvrement.level"
    _description = "Dunning Level"
    _inherit = ["mail.render.mixin"]
    _order = "policy_id, days, id"
    # Texts with code beyond plain placeholders are for template editors only (checked
    # when they are written), so that they can be trusted when they are rendered.
    _unrestricted_rendering = True

    policy_id = fields.Many2one(
        "recouvrement.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    name = fields.Char(required=True, translate=True)
    days = fields.Integer(
        string="Days from Due Date",
        required=True,
        help="Negative before the due date: -5 is five days before.",
    )
    send_email = fields.Boolean("E-mail")
    send_letter = fields.Boolean("Letter")
    send_sms = fields.Boolean("SMS")
    make_call = fields.Boolean("Call")
    approval = fields.Boolean(
        string="Approve First", help="A person approves each contact of this level."
    )
    minimum_amount = fields.Float(
        digits="Account",
        help="The level is passed over when the customer owes less, in the company's "
        "currency.",
    )
    email_template_id = fields.Many2one(
        "mail.template",
        string="E-mail Template",
        domain="[('model', '=', 'recouvrement.action')]",
        ondelete="restrict",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Template",
        domain="[('model', '=', 'recouvrement.action')]",
        ondelete="restrict",
    )
    letter_subject = fields.Char(translate=True)
    letter_body = fields.Html(
        string="Letter Text",
        translate=True,
        sanitize="email_outgoing",
        render_engine="qweb",
        render_options={"post_process": False},
        help="Text above the table of items. The closing formula is part of it.",
    )
    letter_closing = fields.Html(
        translate=True,
        sanitize="email_outgoing",
        render_engine="qweb",
        help="Text below the table of items: what to do, and the closing formula.",
    )
    registered = fields.Boolean(
        string="Registered Letter",
        help="Sent by registered post with acknowledgement of receipt.",
    )
    call_script = fields.Html(
        translate=True,
        sanitize="email_outgoing",
        render_engine="qweb",
        help="What to say, to ask and to listen for; shown in the call task.",
    )
    call_days = fields.Integer(
        string="Days to Call",
        default=5,
        help="A call not made within these days is missed: the collection manager is "
        "told and the next level may come.",
    )
    attach_invoices = fields.Boolean(
        string="Attach Open Invoices", help="With e-mails only."
    )
    attach_statement = fields.Boolean(help="The statement of account, as a PDF.")
    penalties = fields.Selection(
        LEVEL_PENALTIES,
        string="Late Penalties",
        default="none",
        required=True,
        help="Recall the late-payment penalties and the fixed indemnity that the law "
        "provides for (French commercial code, articles L441-10 and D441-5); show what "
        "they come to, with every row of the calculation as an annex; or claim them. "
        "They are never part of the amount to pay.",
    )
    formal_notice = fields.Boolean(
        help="Its e-mail or letter is a formal notice to pay (mise en demeure): the "
        "invoices asked for are dated with it.",
    )
    server_action_ids = fields.Many2many(
        "ir.actions.server",
        string="Automated Actions",
        domain="[('model_id.model', '=', 'recouvrement.action')]",
        groups="base.group_system",  # they run with all rights
        help="Run on each contact of this level once it has been made.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type", string="Create an Activity"
    )
    activity_role = fields.Selection(
        [
            ("collector", "The customer's collector"),
            ("salesperson", "The customer's salesperson"),
            ("user", "A given user"),
        ],
        string="Activity for",
        default="collector",
    )
    activity_user_id = fields.Many2one("res.users", string="User of the Activity")
    activity_note = fields.Char(translate=True)

    _days_unique = models.Constraint(
        "UNIQUE(policy_id, days)",
        "A policy has one level for a number of days: put several channels on it.",
    )
    _call_days_positive = models.Constraint(
        "CHECK(call_days > 0)", "Give at least one day to make a call."
    )

    @api.constrains(
        "send_email",
        "send_letter",
        "send_sms",
        "make_call",
        "email_template_id",
        "sms_template_id",
        "letter_body",
    )
    def _check_channels(self):
        """A level must be able to do what it announces."""
        for level in self:
            missing = level._missing_text()
            if missing:
                raise ValidationError(missing)

    def _missing_text(self):
        """Return what a level lacks to be used, False when it is complete."""
        self.ensure_one()
        if not self._channels():
            return self.env._("Choose a channel for level %(name)s.", name=self.name)
        if self.send_email and not self.email_template_id:
            return self.env._(
                "Choose an e-mail template for level %(name)s.", name=self.name
            )
        if self.send_sms and not self.sms_template_id:
            return self.env._(
                "Choose an SMS template for level %(name)s.", name=self.name
            )
        if self.send_letter and not self.letter_body:
            return self.env._("Write the letter of level %(name)s.", name=self.name)
        return False

    @api.depends("name", "days")
    def _compute_display_name(self):
        for level in self:
            level.display_name = f"{level._day_label()} {level.name or ''}"

    def _day_label(self):
        """Return the French business habit's short form: D-5, D+30."""
        return self.env._("D%(days)s", days=f"{self.days:+d}")

    @api.model
    def _channel_fields(self):
        """Return ``{channel: boolean field}``; a new channel adds its own."""
        return dict(
            zip(
                (code for code, _label in CHANNELS),
                ("send_email", "send_letter", "send_sms", "make_call"),
                strict=True,
            )
        )

    def _channels(self):
        """Return the codes of the level's channels, in a fixed order."""
        self.ensure_one()
        return [code for code, name in self._channel_fields().items() if self[name]]

    def _as_step(self):
        """Return the level as plain values, for decisions."""
        self.ensure_one()
        return Step(self.id, self.days, self.minimum_amount, tuple(self._channels()))

    def _compute_render_model(self):
        self.render_model = "recouvrement.action"

    def _render_text(self, name, actions):
        """Render one of the texts for actions, each in its customer's language.

        :return: ``{action id: text}`` for several, the text for one
        """
        self.ensure_one()
        texts = {}
        for lang, group in actions.grouped("lang").items():
            level = self.with_context(lang=lang or self.env.lang)
            texts.update(level._render_field(name, group.ids))
        return texts if len(actions) != 1 else texts[actions.id]
