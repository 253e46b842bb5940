"""Read the statement of a factor, whatever its columns. Pure: no ORM.

One row is one operation: a code that says its kind, a date, an amount (or a debit and a
credit) and often the document that it is about. Columns are told, or recognised by
their names; nothing else is guessed.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .receivables_columns import (
    guess_columns,
    place_columns,
    read_aliases,
    recognised,
)
from .receivables_csv import Problem, filled_cells
from .receivables_text import (
    ReceivablesError,
    decode,
    find_header,
    read_table,
)
from .receivables_values import (
    CellError,
    find_date_style,
    find_decimal,
    parse_amount,
    parse_date,
    parse_text,
)

# What can be read -> its usual headers: see receivables_columns.ALIASES.
# fmt: off
ALIASES = {
    "code": "codeoperation operationcode codemouvement movementcode typeoperation"
    " typedoperation operationtype typemouvement typedemouvement transactiontype"
    " natureoperation nature codeope | operation mouvement type",
    "date": "dateoperation datedoperation operationdate datemouvement movementdate"
    " transactiondate datecomptable postingdate dateope | datevaleur valuedate",
    "number": "numerofacture nfacture nofacture numfacture numerodefacture"
    " invoicenumber invoiceno numerodocument ndocument nodocument documentnumber"
    " documentno referencefacture | facture invoice document piece numeropiece npiece",
    "amount": "montantoperation montantmouvement operationamount montanteur montantttc"
    " | montant total",
    "debit": "montantdebit debitamount |",
    "credit": "montantcredit creditamount |",
    "tax": "montanttva vatamount taxamount | tva vat",
    "currency": "codedevise currencycode | devise monnaie",
    "remittance": "numeroremise nremise noremise remittancenumber numerobordereau"
    " nbordereau nobordereau numeroquittance | remise bordereau quittance",
    "reference": "referenceoperation operationreference referencemouvement"
    " referencefactor | ref numerooperation libelle label",
}
# fmt: on
FIELDS = tuple(ALIASES)
STATEMENT = read_aliases(ALIASES)
AMOUNTS = ("amount", "debit", "credit", "tax")
TEXTS = ("code", "number", "currency", "remittance", "reference")


@dataclass(frozen=True, slots=True)
class Options:
    """What is told about a file; whatever is empty is found.

    :ivar mapping: ``{field: header}``; empty: recognised by the headers
    :ivar header_row: the row with the names of columns; 0: find it
    """

    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    date_style: str = ""
    decimal: str = ""
    mapping: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """An operation as the factor writes it: ``amount`` has the sign of the file.

    A debit is below zero, a credit above. ``tax`` is None when no column has it.
    """

    number: int
    cells: tuple  # what was written, with its headers: ((header, cell), ...)
    date: date
    amount: Decimal
    tax: Decimal | None
    texts: dict  # of TEXTS


@dataclass(slots=True)
class Reading:
    """What was found in a file. ``columns`` says under which header each field is."""

    encoding: str
    delimiter: str
    header_row: int
    header: list[str]
    columns: dict[str, str]
    samples: list[str]  # the first cell of each column
    date_style: str = ""
    decimal: str = ""
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_header(data, options) -> Reading:
    """Return how a file is written and which columns it seems to have, no more."""
    return _open(data, options)[0]


def read_statement(data, options) -> Reading:
    """Return what a file says, with every problem by row and column.

    :param data: its bytes
    :param options: Options
    :raise ReceivablesError: the file as a whole cannot be read
    """
    reading, table, places = _open(data, options)
    _require(places, reading.header)
    dates = filled_cells(table, places, ("date",))
    amounts = filled_cells(table, places, AMOUNTS)
    reading.date_style = options.date_style or find_date_style(dates)
    reading.decimal = options.decimal or find_decimal(amounts)
    for number, cells in table:
        _read_row(reading, places, number, cells)
    return reading


def _open(data, options):
    """Return how a file is written, its rows and the place of each field."""
    text, encoding = decode(data, options.encoding)
    header_row, delimiter = options.header_row, options.delimiter
    if not header_row or not delimiter:
        found_row, delimiter = find_header(text, delimiter, _recognised)
        header_row = header_row or found_row
    header, table, delimiter = read_table(
        text, delimiter, _recognised, header_row=header_row
    )
    if options.mapping:
        places = place_columns(header, options.mapping)
    else:
        places = guess_columns(header, aliases=STATEMENT)
    first = table[0][1] + [""] * len(header)
    reading = Reading(
        encoding=encoding,
        delimiter=delimiter,
        header_row=header_row,
        header=header,
        columns={name: header[place] for name, place in places.items()},
        samples=[cell.strip() for cell in first[: len(header)]],
    )
    return reading, table, places


def _recognised(header):
    return recognised(header, STATEMENT)


def _require(places, header):
    """Refuse a file without dates or amounts: nothing could be recorded of it."""
    missing = [] if "date" in places else ["date"]
    if not {"amount", "debit", "credit"} & set(places):
        missing.append("amount")
    if missing:
        raise ReceivablesError(
            "missing",
            fields=", ".join(missing),
            columns=", ".join(filter(None, header)),
        )


def _read_row(reading, places, number, cells):
    """Add a row to a reading, or why it cannot be read."""
    width = len(reading.header)
    if any(cell.strip() for cell in cells[width:]):
        reading.problems.append(Problem(number, "", "too_many_cells", {"width": width}))
        return
    values, refused = {}, False
    for name, place in places.items():
        text = cells[place].strip() if place < len(cells) else ""
        try:
            values[name] = _parse(name, text, reading)
        except CellError as error:
            refused = True
            reading.problems.append(Problem(number, name, error.code, error.values))
    if not refused:
        refused = _get_gap(values)
        if refused:
            reading.problems.append(Problem(number, *refused))
    if not refused:
        reading.rows.append(_row(reading, number, cells, values))


def _parse(name, text, reading):
    if name in TEXTS:
        # a formula is a text like another: nobody executes it here
        return parse_text(text, formulas=True)
    if not text:
        return None
    if name == "date":
        return parse_date(text, reading.date_style)
    return parse_amount(text, reading.decimal)


def _get_gap(values):
    """Return the field and the code of what a row lacks or contradicts."""
    if values["date"] is None:
        return "date", "required"
    if values.get("debit") and values.get("credit"):
        return "credit", "both_sides"
    sides = [name for name in ("amount", "debit", "credit") if name in values]
    if all(values[name] is None for name in sides):
        return sides[0], "required"
    return None


def _row(reading, number, cells, values):
    amount = values.get("amount")
    if amount is None:
        amount = (values.get("credit") or 0) - (values.get("debit") or 0)
    written = zip(reading.header, cells, strict=False)
    return Row(
        number=number,
        cells=tuple((name, cell.strip()) for name, cell in written if cell.strip()),
        date=values["date"],
        amount=Decimal(amount),
        tax=values.get("tax"),
        texts={name: values.get(name) or "" for name in TEXTS},
    )
