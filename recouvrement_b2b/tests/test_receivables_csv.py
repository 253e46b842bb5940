"""Reading exports of receivables: what is found, what is refused. No database."""

import itertools
from datetime import date
from decimal import Decimal

from hypothesis import given, strategies

from odoo.tests import BaseCase, tagged

from ..tools.receivables_columns import find_columns, normalise, parse_mapping
from ..tools.receivables_csv import Options, read
from ..tools.receivables_messages import FIELD_LABELS, FILE_MESSAGES, ROW_MESSAGES
from ..tools.receivables_text import ReceivablesError, decode

TODAY = date(2026, 6, 15)
FRENCH = """N° facture;Client;Raison sociale;Date facture;Échéance;Montant TTC;\
Date de règlement;Litige
F1;C1;Menuiserie Durand;13/01/2026;12/02/2026;1 234,56;15/02/2026;non
F2;C1;Menuiserie Durand;05/05/2026;04/06/2026;-12,00;;
F3;C2;Garage Petit;06/05/2026;05/06/2026;80,00;;oui
"""
AMERICAN = """customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,\
SettledDate
0379-NEVHP,611365,1/2/2013,2/1/2013,55.94,No,1/15/2013
8976-AMJEO,7900770,1/26/2013,2/25/2013,61.74,Yes,3/3/2013
"""


class ReceivablesCase(BaseCase):
    def _read(self, text, **options):
        data = text if isinstance(text, bytes) else text.encode()
        return read(data, Options(today=TODAY, **options))

    def _row(self, header="number;customer;date;due;amount", **cells):
        """Return a file of one good row, with some cells replaced."""
        row = {
            "number": "F1",
            "customer": "C1",
            "date": "2026-05-01",
            "due": "2026-05-31",
            "amount": "100.00",
            **cells,
        }
        names = header.split(";") + [n for n in cells if n not in header.split(";")]
        return f"{';'.join(names)}\n{';'.join(row[name] for name in names)}\n"

    def _assert_refused(self, code, text, **options):
        with self.assertRaises(ReceivablesError) as caught:
            self._read(text, **options)
        self.assertEqual(caught.exception.code, code)
        # The sentence has everything that it speaks of.
        FILE_MESSAGES[code]._source % caught.exception.values

    def _assert_problem(self, code, field, text, row=2):
        problems = self._read(text).problems
        self.assertEqual(
            [(p.row, p.field, p.code) for p in problems], [(row, field, code)]
        )
        ROW_MESSAGES[code]._source % problems[0].values


