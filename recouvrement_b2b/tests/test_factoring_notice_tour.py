from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import TODAY, day
from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoringNoticeTour(FactoringCommon, HttpCase):
    """What a factor has to be told, and its letter, in a real browser."""

    browser_size = "1600,900"

    def test_tell_the_factor(self):
        self.env["res.users"].create(
            {
                "name": "Anne",
                "login": "anne",
                "password": "anne-anne",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [
                    Command.set(self.env.ref("account.group_account_user").ids),
                    Command.link(
                        self.env.ref("recouvrement_b2b.recouvrement_group_own").id
                    ),
                ],
            }
        )
        paid, disputed = self._create_due(5), self._create_due(40, amount=700)
        lines = self._remit(paid + disputed).line_ids
        self._pay(paid, 200, day("2026-06-12"))
        reason = self.env.ref("recouvrement_b2b.dispute_reason_price")
        self.env["recouvrement.dispute"].create(
            {"move_id": disputed.id, "reason_id": reason.id}
        )
        self.start_tour(
            "/odoo/factoring-notices", "recouvrement_factor_notice_tour", login="anne"
        )
        notices = lines.notice_ids
        self.assertEqual(len(notices), 2)
        self.assertEqual(notices.mapped("date_told"), [TODAY, TODAY])
        self.assertFalse(lines.assignment_id.activity_ids)
