"""Records whose columns have a fixed width, as factors and banks read them.

Pure: no ORM. Texts are on the left of their column, filled with blanks; numbers on the
right, filled with zeros. What does not fit is told (``FixedWidthError``: a code and its
values), and never cut, except texts of a column that says so: the start of a name or of
a comment is enough to recognise it, that of a number is not.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

# What Unicode does not decompose into letters without accents.
SUBSTITUTES = str.maketrans(
    {
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "€": "EUR",
        "°": "o",
    }
)
DATE_PARTS = {"yyyy": "%Y", "yy": "%y", "mm": "%m", "dd": "%d"}


class FixedWidthError(ValueError):
    """A value does not fit in its column. ``code`` and ``values`` say why."""

    def __init__(self, code, column, **values):
        super().__init__(f"{code} {column.name} {values}")
        self.code = code
        self.column = column
        self.values = values


@dataclass(frozen=True)
class Column:
    """A column of a record.

    ``kind`` is text, number, date, constant or filler (blanks); ``content`` is the key
    of its value. ``format`` is that of a date (``ddmmyyyy``); ``decimals`` are those of
    a number, which is written without a point: 12.30 with two decimals is 1230.
    ``codes`` says how values are written, ``{"FAC": "F"}``. ``required`` is no, always,
    or a market: the column is then required of the documents of that market.
    """

    name: str
    width: int
    kind: str = "text"
    content: str = ""
    constant: str = ""
    format: str = ""
    decimals: int = 0
    codes: Mapping = field(default_factory=dict)
    truncate: bool = False
    required: str = "no"


@dataclass(frozen=True)
class Style:
    """What the columns of a file have in common.

    ``separator`` stands between columns, and after the last one when ``is_closed``;
    ``is_plain`` makes a blank of whatever is neither a letter nor a digit.
    """

    encoding: str = "ascii"
    separator: str = ""
    is_closed: bool = False
    is_upper: bool = True
    is_plain: bool = False

    def width(self, columns):
        """Return the number of characters of a record."""
        count = len(columns) - (0 if self.is_closed else 1)
        widths = sum(column.width for column in columns)
        return widths + len(self.separator) * max(count, 0)

    def starts(self, columns):
        """Return the position of the first character of each column, from 1."""
        starts, position = [], 1
        for column in columns:
            starts.append(position)
            position += column.width + len(self.separator)
        return starts


def write_record(columns, values, style):
    """Return a record, and the errors of its columns, which are then blank.

    :param values: ``{key: value}``
    """
    cells, errors = [], []
    for column in columns:
        try:
            cells.append(_write_cell(column, values, style))
        except FixedWidthError as error:
            errors.append(error)
            cells.append(" " * column.width)
    record = style.separator.join(cells)
    return record + (style.separator if style.is_closed else ""), errors


def read_record(columns, record, style):
    """Return the text of each column of a record."""
    return [
        record[start - 1 : start - 1 + column.width]
        for column, start in zip(columns, style.starts(columns), strict=True)
    ]


def write_date(day, pattern):
    """Return a date as ``ddmmyyyy``, or any order of these, says."""
    for part, directive in DATE_PARTS.items():
        pattern = pattern.replace(part, directive)
    return day.strftime(pattern)


def to_encoding(text, encoding):
    """Return a text that an encoding can hold, and the characters that it cannot.

    Accents go, ligatures and typographic marks are written with plain letters.
    """
    kept, refused = [], []
    for char in text:
        if _fits(char, encoding):
            kept.append(char)
            continue
        plain = unicodedata.normalize("NFKD", char.translate(SUBSTITUTES))
        plain = "".join(each for each in plain if not unicodedata.combining(each))
        if _fits(plain, encoding):  # an accent of its own leaves nothing
            kept.append(plain)
        else:
            refused.append(char)
    return "".join(kept), refused


def _fits(text, encoding):
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


# --- cells ---


def _write_cell(column, values, style):
    if column.kind == "filler":
        return " " * column.width
    if column.kind == "constant":
        return _fit(column, column.constant, column.constant)
    value = _get_value(column, values)
    if column.kind == "number":
        return _write_number(column, value)
    if value == "":
        return " " * column.width
    if column.kind == "date":
        return _fit(column, write_date(value, column.format), value)
    text = _write_text(column, str(value), style)
    if not text.strip():  # nothing but accents, or marks that became blanks
        _check_optional(column, values)
    return text


def _get_value(column, values):
    """Return the value of a column; "" for nothing."""
    value = values.get(column.content)
    if isinstance(value, str):
        value = " ".join(value.split())
    if value is None or value is False or value == "":
        _check_optional(column, values)
        return ""
    if not column.codes:
        return value
    if str(value) not in column.codes:
        raise FixedWidthError("no_code", column, value=value)
    return column.codes[str(value)]


def _check_optional(column, values):
    """Refuse that nothing is written in a column that requires something."""
    if column.required in ("always", values.get("market")):
        raise FixedWidthError("missing", column)


def _write_number(column, value):
    try:
        number = Decimal(str(value or 0).strip()).scaleb(column.decimals)
    except InvalidOperation:
        raise FixedWidthError("not_number", column, value=value) from None
    if not number.is_finite():
        raise FixedWidthError("not_number", column, value=value)
    if number != number.to_integral_value():
        raise FixedWidthError("decimals", column, value=value, decimals=column.decimals)
    if number < 0:
        raise FixedWidthError("negative", column, value=value)
    text = f"{number:f}".partition(".")[0]
    if len(text) > column.width:
        raise FixedWidthError("too_long", column, value=value, width=column.width)
    return text.zfill(column.width)


def _write_text(column, value, style):
    # in capitals first: that of a letter may be one that the encoding lacks
    written = value.upper() if style.is_upper else value
    text, refused = to_encoding(written, style.encoding)
    if refused:
        characters = " ".join(dict.fromkeys(refused))
        raise FixedWidthError("characters", column, value=value, characters=characters)
    if style.is_upper:
        text = text.upper()
    if style.is_plain:
        text = "".join(char if char.isalnum() else " " for char in text)
    if style.separator and style.separator in text:
        if not column.truncate:
            raise FixedWidthError(
                "separator", column, value=value, separator=style.separator
            )
        text = text.replace(style.separator, " ")
    if column.truncate:
        text = text[: column.width]
    return _fit(column, text, value)


def _fit(column, text, value):
    if len(text) > column.width:
        raise FixedWidthError("too_long", column, value=value, width=column.width)
    return text.ljust(column.width)
