import re
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools.mail import html2plaintext

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY
from .texts import TextsCommon

# Words that betray the other language in a text.
ENGLISH = re.compile(
    r"\b(the|your|you|we|and|please|due date|days late|of)\b", re.IGNORECASE
)
FRENCH = re.compile(r"\b(le|vous|votre|nous|et|merci|jours de retard|échéance)\b", re.I)
GSM_LETTERS = (  # GSM 03.38: seven bits a letter, fourteen for the last ones
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_LONG_LETTERS = "^{}\\[~]|€"


@tagged("post_install", "-at_install")
class TestTexts(TextsCommon):
    def test_each_customer_is_written_to_in_its_language(self):
        for _level, _channel, action, text in self._each(self.french, self.english):
            other = ENGLISH if action.lang == "fr_FR" else FRENCH
            # names of things and the words that the law has in French
            text = re.sub(r"\(mise en demeure\)|\(injonction de payer", "", text)
            text = re.sub(r"Médiateur des entreprises", "", text)
            self.assertNotRegex(text, other)

    def test_the_language_of_who_sends_changes_nothing(self):
        level = self.env.ref("recouvrement_b2b.level_standard_30")
        users = [
            mail_new_test_user(
                self.env,
                login=f"sender_{lang}",
                lang=lang,
                groups="recouvrement_b2b.recouvrement_group_manager",
                company_id=self.company.id,
            )
            for lang in ("en_US", "fr_FR")
        ]
        for user in users:
            for partner, words in (
                (self.french, ["Dernier rappel", "Échéance", "39 jours de retard"]),
                (self.english, ["Last reminder", "Due date", "39 days late"]),
            ):
                action = self._reminder(level, "email", partner)
                action.due_line_ids[:1].days_overdue = 39
                mail = self._mail(action, user=user)
                text = f"{mail.subject}\n{html2plaintext(mail.body_html)}"
                for word in words:
                    self.assertIn(word, text)

    def test_dates_and_amounts_are_written_as_the_customer_does(self):
        level = self.env.ref("recouvrement_b2b.level_standard_1")
        text = self._texts(level, "email", self._reminder(level, "email", self.french))[
            1
        ]
        self.assertRegex(text, "1[\u00a0\u202f]734,50")
        self.assertIn("06/05/2026", text)  # 40 days before 15 June
        text = self._texts(
            level, "email", self._reminder(level, "email", self.english)
        )[1]
        self.assertIn("1,734.50", text)
        self.assertIn("05/06/2026", text)

    def test_no_hole_in_a_text_when_little_is_known(self):
        self.bank.unlink()
        self.company.write({"phone": False, "email": False, "website": False})
        bare = self._create_customer("Bare", lang="fr_FR", collector_id=False)
        for level in self.policies.level_ids:
            for channel in level._channels():
                with self.subTest(level=level.name, channel=channel):
                    action = self._reminder(level, channel, bare, user_id=False)
                    action.line_ids.filtered(lambda line: line.kind != "due").unlink()
                    text = "\n".join(self._texts(level, channel, action))
                    self.assertNotRegex(text, r"\b(None|False|True)\b|\{\{|t-out")

    def test_every_placeholder_is_filled(self):
        for _level, _channel, action, text in self._each(self.french, self.english):
            self.assertNotRegex(text, r"\b(None|False|True)\b|\{\{|\}\}|t-out|<")
            # the examples that stand in the templates
            self.assertNotIn("Azur Bâtiment", text)
            self.assertNotIn("1,200.00", text)
            self.assertTrue(action.name in text or action.channel in ("letter", "call"))

    def test_the_rows_make_the_total(self):
        level = self.env.ref("recouvrement_b2b.level_standard_14")
        action = self._reminder(level, "email", self.english, amounts=(1234.56, 0.07))
        body = self._mail(action).body_html
        first = body.split("Total to pay")[0]
        rows = re.findall(r"([\d,]+\.\d\d)", html2plaintext(first))
        # balance and amount to pay of each item, in turn
        self.assertEqual(rows, ["1,234.56", "1,134.56", "0.07", "0.07"])
        total = html2plaintext(body.split("Total to pay")[1])
        self.assertIn("1,134.63", total)
        self.assertEqual(action.amount, 1134.63)

    def test_what_is_not_due_is_shown_apart(self):
        level = self.env.ref("recouvrement_b2b.level_standard_14")
        body = html2plaintext(
            self._mail(self._reminder(level, "email", self.english)).body_html
        )
        asked, others = body.split("For information")
        self.assertNotIn("89.90", asked)
        self.assertIn("89.90", others)
        self.assertIn("not due yet", others)

    def test_a_single_column_when_nothing_is_taken_off(self):
        level = self.env.ref("recouvrement_b2b.level_standard_14")
        action = self._reminder(level, "email", self.english)
        for line in action.due_line_ids:
            line.amount = line.residual
        body = self._mail(action).body_html
        self.assertNotIn("Balance", body)
        self.assertNotIn("takes your credits into account", body)

    def test_sms_are_short_and_spare(self):
        self.company.name = "Menuiserie Martin SARL"
        for level in self._levels("sms"):
            for partner in (self.french, self.english):
                with self.subTest(level=level.name, to=partner.name):
                    action = self._reminder(level, "sms", partner)
                    action.currency_id = self.env.ref("base.EUR")
                    text = self._sms(action)
                    length = sum(2 if c in GSM_LONG_LETTERS else 1 for c in text)
                    self.assertLessEqual(length, 160, text)
                    self.assertFalse(set(text) - set(GSM_LETTERS + GSM_LONG_LETTERS))
                    self.assertTrue(text.startswith("Menuiserie Martin SARL"))

    def test_a_formal_notice_says_what_the_law_wants(self):
        wanted = {
            "fr_FR": [
                "mettons en demeure",
                "huit jours à compter de la réception",
                "article 1344 du code civil",
                "1231-6",
                "1344-1",
                "L441-10",
                "D441-5",
                "ne se cumulent pas",
                "injonction de payer",
                "contestez",
                "échéancier",
                "Médiateur des entreprises",
                "salutations distinguées",
            ],
            "en_US": [
                "formal notice (mise en demeure)",
                "within eight days of receiving",
                "article 1344",
                "1231-6",
                "1344-1",
                "L441-10",
                "D441-5",
                "not added to the penalties",
                "order for payment",
                "dispute",
                "payment plan",
                "Business Mediator",
                "Yours faithfully",
            ],
        }
        levels = self.policies.level_ids.filtered(
            lambda level: level.name == "Formal notice"
        )
        self.assertEqual(len(levels), 3)
        for level in levels:
            for partner in (self.french, self.english):
                with self.subTest(policy=level.policy_id.name, to=partner.name):
                    action = self._reminder(level, "letter", partner)
                    subject, *rest = self._texts(level, "letter", action)
                    text = re.sub(r"\s+", " ", " ".join(rest)).replace("*", "")
                    for words in wanted[partner.lang]:
                        self.assertIn(words, text)
                    self.assertIn("734", text, "the sum")
                    self.assertIn(
                        subject, ("Mise en demeure de payer", "Formal notice to pay")
                    )

    def test_nothing_threatens_beyond_the_law(self):
        forbidden = re.compile(
            r"huissier|saisie|pénal|plainte|police|fichier|frais de (relance|dossier)|"
            r"bailiff|seize|criminal|blacklist|publish|collection fee|immediately",
            re.IGNORECASE,
        )
        for _level, channel, _action, text in self._each(self.french, self.english):
            if channel != "call":
                self.assertNotRegex(text.replace("pénalité", ""), forbidden)

    def test_only_a_last_notice_announces_a_formal_one(self):
        for level, channel, _action, text in self._each(self.french):
            if channel in ("email", "sms") and level.name != "Last friendly notice":
                self.assertNotIn("mise en demeure", text.lower())

    def test_reminders_already_made_are_recalled_and_only_these(self):
        level = self.env.ref("recouvrement_b2b.level_standard_45")
        action = self._reminder(level, "letter", self.french)
        self.assertNotIn("relancé", level._render_text("letter_body", action))
        past = self.env["recouvrement.action"].create(
            [
                {
                    "channel": "email",
                    "partner_id": self.french.id,
                    "company_id": self.company.id,
                    "currency_id": action.currency_id.id,
                    "state": state,
                    "date_planned": TODAY - timedelta(days=days),
                    "date_done": TODAY - timedelta(days=days),
                    "outcome": outcome,
                }
                for days, state, outcome in (
                    (30, "sent", False),
                    (10, "sent", False),
                    (20, "done", "missed"),
                    (15, "cancelled", False),
                    (0, "sent", False),  # the e-mail of the same level
                    (60, "sent", False),  # before the due date: no reminder
                )
            ]
        )
        move = action.due_line_ids[:1].move_id
        for each in past:
            days = (TODAY - each.date_done).days
            self._line(each, move, 40 - days, "due", 1)
        text = html2plaintext(level._render_text("letter_body", action))
        self.assertIn("Nous vous avons relancé le 16/05/2026 et le 05/06/2026.", text)

    def test_who_is_written_to_and_by_whom(self):
        level = self.env.ref("recouvrement_b2b.level_standard_1")
        person = self.env["res.partner"].create(
            {"name": "Anne Petit", "parent_id": self.french.id, "lang": "fr_FR"}
        )
        action = self._reminder(level, "email", self.french, contact_id=person.id)
        text = html2plaintext(self._mail(action).body_html)
        self.assertIn("Bonjour Anne Petit,", text)
        self.assertIn("Claire Martin", text)
        self.assertIn("04 72 00 00 01", text)
        person.type = "invoice"  # more often a service than a person
        text = html2plaintext(self._mail(action).body_html)
        self.assertIn("Bonjour,", text)

    def test_the_statement_comes_in_both_languages(self):
        template = self.env.ref("recouvrement_b2b.mail_template_statement")
        level = self.env.ref("recouvrement_b2b.level_standard_1")
        for partner, word in ((self.french, "relevé"), (self.english, "statement")):
            action = self._reminder(level, "email", partner, kind="statement")
            mail = self._mail(action, template)
            self.assertIn(word, mail.subject)
            self.assertIn(word, html2plaintext(mail.body_html))
