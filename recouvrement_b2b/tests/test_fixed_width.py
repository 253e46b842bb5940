"""Records of fixed width, without the ORM."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.fixed_width import (
    Column,
    FixedWidthError,
    Style,
    read_record,
    to_encoding,
    write_record,
)

STYLE = Style()
TEXT = Column("Name", 8, content="name")
DAY = date(2026, 6, 5)


def write(column, value, style=STYLE, **values):
    """Return what is written of a value, or the code of the error."""
    record, errors = write_record([column], {column.content: value} | values, style)
    return errors[0].code if errors else record


@st.composite
def columns(draw):
    """Draw a column and a value that anybody could enter."""
    kind = draw(st.sampled_from(["text", "number", "date", "constant", "filler"]))
    value = st.one_of(
        st.text(max_size=40),
        st.decimals(allow_nan=True, allow_infinity=True, places=2),
        st.floats(),
        st.integers(),
        st.none(),
        st.just(False),
    )
    column = Column(
        name="Column",
        width=draw(st.integers(1, 30)),
        kind=kind,
        content="value",
        constant=draw(st.text("ABC", max_size=20)),
        format="ddmmyyyy",
        decimals=draw(st.integers(0, 3)),
        codes=draw(st.sampled_from([{}, {"A": "B"}, {"1": ""}])),
        truncate=draw(st.booleans()),
        required=draw(st.sampled_from(["no", "always", "D"])),
    )
    return column, draw(st.dates() if kind == "date" else value)


@tagged("post_install", "-at_install")
class TestFixedWidth(BaseCase):
    def test_texts_are_on_the_left_and_numbers_on_the_right(self):
        number = Column("Amount", 8, "number", "amount", decimals=2)
        for column, value, expected in (
            (TEXT, "Durand", "DURAND  "),
            (TEXT, "  one\n two ", "ONE TWO "),
            (TEXT, None, "        "),
            (TEXT, 123, "123     "),
            (number, Decimal("12.30"), "00001230"),
            (number, 12.3, "00001230"),
            (number, Decimal("1E+2"), "00010000"),
            (number, "0042", "00004200"),
            (number, 0, "00000000"),
            (number, None, "00000000"),
            (Column("Day", 8, "date", "day", format="ddmmyyyy"), DAY, "05062026"),
            (Column("Day", 8, "date", "day", format="yyyymmdd"), DAY, "20260605"),
            (Column("Day", 6, "date", "day", format="ddmmyy"), DAY, "050626"),
            (Column("Day", 8, "date", "day", format="ddmmyyyy"), False, " " * 8),
            (Column("Version", 4, "constant", constant="7.0"), "", "7.0 "),
            (Column("Blanks", 3, "filler"), "x", "   "),
        ):
            self.assertEqual(write(column, value), expected)

    def test_what_does_not_fit_is_told(self):
        number = Column("Amount", 5, "number", "amount", decimals=2)
        required = Column("SIRET", 14, content="siret", required="always")
        codes = Column("Type", 1, content="type", codes={"FAC": "F"})
        for column, value, code in (
            (TEXT, "too long by far", "too_long"),
            (TEXT, "株式会社", "characters"),
            (number, 1000, "too_long"),
            (number, Decimal("1.005"), "decimals"),
            (number, -1, "negative"),
            (number, "A12", "not_number"),
            (number, float("nan"), "not_number"),
            (number, float("inf"), "not_number"),
            (required, False, "missing"),
            (codes, "AVO", "no_code"),
            (Column("Day", 6, "date", "day", format="ddmmyyyy"), DAY, "too_long"),
            (Column("Code", 1, "constant", constant="02"), "", "too_long"),
        ):
            self.assertEqual(write(column, value), code, column)

    def test_every_error_of_a_record_is_told_and_the_rest_stays_in_place(self):
        record, errors = write_record(
            [TEXT, Column("SIRET", 3, content="siret", required="always"), TEXT],
            {"name": "123456789"},
            STYLE,
        )
        self.assertEqual(
            [each.code for each in errors], ["too_long", "missing"] + ["too_long"]
        )
        self.assertEqual(record, " " * 19)
        self.assertIn("Name", str(errors[0]))

    def test_only_columns_that_say_so_are_cut(self):
        cut = Column("Name", 8, content="name", truncate=True)
        self.assertEqual(write(cut, "Boulangerie Durand"), "BOULANGE")
        self.assertEqual(write(TEXT, "Boulangerie"), "too_long")
        number = Column("Amount", 3, "number", "amount", truncate=True)
        self.assertEqual(write(number, 1234), "too_long", "a number is never cut")

    def test_accents_go_and_what_remains_is_refused(self):
        for text, expected in (
            ("Éts Bœuf & Fils – « Noël »", 'Ets Boeuf & Fils - " Noel "'),
            ("Łódź Straße Smørrebrød", "Lodz Strasse Smorrebrod"),
            ("l’été\N{NO-BREAK SPACE}50 €", "l'ete 50 EUR"),
            ("e\N{COMBINING ACUTE ACCENT}", "e"),
        ):
            self.assertEqual(to_encoding(text, "ascii"), (expected, []))
        self.assertEqual(to_encoding("Ωk", "ascii"), ("k", ["Ω"]))
        self.assertEqual(to_encoding("Noël €", "cp1252"), ("Noël €", []))
        self.assertEqual(to_encoding("Łódź", "cp1252"), ("Lódz", []))

    def test_upper_case_makes_no_text_longer_than_its_column(self):
        style = Style(encoding="cp1252")
        self.assertEqual(
            write(Column("N", 6, content="n"), "Straße", style), "too_long"
        )

    def test_letters_and_digits_only(self):
        style = Style(is_plain=True)
        self.assertEqual(
            write(Column("N", 9, content="n"), "FAC/26-01", style), "FAC 26 01"
        )
        version = Column("Version", 3, "constant", constant="7.0")
        self.assertEqual(write(version, "", style), "7.0")

    def test_separators(self):
        style = Style(separator=";", is_closed=True)
        both = [TEXT, Column("Blanks", 2, "filler")]
        self.assertEqual(write_record(both, {"name": "x"}, style)[0], "X       ;  ;")
        self.assertEqual(style.width(both), 12)
        self.assertEqual(style.starts(both), [1, 10])
        self.assertEqual(Style(separator=";").width(both), 11)
        self.assertEqual(write(TEXT, "a;b", style), "separator")
        cut = Column("Name", 3, content="name", truncate=True)
        self.assertEqual(write(cut, "a;b", style), "A B;")

    def test_a_value_may_be_required_of_a_market_only(self):
        siret = Column("SIRET", 14, content="siret", required="D")
        self.assertEqual(write(siret, "", market="E"), " " * 14)
        self.assertEqual(write(siret, "", market="D"), "missing")

    def test_blanks_are_nothing(self):
        required = Column("Name", 8, content="name", required="always")
        for blank in (" ", "\n\t", "\N{COMBINING ACUTE ACCENT}"):
            self.assertEqual(write(required, blank), "missing")
        self.assertEqual(write(required, "///", Style(is_plain=True)), "missing")
        self.assertEqual(write(TEXT, " "), " " * 8)

    def test_codes(self):
        payment = Column("Payment", 3, content="p", codes={"VIR": "VIR", "AVO": ""})
        self.assertEqual(write(payment, "VIR"), "VIR")
        self.assertEqual(write(payment, "AVO"), "   ")

    @given(st.lists(columns(), min_size=1, max_size=8), st.booleans(), st.data())
    def test_whatever_is_entered_the_width_is_exact(self, drawn, closed, data):
        style = Style(
            separator=data.draw(st.sampled_from(["", ";"])),
            is_closed=closed,
            is_upper=data.draw(st.booleans()),
            is_plain=data.draw(st.booleans()),
            encoding=data.draw(st.sampled_from(["ascii", "cp1252"])),
        )
        # one record of all the columns, each with its own value
        drawn = [
            (Column(**vars(column) | {"content": str(place)}), value)
            for place, (column, value) in enumerate(drawn)
        ]
        row = {column.content: value for column, value in drawn} | {"market": "D"}
        each = [column for column, _value in drawn]
        record, errors = write_record(each, row, style)
        self.assertEqual(len(record), style.width(each))
        self.assertEqual(len(record.encode(style.encoding)), len(record))
        self.assertEqual(
            [len(text) for text in read_record(each, record, style)],
            [column.width for column in each],
        )
        for error in errors:
            self.assertIsInstance(error, FixedWidthError)

    @given(st.decimals(0, 10**10, places=2))
    def test_an_amount_is_read_as_it_was_written(self, amount):
        column = Column("Amount", 13, "number", "amount", decimals=2)
        self.assertEqual(int(write(column, amount)), amount * 100)
