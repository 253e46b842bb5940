"""Sheets of figures for people who work in a spreadsheet. Pure: no ORM."""

import io
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

HEADER_ROW = 3  # title, subtitle, a blank row, then the names of the columns
SUM_VISIBLE = 109  # SUBTOTAL of the rows that the filter shows


@dataclass(frozen=True)
class Column:
    """A column: its title, and what its cells hold.

    ``kind`` is text, date, whole, rate, amount, money or balance; money is summed below
    the rows (an amount is not), and a balance, which is the sum of the money on its
    left, is summed as well.
    ``formula`` computes the cells, whose values are then what the formula gives; in it
    ``{0}`` stands for the cell of the first column in the same row.
    """

    title: str
    kind: str = "text"
    width: float = 14.0
    formula: str = ""

    @property
    def is_summed(self):
        return self.kind in ("money", "balance")


class Sheets:
    """A workbook of tables: title, filters, frozen titles, totals that follow filters.

    Names and references come from people: they are written as text, whatever they begin
    with, so that none becomes a formula.
    """

    def __init__(self):
        self._output = io.BytesIO()
        self._book = Workbook(self._output, {"in_memory": True})
        self._names = set()
        self._formats = {}

    def add(self, name, title, subtitle, columns, rows, total_label, digits=2):
        """Add a table.

        :param name: of the sheet; shortened, and made unique, as Excel wants
        :param rows: lists of values, one a column; None for an empty cell, and for a
            balance, which is computed
        :param digits: decimal places of the currency
        """
        sheet = self._book.add_worksheet(self._unique(name))
        sheet.write_string(0, 0, title, self._format("title"))
        sheet.write_string(1, 0, subtitle, self._format("subtitle"))
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            style = "header_right" if column.is_summed else "header"
            sheet.write_string(HEADER_ROW, index, column.title, self._format(style))
        totals = [0.0] * len(columns)
        for number, row in enumerate(rows, start=HEADER_ROW + 1):
            self._write_row(sheet, number, columns, row, totals, digits)
        self._write_totals(sheet, len(rows), columns, totals, total_label, digits)
        self._set_up(sheet, len(rows), len(columns))

    def close(self):
        """Return the workbook as bytes."""
        self._book.close()
        return self._output.getvalue()

    # --- cells ---

    def _write_row(self, sheet, number, columns, row, totals, digits):
        balance = 0.0
        for index, (column, value) in enumerate(zip(columns, row, strict=True)):
            style = self._format(column.kind, digits)
            if column.kind == "balance":
                first = [each.kind for each in columns].index("money")
                cells = xl_range(number, first, number, index - 1)
                value = round(balance, digits)
                sheet.write_formula(number, index, f"=SUM({cells})", style, value)
            elif column.formula:
                cells = [xl_rowcol_to_cell(number, each) for each in range(len(row))]
                formula = "=" + column.formula.format(*cells)
                sheet.write_formula(number, index, formula, style, value)
            elif value is None or value is False or value == "":
                sheet.write_blank(number, index, None, style)
            elif column.kind == "text":
                sheet.write_string(number, index, str(value), style)
            elif column.kind == "date":
                sheet.write_datetime(number, index, value, style)
            else:
                sheet.write_number(number, index, value, style)
            if column.kind == "money":
                balance += value or 0.0
            if column.is_summed:
                totals[index] = round(totals[index] + (value or 0.0), digits)

    def _write_totals(self, sheet, count, columns, totals, label, digits):
        last = HEADER_ROW + count
        for index, column in enumerate(columns):
            if column.is_summed and count:
                cells = xl_range(HEADER_ROW + 1, index, last, index)
                sheet.write_formula(
                    last + 1,
                    index,
                    f"=SUBTOTAL({SUM_VISIBLE},{cells})",
                    self._format("total_money", digits),
                    totals[index],
                )
            else:
                text = label if index == 0 else ""
                sheet.write_string(last + 1, index, text, self._format("total"))

    def _set_up(self, sheet, count, width):
        """Freeze the titles, filter the rows, and print on pages of landscape A4."""
        sheet.freeze_panes(HEADER_ROW + 1, 1)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + count, width - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_footer("&L&A&R&P / &N")

    # --- names and looks ---

    def _unique(self, name):
        """Return a name that Excel accepts: 31 characters, no []:*?/\\, not taken."""
        clean = "".join("-" if char in "[]:*?/\\" else char for char in name).strip("'")
        clean = unique = clean[:31] or "-"
        number = 2
        while unique.lower() in self._names:
            unique = f"{clean[:27]} ({number})"
            number += 1
        self._names.add(unique.lower())
        return unique

    def _format(self, name, digits=2):
        if (name, digits) not in self._formats:
            values = {"valign": "top"} | _style(name, digits)
            self._formats[name, digits] = self._book.add_format(values)
        return self._formats[name, digits]


def _style(name, digits):
    """Return the properties of a cell format."""
    decimals = "." + "0" * digits if digits else ""
    money = {"num_format": f"#,##0{decimals};[Red]-#,##0{decimals}"}
    header = {"bold": True, "bottom": 1, "bg_color": "#E9EEF4", "text_wrap": True}
    total = {"bold": True, "top": 1}
    return {
        "title": {"bold": True, "font_size": 14},
        "subtitle": {"font_color": "#666666"},
        "header": header,
        "header_right": header | {"align": "right"},
        "text": {},
        "date": {"num_format": 14, "align": "left"},  # 14: as the reader's system does
        "whole": {"num_format": "0"},
        "rate": {"num_format": "0.00##"},
        "money": money,
        "amount": money,
        "balance": money | {"bold": True},
        "total": total,
        "total_money": total | money,
    }[name]
