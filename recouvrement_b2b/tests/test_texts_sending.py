from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.mail import html2plaintext

from .texts import TextsCommon


@tagged("post_install", "-at_install")
class TestTextsSending(TextsCommon):
    """Around the words: what is hostile, where answers go, links, layout."""

    def test_a_hostile_name_is_harmless(self):
        name = "<script>alert(1)</script> {{ 7*7 }} <t t-out='object.env'/>"
        hostile = self._create_customer("hostile", lang="fr_FR")
        hostile.name = name
        self.company.name = name
        for level in self.policies.level_ids:
            for channel in level._channels():
                action = self._reminder(level, channel, hostile)
                html = {
                    "email": lambda: self._mail(action).body_html,  # noqa: B023
                    "letter": lambda: level._render_text("letter_body", action),  # noqa: B023
                    "call": lambda: action.call_script,  # noqa: B023
                    "sms": lambda: "",
                }[channel]()
                self.assertNotIn("<script", html)
                self.assertNotIn("<t t-out", html)
                self.assertNotIn("49", html.replace("0049", ""))
                self.assertNotIn("odoo.api.Environment", html)
                if channel == "sms":
                    self.assertIn("{{ 7*7 }}", self._sms(action))

    def test_code_in_a_template_is_refused_to_who_is_no_template_editor(self):
        group = self.env["res.groups"].create({"name": "Writes levels, without code"})
        self.env["ir.model.access"].create(
            [
                {
                    "name": model,
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": group.id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                }
                for model in ("recouvrement.level", "mail.template", "sms.template")
            ]
        )
        self.collector.group_ids += group
        self.assertFalse(self.collector.has_group("mail.group_mail_template_editor"))
        level = self._level_of(30).with_user(self.collector)  # its texts are plain
        code = (
            '<p><t t-out=\'object.env["res.users"].search([]).mapped("login")\'/></p>'
        )
        for name in ("letter_body", "letter_closing", "call_script"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                level[name] = code
        level.letter_body = "<p>For <t t-out='object.partner_id.name'/></p>"
        templates = self.env["mail.template"].with_user(self.collector)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            templates.create(
                {"name": "x", "model_id": self._model_id(), "body_html": code}
            )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["sms.template"].with_user(self.collector).create(
                {
                    "name": "x",
                    "model_id": self._model_id(),
                    "body": "{{ object.env.user }}",
                }
            )

    def _model_id(self):
        return self.env["ir.model"]._get_id("recouvrement.action")

    def test_answers_come_back_to_the_reminder(self):
        level = self.env.ref("recouvrement_b2b.level_standard_1")
        self.env["mail.alias.domain"].search([]).unlink()
        mail = self._mail(self._reminder(level, "email", self.french))
        self.assertIn("claire@example.com", mail.reply_to)
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "answers.example.com"}
        )
        action = self._reminder(level, "email", self.french)
        mail = self._mail(action)
        self.assertIn("catchall@answers.example.com", mail.reply_to)
        self.assertEqual((mail.model, mail.res_id), (action._name, action.id))
        self.assertIn("claire@example.com", mail.email_from)

    def test_an_invoice_shared_on_the_portal_is_linked(self):
        level = self.env.ref("recouvrement_b2b.level_standard_1")
        action = self._reminder(level, "email", self.english)
        self.assertNotIn("/my/invoices", self._mail(action).body_html)
        move = action.due_line_ids[:1].move_id
        self.assertFalse(move.access_token, "to render a text changes no invoice")
        move._portal_ensure_token()
        body = self._mail(action).body_html
        self.assertIn(f"/my/invoices/{move.id}?access_token=", body)
        self.assertNotIn("pay it online", html2plaintext(body))
        provider = self.env["payment.provider"].create(
            {"name": "Cards", "company_id": self.company.id, "state": "enabled"}
        )
        self.assertTrue(provider)
        body = self._mail(action).body_html
        self.assertIn("pay it online", html2plaintext(body))

    def test_the_layout_is_the_companys_own(self):
        level = self.env.ref("recouvrement_b2b.level_standard_1")
        body = self._mail(self._reminder(level, "email", self.french)).body_html
        self.assertNotIn("odoo.com", body)
        self.assertNotIn("Powered by", body)
        self.assertIn(self.company.name, body)
        self.assertIn('lang="fr-FR"', body)