@tagged("post_install", "-at_install")
class TestReceivablesFile(ReceivablesCase):
    def test_french_export(self):
        reading = self._read(FRENCH.encode("cp1252"))
        self.assertEqual((reading.encoding, reading.delimiter), ("cp1252", ";"))
        self.assertEqual((reading.date_style, reading.decimal), ("dmy", "comma"))
        self.assertFalse(reading.problems)
        portfolio = reading.portfolio()
        self.assertEqual(
            [(invoice.number, invoice.amount) for invoice in portfolio.invoices],
            [("F1", Decimal("1234.56")), ("F2", Decimal(-12)), ("F3", Decimal(80))],
        )
        self.assertEqual(
            [(customer.key, customer.name) for customer in portfolio.customers],
            [("C1", "Menuiserie Durand"), ("C2", "Garage Petit")],
        )
        self.assertEqual(
            [(pay.documents, pay.date) for pay in portfolio.payments],
            [(("F1",), date(2026, 2, 15))],
        )
        self.assertTrue(portfolio.invoices[2].disputed)

    def test_american_export(self):
        reading = self._read(AMERICAN)
        self.assertEqual((reading.delimiter, reading.date_style), (",", "mdy"))
        invoice = reading.portfolio().invoices[0]
        self.assertEqual(invoice.date, date(2013, 1, 2))
        self.assertEqual(invoice.key, ("0379-NEVHP", "611365"))

    def test_shifted_dates(self):
        """The last invoice is of today; what is settled later is open."""
        reading = self._read(AMERICAN, shift_dates=True)
        first, last = reading.portfolio().invoices
        self.assertEqual(last.date, TODAY)
        self.assertEqual((last.date - first.date).days, 24)
        self.assertEqual(reading.payments_later, 1)
        (payment,) = reading.portfolio().payments
        self.assertEqual((payment.date - first.date).days, 13)

    def test_encodings(self):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            with self.subTest(encoding):
                reading = self._read(FRENCH.encode(encoding))
                self.assertEqual(reading.columns["number"], "N° facture")

    def test_encoding_that_is_told(self):
        reading = self._read(FRENCH.encode("mac-roman"), encoding="mac-roman")
        self.assertEqual(reading.columns["due"], "Échéance")
        self._assert_refused("unknown_encoding", FRENCH, encoding="klingon")
        self._assert_refused(
            "wrong_encoding", FRENCH.encode("cp1252"), encoding="utf-8"
        )

    def test_delimiters(self):
        for delimiter in (";", ",", "\t", "|"):
            with self.subTest(delimiter):
                text = self._row().replace(";", delimiter)
                self.assertEqual(self._read(text).delimiter, delimiter)

    def test_what_is_no_table(self):
        self._assert_refused("empty", b"")
        self._assert_refused("empty", b" \n\n")
        self._assert_refused("header_only", FRENCH.splitlines()[0])
        self._assert_refused("not_text", b"PK\x03\x04" + b"x" * 50)
        self._assert_refused("nul", FRENCH + "F4;\0")
        self._assert_refused("nul", FRENCH.encode("utf-16-le"))
        self._assert_refused("delimiter", FRENCH, delimiter="ab")
        self._assert_refused("broken_row", FRENCH + '"F4";"C1')
        self._assert_refused("cell_too_long", self._row(customer="x" * 10**7))

    def test_rows_are_numbered_as_a_spreadsheet_does(self):
        """Blank rows count, quoted newlines do not."""
        text = self._row(label='"two\nlines"') + "\nF2;C1;2026-05-01;nonsense;1;\n"
        reading = self._read(text)
        self.assertEqual([row.invoice.label for row in reading.rows], ["two lines"])
        self.assertEqual([problem.row for problem in reading.problems], [4])

    @given(strategies.binary(max_size=300))
    def test_any_bytes_are_read_or_refused(self, data):
        try:
            self._read(b"number;customer;date;due;amount\n" + data)
        except ReceivablesError as error:
            self.assertTrue(FILE_MESSAGES[error.code]._source % error.values)


