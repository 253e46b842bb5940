"""Reading statements of factors, whatever their columns. No database."""

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.factor_statement import Options, read_header, read_statement
from ..tools.receivables_messages import FILE_MESSAGES, ROW_MESSAGES
from ..tools.receivables_text import ReceivablesError

# The first draw of a process is slow on a busy machine.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What a cell may hold that a file, a spreadsheet or a screen would take for more.
HOSTILE = "=+-@\"';,|&<>%\\{}()éœ€ß中0A"
FRENCH = """Relevé de compte courant;;;;
Contrat 138001;;;;

Date;Code opération;N° facture;Débit;Crédit
15/06/2026;REG;FAC/2026/00001;;1 234,56
16/06/2026;COM;;12,00;
"""
ENGLISH = """Posting date,Operation code,Invoice number,Amount,VAT
2026-06-15,PAY,F1,"1,234.56",
2026-06-16,FEE,,-12.00,2.00
"""


@tagged("post_install", "-at_install")
class TestFactorStatementReader(BaseCase):
    def _read(self, text, **options):
        data = text if isinstance(text, bytes) else text.encode()
        return read_statement(data, Options(**options))

    def _refused(self, text, code, **options):
        with self.assertRaises(ReceivablesError) as caught:
            self._read(text, **options)
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(FILE_MESSAGES[code]._source % caught.exception.values)

    def test_french_statement_with_titles_above(self):
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            with self.subTest(encoding=encoding):
                reading = self._read(FRENCH.encode(encoding))
                self.assertEqual((reading.header_row, reading.delimiter), (4, ";"))
                self.assertEqual(
                    (reading.date_style, reading.decimal), ("dmy", "comma")
                )
                first, second = reading.rows
                self.assertEqual(
                    (first.number, first.date, first.amount, first.tax),
                    (5, date(2026, 6, 15), Decimal("1234.56"), None),
                )
                self.assertEqual(first.texts["number"], "FAC/2026/00001")
                self.assertEqual(second.amount, Decimal("-12.00"))
                self.assertEqual(
                    second.cells,
                    (
                        ("Date", "16/06/2026"),
                        ("Code opération", "COM"),
                        ("Débit", "12,00"),
                    ),
                )

    def test_english_statement_with_one_amount(self):
        reading = self._read(ENGLISH)
        self.assertEqual((reading.delimiter, reading.decimal), (",", "point"))
        self.assertEqual(
            [(row.amount, row.tax) for row in reading.rows],
            [(Decimal("1234.56"), None), (Decimal("-12.00"), Decimal("2.00"))],
        )

    def test_columns_that_were_told(self):
        text = "When|What|Sum|Other\n01/02/2026|X|1,00|2,00\n"
        self._refused(text, "missing")
        told = {"date": "When", "code": "What", "amount": "Other"}
        self._refused(text, "date_ambiguous", mapping=told)
        reading = self._read(text, mapping=told, date_style="mdy")
        self.assertEqual(reading.rows[0].date, date(2026, 1, 2))
        self.assertEqual(reading.rows[0].amount, Decimal("2.00"))

    def test_files_that_are_none(self):
        self._refused(b" ", "empty")
        self._refused(b"PK\x03\x04zip", "not_text")
        self._refused("Date;Montant\n", "header_only")
        self._refused(FRENCH, "no_header", header_row=40, delimiter=";")
        self._refused(FRENCH, "no_such_column", mapping={"date": "Jour"})

    def test_the_header_of_a_file_that_cannot_be_read(self):
        reading = read_header(b"Jour;Somme\n1;2\n", Options())
        self.assertEqual((reading.columns, reading.samples), ({}, ["1", "2"]))

    def test_problems_have_a_sentence(self):
        rows = ("32/06/2026;A;1", "15/06/2026;A;x", ";A;1", "15/06/2026;A;", "a;b;c;d")
        reading = self._read(
            "\n".join(["Date;Code opération;Montant", "15/06/2026;A;1,00", *rows])
        )
        self.assertEqual(len(reading.rows), 1)
        self.assertEqual(
            [(each.row, each.field, each.code) for each in reading.problems],
            [
                (3, "date", "date"),
                (4, "amount", "amount"),
                (5, "date", "required"),
                (6, "amount", "required"),
                (7, "", "too_many_cells"),
            ],
        )
        for problem in reading.problems:
            self.assertTrue(ROW_MESSAGES[problem.code]._source % problem.values)

    @patient
    @given(
        st.lists(
            st.tuples(
                st.dates(date(2000, 1, 1), date(2099, 12, 31)),
                st.integers(-(10**9), 10**9).filter(bool),
                st.text(HOSTILE, max_size=20),
            ),
            min_size=1,
            max_size=20,
        ),
        st.sampled_from(";,\t|"),
        st.booleans(),
    )
    def test_what_is_written_is_read(self, rows, delimiter, split):
        """Any text and amount comes back as it was, in one column or in two."""
        header = ["date", "code", *(["debit", "credit"] if split else ["amount"])]
        lines = [delimiter.join(header)]
        for day, cents, text in rows:
            amount = f"{abs(cents) // 100}.{abs(cents) % 100:02}"
            sides = [amount, ""] if cents < 0 else ["", amount]
            one = [("-" if cents < 0 else "") + amount]
            quoted = '"' + text.replace('"', '""') + '"'
            lines.append(
                delimiter.join([day.isoformat(), quoted, *(sides if split else one)])
            )
        reading = self._read("\n".join(lines), decimal="point")
        self.assertFalse(reading.problems)
        self.assertEqual(
            [(row.date, row.amount, row.texts["code"]) for row in reading.rows],
            [(day, Decimal(cents) / 100, text.strip()) for day, cents, text in rows],
        )
