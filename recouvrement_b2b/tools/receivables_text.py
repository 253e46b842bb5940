"""From the bytes of a file to a table of cells. Pure: no ORM.

Whatever cannot be read as one table raises a ``ReceivablesError``: a code and its
values, that ``recouvrement.portfolio`` turns into a sentence in the user's language.
"""

import codecs
import csv
import io
from contextlib import suppress
from itertools import islice

MAX_BYTES = 100 * 1024 * 1024
# Longer than any text: the quotation mark that ends a cell is missing.
LONGEST_CELL = 100_000
DELIMITERS = (";", ",", "\t", "|")
# Under these rows at most a header is sought: titles are above it.
HEADER_ROWS = 20
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# First bytes of XLSX and ODS (zip), of XLS, of PDF.
NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


class ReceivablesError(ValueError):
    """The file cannot be read as a whole. ``code`` and ``values`` say why."""

    def __init__(self, code, **values):
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


def decode(data, encoding="") -> tuple[str, str]:
    """Return the text of a file and its encoding.

    Found by its byte order mark, else UTF-8, else Windows-1252 (a superset of
    Latin-1, and what French spreadsheets write).

    :param encoding: told by the user; empty: find it
    """
    if not data.strip():
        raise ReceivablesError("empty")
    if len(data) > MAX_BYTES:
        raise ReceivablesError("too_big", megabytes=MAX_BYTES // 1024 // 1024)
    if data.startswith(NOT_TEXT):
        raise ReceivablesError("not_text")
    text, encoding = _decode_as(data, encoding) if encoding else _find_encoding(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ReceivablesError("nul", line=line)
    return text.removeprefix("\ufeff"), encoding


def _decode_as(data, encoding):
    try:
        return data.decode(encoding), encoding
    except LookupError as error:
        raise ReceivablesError("unknown_encoding", encoding=encoding) from error
    except UnicodeError as error:
        raise ReceivablesError("wrong_encoding", encoding=encoding) from error


def _find_encoding(data):
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data, encoding)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


def find_header(text, delimiter="", recognise=len) -> tuple[int, str]:
    """Return the row of the header and the delimiter: where most is recognised.

    :param delimiter: told by the user; empty: find it
    """
    found = [
        (recognise([cell.strip() for cell in cells]), len(cells), -number, mark)
        for mark in ([delimiter] if delimiter else DELIMITERS)
        for number, cells in _first_rows(text, mark)
    ]
    if not found:
        raise ReceivablesError("empty")
    _known, _width, number, mark = max(found, key=lambda row: row[:3])
    return -number, mark


def _first_rows(text, delimiter):
    """Yield the rows among which a header is, as far as they can be read."""
    with suppress(ReceivablesError):
        yield from islice(_numbered(text, delimiter), HEADER_ROWS)


def read_table(
    text, delimiter="", recognise=len, header_row=1
) -> tuple[list, list, str]:
    """Return the header, the rows ``(number, cells)`` and the delimiter of a text.

    Rows are numbered as a spreadsheet shows them: the header is row 1, and a cell of
    several lines is still one row. Blank rows are left out.

    :param delimiter: told by the user; empty: the one with which most is recognised
    :param recognise: how much of a header is understood, a number
    :param header_row: the number of its row; those above are left out
    """
    if delimiter and len(delimiter) != 1:
        raise ReceivablesError("delimiter", delimiter=delimiter)
    delimiter = delimiter or max(
        DELIMITERS, key=lambda mark: _score(text, mark, recognise)
    )
    header, rows = None, []
    for number, cells in _numbered(text, delimiter):
        if number < header_row:
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
        elif any(cell.strip() for cell in cells):
            rows.append((number, cells))
    if header is None and header_row > 1:
        raise ReceivablesError("no_header", row=header_row)
    if header is None or not any(header):
        raise ReceivablesError("empty")
    if not rows:
        raise ReceivablesError("header_only")
    return header, rows, delimiter


def _score(text, delimiter, recognise):
    """Return how good a delimiter is: what is recognised, then the number of cells."""
    try:
        _number, header = next(_numbered(text, delimiter))
    except (ReceivablesError, StopIteration):
        return (-1, 0)
    return recognise([cell.strip() for cell in header]), len(header)


def _numbered(text, delimiter):
    """Yield each row of cells with its number; leading blank lines do not count."""
    reader = csv.reader(
        io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter, strict=True
    )
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ReceivablesError(
                "broken_row", row=number, reason=str(error)
            ) from error
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise ReceivablesError("cell_too_long", row=number, longest=LONGEST_CELL)
        yield number, cells
