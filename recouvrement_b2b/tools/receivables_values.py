"""From the cells of an export to dates, amounts and answers. Pure: no ORM.

A cell that means two things is never guessed: the whole file decides, else the user.
"""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

from .receivables_text import ReceivablesError

DATE_STYLES = ("dmy", "mdy", "ymd")
DECIMALS = {"comma": ",", "point": "."}
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 12
YES = {"yes", "y", "oui", "o", "true", "vrai", "1", "x"}
NO = {"no", "n", "non", "false", "faux", "0", ""}

_DATE = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{2,4})"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_COMPACT_DATE = re.compile(r"\d{8}", re.ASCII)
_CURRENCY = re.compile(
    r"^(?:€|\$|£|[A-Z]{3}(?=[\s\d(+-]))|(?:€|\$|£|(?<=[\s\d)-])[A-Z]{3})$"
)
_DIGITS = re.compile(r"\d[\d.,' ]{,40}", re.ASCII)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})
_GROUPED = re.compile(r"\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*")


class CellError(ValueError):
    """A cell cannot be read. ``code`` and ``values`` say why."""

    def __init__(self, code, **values):
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


# === Dates === #


def parse_date(text, style) -> date:
    """Return the date that a cell says, in a style of DATE_STYLES."""
    readings = _date_readings(text)
    if style in readings:
        return readings[style]
    if text.strip().isdigit() and len(text.strip()) == 5:
        raise CellError("date_serial", value=text)
    raise CellError("date", value=text, style=style)


def _date_readings(text) -> dict[str, date]:
    """Return every date that a cell may mean, by style."""
    text = text.strip()
    if _COMPACT_DATE.fullmatch(text):
        parts = {
            "ymd": (text[:4], text[4:6], text[6:]),
            "dmy": (text[4:], text[2:4], text[:2]),
            "mdy": (text[4:], text[:2], text[2:4]),
        }
    elif match := _DATE.fullmatch(text):
        first, second, third = match.groups()
        if len(first) == 4:
            parts = {"ymd": (first, second, third)}
        elif len(first) <= 2 and len(third) in (2, 4):
            year = third if len(third) == 4 else f"20{third}"
            parts = {"dmy": (year, second, first), "mdy": (year, first, second)}
        else:
            parts = {}
    else:
        parts = {}
    readings = {}
    for style, (year, month, day) in parts.items():
        try:
            reading = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if 1970 <= reading.year <= 2100:
            readings[style] = reading
    return readings


def find_date_style(cells) -> str:
    """Return the one style in which a file writes its dates.

    :param cells: ``(row, text)`` of every cell of a date column that is not empty
    :raise ReceivablesError: every date reads both ways, or they contradict each other
    """
    evidence, examples, ambiguous = Counter(), {}, None
    for row, text in cells:
        styles = list(_date_readings(text))
        if len(styles) == 1:
            evidence[styles[0]] += 1
            examples.setdefault(styles[0], (row, text))
        elif styles and not ambiguous:
            ambiguous = text
    if len(evidence) == 1:
        return next(iter(evidence))
    if len(evidence) > 1:
        (often, _many), (seldom, count) = evidence.most_common(2)
        row, value = examples[seldom]
        raise ReceivablesError(
            "date_styles", often=often, seldom=seldom, count=count, row=row, value=value
        )
    if ambiguous:
        raise ReceivablesError("date_ambiguous", value=ambiguous)
    raise ReceivablesError("no_date", value=next((text for _row, text in cells), ""))


# === Amounts === #


def parse_amount(text, decimal="") -> Decimal:
    """Return the amount that a cell says, negative for ``-1``, ``1-`` and ``(1)``.

    :param decimal: ``comma`` or ``point``; empty: only what reads one way
    :raise CellError: it is no amount, has parts of a cent, or reads both ways
    """
    sign, digits = _bare(text)
    if not _DIGITS.fullmatch(digits):
        raise CellError("amount", value=text[:40])
    mark = _decimal_mark(digits)
    if mark is None:
        if not decimal:
            raise CellError("amount_ambiguous", value=text)
        mark = DECIMALS[decimal]
    elif decimal and mark and mark != DECIMALS[decimal]:
        raise CellError("amount_decimal", value=text, decimal=decimal)
    return sign * _exact(digits, mark, text)


def find_decimal(cells) -> str:
    """Return ``comma`` or ``point``: what an amount column uses; empty: cells differ.

    :param cells: ``(row, text)`` of every cell of an amount column that is not empty
    :raise ReceivablesError: amounts such as 1,234 are all there is to see
    """
    marks, ambiguous = set(), None
    for _row, text in cells:
        digits = _bare(text)[1]
        mark = _decimal_mark(digits) if _DIGITS.fullmatch(digits) else ""
        if mark is None:
            ambiguous = ambiguous or text
        elif mark:
            marks.add(mark)
    if len(marks) == 1:
        return "comma" if marks == {","} else "point"
    if ambiguous and not marks:
        raise ReceivablesError("amount_ambiguous", value=ambiguous)
    return ""


def _bare(text):
    """Return the sign of an amount and its digits, without currency."""
    text = text.translate(_SPACES).replace("\u2212", "-").strip()
    text = _CURRENCY.sub("", text).strip()
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1].strip()
    elif text.startswith("-"):
        sign, text = -1, text[1:].strip()
    elif text.endswith("-"):
        sign, text = -1, text[:-1].strip()
    return sign, text.removeprefix("+").strip()


def _decimal_mark(digits):
    """Return the decimal mark that an amount shows: "" for none, None for either."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return max(".,", key=digits.rindex)
    mark = "." if points else ","
    count = points + commas
    if not count:
        return ""
    if count > 1:  # thousands: the decimal mark is the other one
        return "," if mark == "." else "."
    whole, _mark, part = digits.partition(mark)
    grouped = " " in whole or "'" in whole
    could_be_thousands = len(part) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    return None if could_be_thousands and not grouped else mark


def _exact(digits, mark, text):
    whole, part = digits, ""
    if mark and mark in digits:
        whole, _mark, part = digits.rpartition(mark)
    plain = re.sub(r"[ '.,]", "", whole)
    if plain != whole and not _GROUPED.fullmatch(whole):
        raise CellError("amount", value=text[:40])
    if not plain.isdigit() or (part and not part.isdigit()):
        raise CellError("amount", value=text[:40])
    amount = Decimal(f"{plain}.{part or 0}")
    if amount != amount.quantize(CENT):
        raise CellError("amount_cents", value=text)
    if amount >= LARGEST:
        raise CellError("amount_large", value=text[:40])
    return amount.quantize(CENT)


# === Texts and answers === #


def parse_flag(text) -> bool:
    """Return the answer of a yes-or-no cell, in English or French; empty is no."""
    answer = text.strip().lower()
    if answer not in YES | NO:
        raise CellError("flag", value=text[:40])
    return answer in YES


def parse_text(text, longest=200, formulas=False) -> str:
    """Return a text on one line. What a spreadsheet would execute is refused.

    :param formulas: take it as the text that it is
    """
    text = " ".join(text.split())
    if len(text) > longest:
        raise CellError("long", value=text[:40], longest=longest)
    if not formulas and re.match(r"[=@]|[+-](?![\d\s().])", text):
        raise CellError("formula", value=text[:40])
    if not text.isprintable():
        raise CellError("control", value=ascii(text[:40]))
    return text
