from .common import RecouvrementCommon


class DisputeCommon(RecouvrementCommon):
    """An invoice twelve days late, and disputes on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("recouvrement_b2b.dispute_reason_price")  # 5 days
        cls.other_reason = cls.env.ref("recouvrement_b2b.dispute_reason_damaged")
        cls.invoice = cls._create_due(12)

    def _dispute(self, move=None, **values):
        return self.env["recouvrement.dispute"].create(
            {
                "move_id": (move or self.invoice).id,
                "reason_id": self.reason.id,
                **values,
            }
        )

    def _hold(self, dispute):
        """Return the open holds of a dispute, as they are in the database."""
        self.env.flush_all()
        dispute.invalidate_recordset(["hold_ids"])
        return dispute.hold_ids.filtered(lambda hold: not hold.closed_date)

    def assertHeld(self, dispute):
        """The dispute suspends its invoice, and somebody will be reminded of it."""
        hold = self._hold(dispute)
        self.assertTrue(hold)
        for each in hold:
            self.assertEqual(each.reason, "dispute")
            self.assertEqual(each.review_date, dispute.answer_date)
            self.assertEqual(each.user_id, dispute.user_id)
        return hold

    def assertNotHeld(self, dispute):
        self.assertFalse(self._hold(dispute))
        self.assertTrue(dispute.date_closed)

    def _proof(self, name="order.pdf"):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": b"%PDF-1.4 signed"}
        )
