from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestRpc(HttpCase):
    """The public methods answer over XML-RPC, which knows no None and no object."""

    def test_decide_over_rpc(self):
        manager = self.env.ref("base.user_admin")
        manager.group_ids += self.env.ref("recouvrement_b2b.recouvrement_group_manager")
        password = "a long password for the test"
        manager.password = password
        call = self.xmlrpc_object.execute_kw
        key = (self.env.cr.dbname, manager.id, password)
        answer = call(
            *key,
            "recouvrement.policy",
            "decide",
            [[]],
            {"as_of": "2026-06-15", "company": False, "partners": False},
        )
        self.assertIsInstance(answer, list)
        one = call(
            *key,
            "recouvrement.policy",
            "decide",
            [[]],
            {"partners": [manager.partner_id.id]},
        )
        self.assertEqual(one, [])
