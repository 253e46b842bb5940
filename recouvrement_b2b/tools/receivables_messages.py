"""What is said about a file or a cell that cannot be imported, by code."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# What can be imported (receivables_columns.FIELDS).
FIELD_LABELS = {
    "customer": _lt("Customer reference"),
    "customer_name": _lt("Customer name"),
    "number": _lt("Invoice number"),
    "date": _lt("Invoice date"),
    "due": _lt("Due date"),
    "amount": _lt("Amount with tax"),
    "currency": _lt("Currency"),
    "settled": _lt("Payment date"),
    "paid": _lt("Amount paid"),
    "balance": _lt("Amount still open"),
    "disputed": _lt("Disputed"),
    "label": _lt("Label"),
    "email": _lt("E-mail"),
    "phone": _lt("Phone"),
    "street": _lt("Street"),
    "zip": _lt("Postcode"),
    "city": _lt("City"),
    "country": _lt("Country"),
    "vat": _lt("VAT number"),
    "siret": _lt("SIREN or SIRET"),
}

# The file as a whole (ReceivablesError).
FILE_MESSAGES = {
    "empty": _lt("The file is empty: export it again."),
    "header_only": _lt("The file has column names, but no row under them."),
    "no_header": _lt(
        "The file has no row %(row)s: tell in which row the names of columns are."
    ),
    "too_big": _lt(
        "The file is larger than %(megabytes)s MB: cut it in several files."
    ),
    "not_text": _lt(
        "The file is not a text: open it in your spreadsheet and save it as CSV."
    ),
    "nul": _lt(
        "Line %(line)s has null bytes, which no text has. Tell the encoding of the file"
        " (UTF-16 is a usual one), or export it again."
    ),
    "unknown_encoding": _lt(
        "There is no encoding called %(encoding)s: try utf-8, cp1252 or utf-16."
    ),
    "wrong_encoding": _lt(
        "The file is not written in %(encoding)s: tell another encoding, or none."
    ),
    "delimiter": _lt("A delimiter is one character, not “%(delimiter)s”."),
    "cell_too_long": _lt(
        "Row %(row)s has a cell of more than %(longest)s characters: empty it, or look"
        " for a quotation mark that is never closed."
    ),
    "broken_row": _lt(
        "Row %(row)s cannot be cut into cells (%(reason)s): look for a quotation mark"
        " that is not doubled or never closed."
    ),
    "unknown_field": _lt(
        "The mapping names “%(field)s”, which is not imported. It may name: %(fields)s."
    ),
    "no_such_column": _lt(
        "The mapping names a column “%(column)s” that the file has not. It has:"
        " %(columns)s."
    ),
    "twice": _lt(
        "Two columns, “%(first)s” and “%(second)s”, could be “%(field)s”: name the"
        " right one in a mapping."
    ),
    "missing": _lt(
        "No column was recognised for: %(fields)s. Name it in a mapping. The file has:"
        " %(columns)s."
    ),
    "mapping": _lt(
        "The mapping cannot be read (%(reason)s). Write it as JSON, for instance"
        ' {"number": "Invoice no."}, or as INI with a section [columns].'
    ),
    "date_ambiguous": _lt(
        "Every date, as %(value)s, can be read day first or month first: tell the date"
        " style (dmy or mdy)."
    ),
    "date_styles": _lt(
        "The dates are written in several styles: most read as %(often)s, but %(count)s"
        " only as %(seldom)s (row %(row)s: %(value)s). Correct them, or tell the date"
        " style: the others are then refused row by row."
    ),
    "no_date": _lt(
        "No date could be read, as in “%(value)s”: export dates as 31/12/2025,"
        " 12/31/2025 or 2025-12-31."
    ),
    "amount_ambiguous": _lt(
        "Every amount, as %(value)s, can be read with a decimal mark or a thousands"
        " separator: tell which mark the decimals have (comma or point)."
    ),
}

# A cell or a row (Problem, CellError).
ROW_MESSAGES = {
    "too_many_cells": _lt("The row has more than the %(width)s cells of the header."),
    "required": _lt("This cell is empty."),
    "zero": _lt("An invoice of zero is not owed: leave it out."),
    "duplicate": _lt(
        "This invoice of this customer is already in row %(first)s. Give the parts of"
        " an invoice due in instalments different numbers (123/1, 123/2)."
    ),
    "both_sides": _lt("Debit and credit are both filled: one row moves one amount."),
    "due_before_date": _lt("The due date is before the date of the invoice."),
    "future": _lt("The date is in the future: correct it, or shift the dates."),
    "balance": _lt("What was paid and what is still open do not add up to the amount."),
    "paid": _lt("What was paid is more than the amount, or of the other sign."),
    "date": _lt("“%(value)s” is not a date in the style of this file (%(style)s)."),
    "date_serial": _lt(
        "“%(value)s” is a spreadsheet's own number for a day: format the column as"
        " dates and export it again."
    ),
    "amount": _lt("“%(value)s” is not an amount."),
    "amount_ambiguous": _lt(
        "“%(value)s” has a decimal mark or a thousands separator: tell which mark the"
        " decimals have (comma or point)."
    ),
    "amount_decimal": _lt(
        "“%(value)s” has not the decimal mark of this file (%(decimal)s)."
    ),
    "amount_cents": _lt("“%(value)s” has parts of a cent."),
    "amount_large": _lt("“%(value)s” is too large for an invoice."),
    "flag": _lt("“%(value)s” is neither yes nor no."),
    "long": _lt("“%(value)s…” has more than %(longest)s characters."),
    "formula": _lt("“%(value)s” would be a formula in a spreadsheet: write a text."),
    "control": _lt("%(value)s has characters that cannot be printed."),
    "siret": _lt("“%(value)s” is neither a SIREN nor a SIRET: check its digits."),
    "email": _lt("“%(value)s” is not an e-mail address."),
    "currency": _lt("“%(value)s” is not a currency code, such as EUR."),
    # What only the books can tell.
    "imported": _lt("This invoice of this customer was already imported."),
    "unknown_currency": _lt(
        "The currency %(value)s is not active: activate it and give it rates."
    ),
    "no_rate": _lt("The currency %(value)s has no rate on %(date)s: add one."),
    "rounding": _lt("The currency %(value)s has no such fraction."),
    "country": _lt("“%(value)s” is not a country: write its code, such as FR."),
    "customers": _lt(
        "%(count)s customers in Odoo are called so: write the reference of the right"
        " one."
    ),
    "locked": _lt("The books are closed until %(date)s."),
}