@tagged("post_install", "-at_install")
class TestReceivablesColumns(ReceivablesCase):
    def test_headers_are_recognised(self):
        self.assertEqual(normalise(" N° Facture "), "nfacture")
        columns = find_columns(
            ["Compte", "Intitulé", "N° pièce", "Date pièce", "Échéance", "Total TTC",
             "Reste à payer", "Libellé"]
        )  # fmt: skip
        self.assertEqual(
            columns,
            {"customer": 0, "customer_name": 1, "number": 2, "date": 3, "due": 4,
             "amount": 5, "balance": 6, "label": 7},
        )  # fmt: skip

    def test_the_clearer_header_comes_first(self):
        columns = find_columns(
            [
                "Référence",
                "N° facture",
                "Date",
                "Date facture",
                "Échéance",
                "TTC",
                "Client",
            ]
        )
        self.assertEqual((columns["number"], columns["date"]), (1, 3))

    def test_mapping(self):
        text = "A;B;C;D;E\nF1;C1;2026-05-01;2026-05-31;1\n"
        mapping = {
            "number": "A",
            "customer": "B",
            "date": "C",
            "due": "D",
            "amount": "E",
        }
        self.assertEqual(len(self._read(text, mapping=mapping).rows), 1)
        self._assert_refused("missing", text)
        self._assert_refused("no_such_column", text, mapping=mapping | {"due": "Z"})
        self._assert_refused("unknown_field", text, mapping=mapping | {"colour": "A"})

    def test_empty_mapping_leaves_a_column_out(self):
        text = self._row(disputed="perhaps")
        self._assert_problem("flag", "disputed", text)
        self.assertFalse(self._read(text, mapping={"disputed": ""}).problems)

    def test_mapping_files(self):
        expected = {"number": "Invoice no.", "settled": ""}
        self.assertEqual(
            parse_mapping('{"number": "Invoice no.", "settled": null}'), expected
        )
        self.assertEqual(
            parse_mapping("[columns]\nnumber = Invoice no.\nsettled =\n"), expected
        )
        for text in (
            "{",
            "number = A",
            "[other]\na = b",
            '{"number": 3}',
            '["number"]',
        ):
            with self.subTest(text), self.assertRaises(ReceivablesError):
                parse_mapping(text)

    def test_two_columns_for_one_field(self):
        header = "number;customer;date;due;amount;Montant TTC;Total TTC"
        text = f"{header}\nF1;C1;2026-05-01;2026-05-31;1;1;1\n"
        self._assert_refused("twice", text)
        reading = self._read(text, mapping={"amount": "Total TTC"})
        self.assertEqual(reading.columns["amount"], "Total TTC")
        self._assert_refused(
            "twice",
            "Date facture;"
            + self._row(
                header="Date facture;number;customer;date;due;amount",
                **{"Date facture": "x"},
            ),
        )

    def test_every_field_has_a_label(self):
        from ..tools.receivables_columns import FIELDS

        self.assertEqual(set(FIELD_LABELS), set(FIELDS))


