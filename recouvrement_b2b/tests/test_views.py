from lxml import etree

from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import RecouvrementCommon

MODULE = "recouvrement_b2b"
OWN_MENUS = ("recouvrement_action_menu_worklist", "recouvrement_hold_menu")


@tagged("post_install", "-at_install")
class TestViews(RecouvrementCommon):
    """The screens open for those who may see them, and for nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False
        cls.move = cls._create_due(12)
        cls.today_run = cls.env["recouvrement.run"].launch(company=cls.company)
        cls.users = {
            group: new_test_user(
                cls.env,
                group,
                f"base.group_user,{group}",
                company_id=cls.company.id,
            )
            for group in (
                "base.group_user",
                "base.group_partner_manager",
                "account.group_account_readonly",
                "account.group_account_invoice",
                f"{MODULE}.recouvrement_group_own",
                f"{MODULE}.recouvrement_group_user",
                f"{MODULE}.recouvrement_group_manager",
            )
        }

    def _user(self, name):
        return self.users[f"{MODULE}.recouvrement_group_{name}"]

    def _actions(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.actions.act_window")]
        )
        return self.env["ir.actions.act_window"].browse(data.mapped("res_id"))

    def _arch(self, xmlid, model, user, view_type="form"):
        views = self.env[model].with_user(user)
        view = views.get_view(self.env.ref(xmlid).id, view_type)
        return etree.fromstring(view["arch"])

    def _visible_menus(self, user):
        """Return the names of the menus that a user can walk to from the home menu."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        found, to_visit = set(), list(menus["root"]["children"])
        while to_visit:
            menu = menus[to_visit.pop()]
            found.add(menu["xmlid"].partition(".")[2])
            to_visit += menu["children"]
        return found

    def test_every_window_opens_with_its_views_domain_and_help(self):
        manager = self._user("manager")
        for action in self._actions():
            with self.subTest(action=action.name):
                model = self.env[action.res_model].with_user(manager)
                model.get_views(action.views)
                model.search(safe_eval(action.domain or "[]"), limit=1)
                if action.target == "current" and not model._transient:
                    self.assertTrue(action.path, "an address of its own")
                if action.target == "current":
                    self.assertIn("o_view_nocontent", action.help or "")

    def test_the_worklist_is_what_the_model_says(self):
        window = self.env.ref(f"{MODULE}.recouvrement_action_action_worklist")
        actions = self.env["recouvrement.action"]
        self.assertEqual(
            actions.search(safe_eval(window.domain)),
            actions.search(actions._get_worklist_domain()),
        )
        for values in (
            {"state": "proposed"},
            {"state": "approved", "channel": "letter"},
            {"state": "approved", "channel": "email"},
            {"state": "sent", "channel": "call"},
            {"state": "failed"},
            {"state": "proposed", "date_planned": "2026-06-16"},
        ):
            self.today_run.action_ids[0].copy(values).write(values)
        self.assertEqual(
            actions.search(safe_eval(window.domain)),
            actions.search(actions._get_worklist_domain()),
        )

    def test_anybody_internal_opens_a_customer(self):
        for group, user in self.users.items():
            with self.subTest(group=group):
                self.env.invalidate_all()
                customer = self.customer.with_user(user)
                fields = [
                    name for name in customer.fields_get() if name.startswith("collect")
                ]
                customer.read(fields)
                Form(customer, view="base.view_partner_form")

    def test_everybody_who_sees_invoices_reads_their_collection_page(self):
        self.env["recouvrement.hold"].create(
            {"move_line_id": self._receivable(self.move).id, "date_end": "2026-07-01"}
        )
        for group, user in self.users.items():
            if group.startswith("base."):
                continue
            with self.subTest(group=group):
                self.env.invalidate_all()
                move = self.move.with_user(user)
                fields = [n for n in move.fields_get() if n.startswith("collection")]
                self.assertIn("collection_outcome", fields)
                values = move.read(fields)[0]
                self.assertEqual(values["collection_hold_count"], 1)
                form = Form(move, view="account.view_move_form")
                self.assertTrue(form.collection_reason)

    def test_only_collectors_have_the_buttons(self):
        buttons = {"action_approve", "action_skip", "action_hold", "action_reassign"}
        xmlid = f"{MODULE}.recouvrement_action_view_form"
        for group, user in self.users.items():
            if group.startswith("base."):
                continue
            arch = self._arch(xmlid, "recouvrement.action", user)
            names = {button.get("name") for button in arch.iter("button")}
            collects = MODULE in group
            self.assertEqual(buttons <= names, collects, group)

    def test_only_managers_start_policies_and_launch_runs(self):
        for name, allowed in (("user", False), ("manager", True)):
            policy = self._arch(
                f"{MODULE}.recouvrement_policy_view_form",
                "recouvrement.policy",
                self._user(name),
            )
            run = self._arch(
                f"{MODULE}.recouvrement_run_view_list",
                "recouvrement.run",
                self._user(name),
                "list",
            )
            self.assertEqual(bool(policy.xpath("//*[@name='action_start']")), allowed)
            self.assertEqual(
                bool(run.xpath("//*[@name='action_open_launch']")), allowed
            )

    def test_menus_of_collectors(self):
        for name in ("own", "user"):
            menus = self._visible_menus(self._user(name))
            self.assertTrue(menus.issuperset(OWN_MENUS), name)
            self.assertNotIn("recouvrement_policy_menu", menus)
            self.assertNotIn("menu_finance_configuration", menus)

    def test_managers_need_not_be_accounting_administrators(self):
        menus = self._visible_menus(self._user("manager"))
        self.assertIn("recouvrement_policy_menu", menus)
        self.assertIn("menu_finance_configuration", menus)
        self.assertNotIn("account_account_menu", menus)
        self.assertNotIn("menu_account_config", menus)

    def test_others_have_no_collection_menu(self):
        for group in ("base.group_user", "account.group_account_invoice"):
            menus = self._visible_menus(self.users[group])
            self.assertFalse([name for name in menus if "recouvrement" in name], group)

    def test_collectors_say_in_their_preferences_when_they_are_away(self):
        user = self._user("own")
        with Form(
            user.with_user(user), view="base.view_users_form_simple_modif"
        ) as preferences:
            preferences.collection_substitute_id = self.collector
            preferences.collection_absent_from = "2026-06-20"
            preferences.collection_absent_to = "2026-06-30"
        self.assertEqual(user.collection_substitute_id, self.collector)

    def test_the_filter_of_a_policy_is_there_or_not(self):
        with Form(self.policy) as form:
            self.assertFalse(form.has_filter)
            form.has_filter = True
            form.partner_domain = "[('is_company', '=', True)]"
        self.assertEqual(self.policy.partner_domain, "[('is_company', '=', True)]")
        with Form(self.policy) as form:
            self.assertTrue(form.has_filter)
            form.has_filter = False
        self.assertFalse(self.policy.partner_domain)

    def test_smart_buttons_open_what_they_count(self):
        hold = self.env["recouvrement.hold"].create(
            {"partner_id": self.customer.id, "date_end": "2026-07-01"}
        )
        self._create_due(40, partner=self._create_customer("Autre"))
        for method, expected in (
            ("action_view_collection_items", self._receivable(self.move)),
            ("action_view_collection_actions", self.today_run.action_ids),
            ("action_view_collection_holds", hold),
        ):
            action = getattr(self.customer, method)()
            found = self.env[action["res_model"]].search(list(action["domain"]))
            self.assertEqual(found, expected, method)

    def test_customers_by_collector(self):
        partners = self.env["res.partner"].with_user(self._user("user"))
        groups = partners._read_group(
            [("id", "in", self.customer.ids)], ["collector_id"], ["__count"]
        )
        self.assertEqual(groups, [(self.collector, 1)])

    def test_a_collector_starts_collection_again(self):
        self.today_run.action_ids._finish("sent")
        self.move.with_user(self.collector).action_restart_collection()
        self.assertDecision(self.move, "chase", "due")

    def test_decisions_of_a_run_can_be_downloaded(self):
        action = self.today_run.batch_ids.with_user(
            self._user("user")
        ).action_download_log()
        self.assertIn(f"/{self.today_run.batch_ids.log_id.id}", action["url"])
