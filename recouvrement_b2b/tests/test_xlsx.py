import io

from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ..tools.workbook import HEADER_ROW, Column, Sheets
from .common import TODAY, RecouvrementCommon

FIRST = HEADER_ROW + 2  # openpyxl counts rows from 1


def read(content):
    """Return a workbook twice: as formulas, and as the figures that readers show."""
    return (
        load_workbook(io.BytesIO(content)),
        load_workbook(io.BytesIO(content), data_only=True),
    )


def cells(row):
    return [cell.value for cell in row]


@tagged("post_install", "-at_install")
class TestSheets(BaseCase):
    COLUMNS = [Column("Name"), Column("A", "money"), Column("B", "money")] + [
        Column("Balance", "balance")
    ]

    def _add(self, *rows, digits=2):
        sheets = Sheets()
        sheets.add("Sheet", "Title", "", self.COLUMNS, rows, "Total", digits)
        return read(sheets.close())

    def test_totals_are_formulas_with_their_figures(self):
        formulas, values = self._add(["x", 0.1, 0.2, None], ["y", 10.0, -3.3, None])
        last = FIRST + 2
        self.assertEqual(
            cells(formulas.active[last]),
            ["Total", *(f"=SUBTOTAL(109,{c}5:{c}6)" for c in "BCD")],
        )
        self.assertEqual(cells(values.active[last]), ["Total", 10.1, -3.1, 7.0])
        self.assertEqual(formulas.active["D5"].value, "=SUM(B5:C5)")
        self.assertEqual(values.active["D5"].value, 0.3)

    def test_nothing_that_people_write_is_a_formula(self):
        for text in ("=1+1", "+1", "@x", "=cmd|'/C calc'!A0", "http://x.example"):
            formulas, _values = self._add([text, 1.0, 1.0, None])
            cell = formulas.active["A5"]
            self.assertEqual((cell.value, cell.data_type), (text, "s"))
            self.assertIsNone(cell.hyperlink)

    def test_names_of_sheets_are_made_acceptable(self):
        sheets = Sheets()
        for name in ("a/b:c" * 20, "a/b:c" * 20, "", "EUR", "eur"):
            sheets.add(name, "", "", self.COLUMNS, [], "Total")
        names = read(sheets.close())[0].sheetnames
        self.assertEqual(len({name.lower() for name in names}), 5)
        self.assertTrue(all(0 < len(name) <= 31 for name in names))

    def test_an_empty_table_is_a_workbook_too(self):
        _formulas, values = self._add()
        self.assertEqual(values.active.cell(FIRST, 1).value, "Total")

    def test_currencies_without_decimals(self):
        formulas, _values = self._add(["x", 1.0, 2.0, None], digits=0)
        self.assertNotIn(".", formulas.active["B5"].number_format)


