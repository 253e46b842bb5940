import io
import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import trans_export

from ..const import REASONS

PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\{.*?\}\}")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.french = polib.pofile(file_path("recouvrement_b2b/i18n/fr.po"))
        cls.env["res.lang"]._activate_lang("fr_FR")

    def test_every_term_of_the_module_has_its_french(self):
        exported = io.BytesIO()
        trans_export(False, ["recouvrement_b2b"], exported, "po", self.env)
        terms = {entry.msgid for entry in polib.pofile(exported.getvalue().decode())}
        french = {entry.msgid for entry in self.french if entry.msgstr}
        self.assertFalse(terms - french, "export the terms again and translate them")
        template = polib.pofile(file_path("recouvrement_b2b/i18n/recouvrement_b2b.pot"))
        self.assertEqual({entry.msgid for entry in template}, french)

    def test_nothing_is_fuzzy_or_obsolete(self):
        self.assertFalse([entry.msgid for entry in self.french if entry.fuzzy])
        self.assertFalse(self.french.obsolete_entries())

    def test_placeholders_are_kept(self):
        for entry in self.french:
            # the long texts are written anew: what they call is tested where rendered
            if not entry.msgid.startswith("<div>"):
                self.assertEqual(
                    sorted(PLACEHOLDERS.findall(entry.msgid)),
                    sorted(PLACEHOLDERS.findall(entry.msgstr)),
                )

    def test_french_punctuation_does_not_break_lines(self):
        for entry in self.french:
            sms = any(
                "sms.template,body" in where for where, _line in entry.occurrences
            )
            if not sms:  # a non-breaking space would make an SMS cost two
                self.assertNotRegex(entry.msgstr, r" [:;?!»](\s|$)|« ")

    def test_labels_and_sentences_come_out_in_french(self):
        action = self.env["recouvrement.action"].with_context(lang="fr_FR")
        labels = dict(action._fields["state"]._description_selection(action.env))
        self.assertEqual(labels["unknown"], "Résultat inconnu")
        label = action.fields_get(["channel"])["channel"]
        self.assertEqual(label["string"], "Canal")
        self.assertEqual(dict(label["selection"])["letter"], "Lettre")
        sentence = REASONS["under_minimum"]
        self.assertEqual(
            action.env._(sentence), "Le montant est inférieur au minimum du scénario."
        )
        policy = self.env.ref("recouvrement_b2b.policy_standard")
        note = policy.with_context(lang="fr_FR").note
        self.assertIn("une mise en demeure qu'une personne valide", note)
