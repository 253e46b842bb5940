"""``penalty_breakdown``: the published vectors, and the rules one by one."""

from datetime import timedelta

from odoo.tests import tagged

from .common import day
from .penalties import PenaltyCommon


@tagged("post_install", "-at_install")
class TestPenaltyVectors(PenaltyCommon):
    def test_published_vectors(self):
        """Figures of the legal note, each row checked."""
        vectors = [
            (12000, "2026-04-30", "2026-05-30", [(30, 12.15, 119.84)], 119.84),
            (
                1200,
                "2025-05-31",
                "2026-07-31",
                [
                    (30, 13.15, 12.97),
                    (184, 12.15, 73.50),
                    (181, 12.15, 72.30),
                    (31, 12.40, 12.64),
                ],
                171.41,
            ),
            (
                10000,
                "2023-12-31",
                "2024-12-31",
                [(182, 14.50, 723.01), (184, 14.25, 718.36)],
                1441.37,
            ),
            (5000, "2026-06-30", "2026-09-30", [(92, 12.40, 156.27)], 156.27),
            (15000, "2024-02-28", "2024-03-01", [(2, 14.50, 11.92)], 11.92),
        ]
        for amount, due, paid, rows, total in vectors:
            with self.subTest(amount=amount):
                invoice = self._invoice(amount, due)
                answer = self._breakdown(invoice, paid)
                found = [
                    (row["days"], row["rate"], row["amount"]) for row in answer["rows"]
                ]
                self.assertEqual(found, rows)
                self.assertEqual(answer["interest"], total)
                self.assertEqual(answer["indemnity"], 40.0)
                self.assertEqual(answer["total"], round(total + 40, 2))
                self.assertEqual(answer["principal"], amount)
                self._pay(invoice, day=day(paid))
                later = self._breakdown(invoice, day(paid) + timedelta(days=400))
                self.assertEqual(later["interest"], total, "outlives the principal")
                self.assertEqual(later["residual"], 0)
