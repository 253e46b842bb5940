import re

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.qr import MARGIN, qr_modules, qr_svg

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def drawn_modules(svg):
    """Return the rows of modules that the path of a code blackens."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    rows = [[False] * size for _row in range(size)]
    for x, y, length, back in (map(int, run) for run in RUN.findall(svg)):
        assert length == back
        rows[y][x : x + length] = [True] * length
    return rows


@tagged("post_install", "-at_install")
class TestQr(BaseCase):
    """The drawing is the code, module for module."""

    @settings(deadline=None, max_examples=25)
    @given(TEXTS)
    def test_the_path_draws_the_modules(self, text):
        rows = drawn_modules(qr_svg(text))
        inner = [row[MARGIN:-MARGIN] for row in rows[MARGIN:-MARGIN]]
        self.assertEqual(inner, qr_modules(text))

    def test_the_code_has_a_white_margin(self):
        rows = drawn_modules(qr_svg("BCD"))
        edge = [*rows[:MARGIN], *rows[-MARGIN:]]
        edge += [[*row[:MARGIN], *row[-MARGIN:]] for row in rows]
        self.assertFalse(any(map(any, edge)))

    def test_the_longest_payment_code_stays_under_version_13(self):
        """The limit of the European Payments Council: 69 modules a side."""
        text = "\n".join(
            ["BCD", "002", "1", "SCT", "AGRIFRPPXXX", "é" * 70, "FR" + "7" * 25]
            + ["EUR999999999.99", "", "", "W" * 71, ""]
        )
        self.assertLessEqual(len(qr_modules(text)), 69)