@tagged("post_install", "-at_install")
class TestReceivablesRows(ReceivablesCase):
    def test_told_style(self):
        text = self._row(date="01/02/2026", due="03/04/2026")
        self._assert_refused("date_ambiguous", text)
        for style, due in (("dmy", date(2026, 4, 3)), ("mdy", date(2026, 3, 4))):
            invoice = self._read(text, date_style=style).rows[0].invoice
            self.assertEqual(invoice.due, due)

    def test_ambiguous_amount_among_others_is_refused_alone(self):
        rows = ("F1;C;2026-05-01;2026-05-31;5,60", "F2;C;2026-05-01;2026-05-31;5.60",
                "F3;C;2026-05-01;2026-05-31;5.678")  # fmt: skip
        text = "\n".join(["number;customer;date;due;amount", *rows])
        self._assert_problem("amount_ambiguous", "amount", text, row=4)

    def test_problems_of_a_row(self):
        for code, field, cells in (
            ("required", "customer", {"customer": ""}),
            ("required", "due", {"due": ""}),
            ("zero", "amount", {"amount": "0.00"}),
            ("amount", "amount", {"amount": "ten"}),
            ("date", "date", {"date": "2026-02-30"}),
            ("date_serial", "date", {"date": "45291"}),
            ("due_before_date", "due", {"due": "2026-04-30"}),
            ("future", "date", {"date": "2026-06-16", "due": "2026-07-16"}),
            ("formula", "customer", {"customer": "=HYPERLINK(1)"}),
            ("formula", "label", {"label": "@SUM(A1)"}),
            ("control", "label", {"label": "a\x07b"}),
            ("long", "label", {"label": "x" * 300}),
            ("flag", "disputed", {"disputed": "perhaps"}),
            ("email", "email", {"email": "nobody"}),
            ("siret", "siret", {"siret": "73282932100074"}),
            ("currency", "currency", {"currency": "euro"}),
            ("paid", "paid", {"paid": "100.01"}),
            ("paid", "balance", {"balance": "-1.00"}),
            ("balance", "balance", {"paid": "60.00", "balance": "60.00"}),
        ):
            with self.subTest(code, **cells):
                self._assert_problem(code, field, self._row(**cells))

    def test_too_many_cells(self):
        text = self._row() + "F2;C1;2026-05-01;2026-05-31;1,00;EUR\n"
        self._assert_problem(
            "too_many_cells", "", text.replace("100.00", "1,00"), row=3
        )

    def test_invoice_twice(self):
        text = self._row() + self._row().splitlines()[1]
        self._assert_problem("duplicate", "number", text, row=3)
        other = self._row(customer="C2").splitlines()[1]
        self.assertFalse(self._read(self._row() + other).problems, "of two customers")

    def test_what_was_paid(self):
        for cells, paid in (
            ({}, None),
            ({"settled": "2026-06-01"}, 100),
            ({"settled": "2026-06-16"}, None),  # tomorrow
            ({"settled": "2026-06-01", "balance": "30.00"}, 70),
            ({"paid": "40.00"}, 40),
            ({"balance": "100.00"}, None),
            ({"balance": "0.00"}, 100),
            ({"paid": "40.00", "balance": "60.00"}, 40),
        ):
            with self.subTest(**cells):
                payment = self._read(self._row(**cells)).rows[0].payment
                self.assertEqual(payment and payment.amount, paid)

    def test_day_of_a_payment_that_is_not_told(self):
        """The due date, or today when it is not there yet."""
        for due, day in (("2026-05-31", date(2026, 5, 31)), ("2026-07-31", TODAY)):
            row = self._read(self._row(due=due, balance="0.00")).rows[0]
            self.assertEqual(row.payment.date, day)

    def test_credit_note(self):
        row = self._read(
            self._row(amount="-100.00", due="", settled="2026-06-01")
        ).rows[0]
        self.assertEqual((row.invoice.amount, row.payment.amount), (-100, -100))
        self.assertEqual(row.invoice.due, row.invoice.date)

    def test_customer_is_completed_by_later_rows(self):
        header = "number;customer;date;due;amount;email;city"
        first = "F1;C1;2026-05-01;2026-05-31;1.00;;Tours"
        later = "F2;C1;2026-05-01;2026-05-31;1.00;a@example.com;Brest"
        text = f"{header}\n{first}\n{later}"
        (customer,) = self._read(text).portfolio().customers
        self.assertEqual((customer.email, customer.city), ("a@example.com", "Tours"))

    def test_bad_rows_can_be_left_out(self):
        reading = self._read(FRENCH + "F4;C3;Zinc;06/05/2026;05/06/2026;0;;\n")
        self.assertEqual(len(reading.portfolio().invoices), 3)
        self.assertEqual(reading.row_count, 4)
        self.assertEqual(len(reading.portfolio(without={2}).customers), 2)
        self.assertEqual(reading.customers_seen, {"C1", "C2", "C3"})

    def test_a_reader_has_an_answer_to_every_code(self):
        """Bytes that decode to anything, in every cell in turn."""
        bad = ["\ufffd", "\u202e", "=1", "0", "", "1e9", "x" * 250, "31/02/2026"]
        names = [
            "number",
            "customer",
            "date",
            "due",
            "amount",
            "email",
            "siret",
            "paid",
        ]
        for name, value in itertools.product(names, bad):
            for problem in self._problems(self._row(**{name: value})):
                self.assertTrue(ROW_MESSAGES[problem.code]._source % problem.values)

    def _problems(self, text):
        try:
            return self._read(text).problems
        except ReceivablesError:
            return []


@tagged("post_install", "-at_install")
class TestDecode(BaseCase):
    def test_byte_order_mark_is_no_part_of_a_header(self):
        self.assertEqual(decode("a;b".encode("utf-8-sig"))[0], "a;b")
        self.assertEqual(decode(b"\xef\xbb\xbfa;b", "utf-8")[0], "a;b")
