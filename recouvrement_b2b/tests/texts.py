from odoo.tools.mail import html2plaintext

from .common import TODAY, RecouvrementCommon

POLICIES = (
    "policy_standard",
    "policy_large_account",
    "policy_small_debt",
    "policy_difficulty",
)
LAYOUT = "recouvrement_b2b.mail_layout"


class TextsCommon(RecouvrementCommon):
    """The shipped policies, and a reminder for any of their levels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.policies = cls.env["recouvrement.policy"].union(
            *(cls.env.ref(f"recouvrement_b2b.{name}") for name in POLICIES)
        )
        cls.company.write({"phone": "04 72 00 00 00", "email": "us@example.com"})
        cls.collector.phone = "04 72 00 00 01"
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.french = cls._create_customer("Menuiserie Dupont", lang="fr_FR")
        cls.english = cls._create_customer("Smith Joinery", lang="en_US")

    def setUp(self):
        super().setUp()
        self.accounts = {}

    def _levels(self, channel):
        """Return the shipped levels of a channel."""
        levels = self.policies.level_ids
        return levels.filtered(lambda level: channel in level._channels())

    def _reminder(self, level, channel, partner, amounts=(1234.5, 600.0), **values):
        """Create a reminder of overdue items, with a credit taken off the first."""
        action = self.env["recouvrement.action"].create(
            {
                "kind": "level",
                "company_id": self.company.id,
                "policy_id": level.policy_id.id,
                "level_id": level.id,
                "channel": channel,
                "partner_id": partner.id,
                "contact_id": partner.id,
                "lang": partner.lang,
                "user_id": self.collector.id,
                "currency_id": self.company.currency_id.id,
                "date_planned": TODAY,
                **values,
            }
        )
        first, second, upcoming, refund = self._account(partner, *amounts)
        self._line(action, first, 40, "due", amounts[0] - 100)
        self._line(action, second, 1, "due", amounts[1])
        self._line(action, upcoming, -3, "upcoming", 0)
        self._line(action, refund, 20, "credit", 0)
        action.amount = sum(action.due_line_ids.mapped("amount"))
        return action

    def _account(self, partner, first, second):
        """Return a customer's items: two overdue, one not due, a credit."""
        key = partner, first, second
        if key not in self.accounts:
            self.accounts[key] = (
                self._create_due(40, first, partner),
                self._create_due(1, second, partner),
                self._create_due(-3, 89.9, partner),
                self._create_due(20, 100, partner, move_type="out_refund"),
            )
        return self.accounts[key]

    def _line(self, action, move, days, kind, amount):
        item = self._receivable(move)
        return self.env["recouvrement.action.line"].create(
            {
                "action_id": action.id,
                "move_id": move.id,
                "move_line_id": item.id,
                "kind": kind,
                "level_id": action.level_id.id if kind == "due" else False,
                "channel": action.channel,
                "date_due": item.date_maturity,
                "days_overdue": days,
                "currency_id": action.currency_id.id,
                "residual": item.amount_residual_currency,
                "amount": amount,
            }
        )

    def _mail(self, action, template=None, user=None):
        """Return the e-mail of a reminder, as the dispatch prepares it."""
        template = template or action.level_id.email_template_id
        if user:
            template = template.with_user(user).with_context(lang=user.lang)
        mail_id = template.send_mail(action.id, email_layout_xmlid=LAYOUT)
        return self.env["mail.mail"].browse(mail_id)

    def _texts(self, level, channel, action):
        """Return the rendered texts of a level for a channel, as plain text."""
        if channel == "email":
            mail = self._mail(action)
            return [mail.subject, html2plaintext(mail.body_html)]
        if channel == "sms":
            return [self._sms(action)]
        if channel == "call":
            return [html2plaintext(action.call_script)]
        return [
            level.with_context(lang=action.lang).letter_subject,
            html2plaintext(level._render_text("letter_body", action)),
            html2plaintext(level._render_text("letter_closing", action)),
        ]

    def _sms(self, action):
        template = action.level_id.sms_template_id.with_context(lang=action.lang)
        return template._render_field("body", action.ids)[action.id]

    def _each(self, *partners):
        """Go through all the texts: (level, channel, reminder, its text)."""
        for level in self.policies.level_ids:
            for channel in level._channels():
                for partner in partners:
                    action = self._reminder(level, channel, partner)
                    text = "\n".join(self._texts(level, channel, action))
                    yield level, channel, action, text
