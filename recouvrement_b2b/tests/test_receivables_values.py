"""Reading cells of exports: dates, amounts. No database."""

from datetime import date
from decimal import Decimal

from hypothesis import given, strategies

from odoo.tests import BaseCase, tagged

from ..tools.receivables_text import ReceivablesError
from ..tools.receivables_values import (
    CellError,
    find_date_style,
    find_decimal,
    parse_amount,
    parse_date,
    parse_flag,
    parse_text,
)


@tagged("post_install", "-at_install")
class TestReceivablesDates(BaseCase):
    def _style(self, *texts):
        return find_date_style(list(enumerate(texts, start=2)))

    def test_style_is_found_in_the_whole_file(self):
        self.assertEqual(self._style("01/02/2026", "13/02/2026"), "dmy")
        self.assertEqual(self._style("01/02/2026", "02/13/2026"), "mdy")
        self.assertEqual(self._style("2026-02-01", "2026-02-13T00:00:00"), "ymd")
        self.assertEqual(self._style("01.02.26", "31.12.25"), "dmy")
        self.assertEqual(self._style("13/02/2026", "not a date"), "dmy")

    def test_ambiguous_style_is_refused(self):
        for texts, code in (
            (["01/02/2026", "03/04/2026"], "date_ambiguous"),
            (["13/02/2026", "02/13/2026"], "date_styles"),
            (["13/02/2026", "2026-02-13"], "date_styles"),
            (["yesterday"], "no_date"),
        ):
            with self.subTest(texts), self.assertRaises(ReceivablesError) as caught:
                self._style(*texts)
            self.assertEqual(caught.exception.code, code)

    def test_dates(self):
        for text, style, expected in (
            ("31/12/2025", "dmy", date(2025, 12, 31)),
            ("1/2/2013", "mdy", date(2013, 1, 2)),
            ("20251231", "ymd", date(2025, 12, 31)),
            ("31122025", "dmy", date(2025, 12, 31)),
            (" 2025-12-31 23:59:59 ", "ymd", date(2025, 12, 31)),
            ("29.02.24", "dmy", date(2024, 2, 29)),
        ):
            self.assertEqual(parse_date(text, style), expected)

    def test_what_is_no_date(self):
        for text in ("30/02/2025", "29/02/2025", "0/1/2025", "1/1/0001", "1/1/9999",
                     "31/12", "12/31/2025", "45291", "", "١/١/٢٠٢٥"):  # fmt: skip
            with self.subTest(text), self.assertRaises(CellError):
                parse_date(text, "dmy")

    @given(strategies.dates(date(1970, 1, 1), date(2100, 12, 31)))
    def test_every_day_is_read_back(self, day):
        formats = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "ymd": "%Y-%m-%d"}
        for style, pattern in formats.items():
            self.assertEqual(parse_date(day.strftime(pattern), style), day)


@tagged("post_install", "-at_install")
class TestReceivablesAmounts(BaseCase):
    def test_amounts(self):
        for text, decimal, expected in (
            ("1234.56", "", "1234.56"),
            ("1 234,56", "", "1234.56"),
            ("1\u202f234\u00a0567,8", "", "1234567.80"),
            ("1.234,56 €", "", "1234.56"),
            ("EUR 1,234.56", "", "1234.56"),
            ("1'234.50 CHF", "", "1234.50"),
            ("1.234.567", "", "1234567"),
            ("1,234", "point", "1234"),
            ("1,234", "comma", None),  # parts of a cent
            ("1,500", "comma", "1.50"),
            ("55.9400", "", "55.94"),
            ("0,5", "", "0.50"),
            ("-12,50", "", "-12.50"),
            ("12,50-", "", "-12.50"),
            ("(12.50)", "", "-12.50"),
            ("\u22121", "", "-1"),
            ("+7", "", "7"),
        ):
            with self.subTest(text):
                if expected is None:
                    self.assertRaises(CellError, parse_amount, text, decimal)
                else:
                    self.assertEqual(parse_amount(text, decimal), Decimal(expected))

    def test_what_is_no_amount(self):
        for text in ("", "abc", "1e5", "NaN", "=1+1", "12,34.56,7", "1 2", "1.2.3",
                     "12.345,6.7", "--1", "1" * 50, "9" * 13, "٣"):  # fmt: skip
            with self.subTest(text), self.assertRaises(CellError):
                parse_amount(text)

    def test_decimal_mark_is_found_in_the_whole_file(self):
        def found(*texts):
            return find_decimal(list(enumerate(texts, start=2)))

        self.assertEqual(found("1,234", "5,6"), "comma")
        self.assertEqual(found("1,234", "5.6"), "point")
        self.assertEqual(found("12", "x.y"), "")
        self.assertEqual(found("5,6", "5.6"), "", "each cell reads one way")
        with self.assertRaises(ReceivablesError):
            found("1,234", "5,678")

    @given(
        strategies.decimals(0, 10**9, places=2),
        strategies.sampled_from(["", " ", "\u202f", "'"]),
        strategies.sampled_from([".", ","]),
    )
    def test_every_amount_is_read_back(self, amount, thousands, decimal):
        text = f"{amount:,.2f}".replace(".", "!").replace(",", thousands)
        self.assertEqual(parse_amount(text.replace("!", decimal)), amount)


@tagged("post_install", "-at_install")
class TestReceivablesTexts(BaseCase):
    def test_flags_and_texts(self):
        self.assertTrue(all(map(parse_flag, ["Yes", "OUI", "x", "1", "vrai"])))
        self.assertFalse(any(map(parse_flag, ["no", "Non", "0", "", "faux"])))
        self.assertEqual(parse_text("  a \n b "), "a b")
        self.assertEqual(parse_text("+33 1 99 00 00 00"), "+33 1 99 00 00 00")
        self.assertEqual(parse_text("- 3 rue de Paris"), "- 3 rue de Paris")