@tagged("post_install", "-at_install")
class TestXlsx(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False
        cls.xlsx = cls.env["recouvrement.xlsx"]
        cls.other = cls.env["res.currency"].search(
            [("id", "!=", cls.company.currency_id.id), ("active", "in", (True, False))],
            limit=1,
        )
        cls.other.active = True

    def _balance(self, as_of=TODAY, **kwargs):
        formulas, values = read(self.xlsx.aged_balance(self.company, as_of, **kwargs))
        return formulas, values

    def _rows(self, sheet):
        """Return ``{customer: figures from not due to balance}``, total included."""
        return {
            row[0]: row[4:]
            for row in (cells(row) for row in sheet.iter_rows(min_row=FIRST))
        }

    def test_the_aged_balance_to_the_cent(self):
        durand, petit = self.customer, self._create_customer("Garage Petit")
        for days, amount in ((-3, 10.01), (30, 0.1), (31, 0.2), (61, 7.0), (91, 1e6)):
            self._create_due(days, amount, durand)
        self._create_due(5, 33.3, petit)
        self._create_due(5, 100.0, petit, move_type="out_refund")
        _formulas, values = self._balance()
        rows = self._rows(values.worksheets[0])
        self.assertEqual(
            rows[durand.name], [10.01, 0.1, 0.2, 7.0, 1e6, 0.0, 1000017.31]
        )
        self.assertEqual(rows[petit.name], [0.0, 33.3, 0.0, 0.0, 0.0, -100.0, -66.7])
        self.assertEqual(rows["Total"], [10.01, 33.4, 0.2, 7.0, 1e6, -100.0, 999950.61])

    def test_formulas_and_figures_agree(self):
        for days, amount in ((-3, 10.01), (30, 0.1), (91, 12.34)):
            self._create_due(days, amount)
            self._create_due(days, amount, self._create_customer(f"Client {days}"))
        formulas, values = self._balance()
        sheet = values.worksheets[0]
        last = sheet.max_row
        for column in "EFGHIJK":
            figures = [sheet[f"{column}{row}"].value for row in range(FIRST, last)]
            self.assertEqual(
                formulas.worksheets[0][f"{column}{last}"].value,
                f"=SUBTOTAL(109,{column}{FIRST}:{column}{last - 1})",
            )
            self.assertAlmostEqual(sheet[f"{column}{last}"].value, sum(figures), 2)

    def test_one_sheet_a_currency_and_one_for_all(self):
        self._create_due(12, 100)
        self._create_due(12, 250, currency_id=self.other.id)
        _formulas, values = self._balance()
        codes = sorted([self.company.currency_id.name, self.other.name])
        self.assertEqual(values.sheetnames[1:], codes)
        own = self._rows(values[self.other.name])
        self.assertEqual(own["Total"][-1], 250)

    def test_sheets_are_ready_to_work_with(self):
        self._create_due(12, 100)
        formulas, _values = self._balance()
        for sheet in formulas:
            self.assertEqual(sheet.freeze_panes, f"B{FIRST}")
            self.assertTrue(sheet.auto_filter.ref.startswith(f"A{HEADER_ROW + 1}:K"))
            self.assertGreater(sheet.column_dimensions["A"].width, 20)
            self.assertIn("#,##0.00", sheet[f"E{FIRST}"].number_format)
            self.assertIn(self.company.name, sheet["A2"].value)

    def test_of_some_customers_and_of_the_past(self):
        move = self._create_due(12, 100)
        self._create_due(12, 55, self._create_customer("Garage Petit"))
        self._pay(move)
        _formulas, values = self._balance(TODAY.replace(day=5), partners=self.customer)
        rows = self._rows(values.worksheets[0])
        self.assertEqual(set(rows), {self.customer.name, "Total"})
        self.assertEqual(rows["Total"][-1], 100)

    def test_the_worklist(self):
        self._create_due(12, 100)
        self._create_due(12, 250, self._create_customer("=Garage"))
        self._create_due(12, 70, currency_id=self.other.id)
        actions = self._launch().action_ids
        formulas, values = read(self.xlsx.worklist(actions))
        codes = sorted([self.company.currency_id.name, self.other.name])
        self.assertEqual(values.sheetnames, codes)
        sheet = values[self.company.currency_id.name]
        head = cells(sheet[HEADER_ROW + 1])
        rows = [
            dict(zip(head, cells(row), strict=True))
            for row in sheet.iter_rows(min_row=FIRST)
        ]
        self.assertEqual(
            {row["Customer"] for row in rows},
            {"Boulangerie Durand", "=Garage", "Total"},
        )
        by_name = {row["Customer"]: row for row in rows}
        garage = by_name["=Garage"]
        self.assertEqual(garage["Amount asked"], 250)
        self.assertEqual(garage["Days late"], 12)
        self.assertEqual(garage["Date"].date(), TODAY)
        self.assertEqual(garage["Collector"], "Claire Martin")
        self.assertEqual(by_name["Total"]["Amount asked"], 350)
        self.assertEqual(formulas[sheet.title].freeze_panes, f"B{FIRST}")

    def test_an_empty_worklist(self):
        _formulas, values = read(self.xlsx.worklist(self.env["recouvrement.action"]))
        self.assertEqual(values.sheetnames, [self.company.currency_id.name])
