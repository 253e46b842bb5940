"""Read a customer's export of receivables into a portfolio. Pure: no ORM.

One row is one invoice, or a credit note when its amount is negative, and says when it
was settled. Columns are known by their names. ``read`` returns everything that could be
read and every problem by row and column; it raises ``ReceivablesError`` only when the
file as a whole makes no sense.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import Decimal

from stdnum.fr import siren, siret

from .portfolio import ZERO, Customer, Invoice, Payment, Portfolio
from .receivables_columns import find_columns, guess_columns, recognised
from .receivables_text import decode, read_table
from .receivables_values import (
    CellError,
    find_date_style,
    find_decimal,
    parse_amount,
    parse_date,
    parse_flag,
    parse_text,
)

DATES = ("date", "due", "settled")
AMOUNTS = ("amount", "paid", "balance")


@dataclass(frozen=True, slots=True)
class Options:
    """What the user tells about a file; whatever is empty is found.

    :ivar today: what is settled later is open
    :ivar shift_dates: move every date by the same days, so that the last invoice is now
    """

    today: date
    encoding: str = ""
    delimiter: str = ""
    date_style: str = ""
    decimal: str = ""
    mapping: dict = field(default_factory=dict)
    shift_dates: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused; ``Reading.columns`` has the name of its ``field``."""

    row: int
    field: str
    code: str
    values: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read: an invoice, its customer and its payment if any."""

    number: int
    customer: Customer
    invoice: Invoice
    payment: Payment | None


@dataclass(slots=True)
class Reading:
    """What was found in a file. ``columns`` says under which header each field is."""

    encoding: str
    delimiter: str
    date_style: str
    decimal: str
    header: list[str]
    columns: dict[str, str]
    row_count: int = 0
    customers_seen: set[str] = field(default_factory=set)
    payments_seen: int = 0  # those of refused rows included
    payments_later: int = 0  # after today: their invoices are open
    shift_days: int = 0
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def portfolio(self, without=()) -> Portfolio:
        """Return what the rows say, those of some numbers left out."""
        kept = [row for row in self.rows if row.number not in without]
        customers = {}
        for row in kept:
            known = customers.setdefault(row.customer.key, row.customer)
            customers[row.customer.key] = _completed(known, row.customer)
        return Portfolio(
            customers=list(customers.values()),
            invoices=[row.invoice for row in kept],
            payments=[row.payment for row in kept if row.payment],
            imported=True,
        )


def read(data, options) -> Reading:
    """Return what a file says.

    :param data: its bytes
    :param options: Options
    :raise ReceivablesError: the file as a whole cannot be read
    """
    text, encoding = decode(data, options.encoding)
    header, table, delimiter = read_table(text, options.delimiter, recognised)
    places = find_columns(header, options.mapping)
    date_cells = filled_cells(table, places, DATES)
    amount_cells = filled_cells(table, places, AMOUNTS)
    reading = Reading(
        encoding=encoding,
        delimiter=delimiter,
        date_style=options.date_style or find_date_style(date_cells),
        decimal=options.decimal or find_decimal(amount_cells),
        header=header,
        columns={name: header[place] for name, place in places.items()},
        row_count=len(table),
    )
    _Reader(reading, places, options).read_rows(table)
    return reading


def read_columns(data, options) -> list[tuple[str, str, str]]:
    """Return ``(header, first cell, field)`` of every column; no field: not known.

    What ``read`` would take for each field, even where a needed one is missing.
    """
    text, _encoding = decode(data, options.encoding)
    header, table, _delimiter = read_table(text, options.delimiter, recognised)
    fields_found = {place: name for name, place in guess_columns(header).items()}
    first = table[0][1] + [""] * len(header)
    return [
        (name, first[place].strip(), fields_found.get(place, ""))
        for place, name in enumerate(header)
    ]


def filled_cells(table, places, names):
    """Return ``(row, text)`` of the cells of some columns that are not empty."""
    wanted = [places[name] for name in names if name in places]
    return [
        (number, cells[place].strip())
        for number, cells in table
        for place in wanted
        if place < len(cells) and cells[place].strip()
    ]


def _completed(known, other) -> Customer:
    """Return a customer with what only a later row says of it."""
    gaps = {
        slot.name: getattr(other, slot.name)
        for slot in fields(Customer)
        if not getattr(known, slot.name) and getattr(other, slot.name)
    }
    return replace(known, **gaps) if gaps else known


class _Reader:
    """Read the rows of one table into a Reading."""

    def __init__(self, reading, places, options):
        self.reading = reading
        self.places = places
        self.options = options
        self.first_rows = {}  # where each invoice was seen first

    def read_rows(self, table):
        """Read every row, then move the dates if that was asked."""
        width = len(self.reading.header)
        raw = []
        for number, cells in table:
            if any(cell.strip() for cell in cells[width:]):
                self._refuse(number, "", "too_many_cells", width=width)
            elif values := self._values(number, cells):
                raw.append((number, values))
        if self.options.shift_dates and raw:
            self._shift([values for _number, values in raw])
        for number, values in raw:
            if row := self._row(number, values):
                self.reading.rows.append(row)
        self._count_payments(table)

    def _refuse(self, row, name, code, **values):
        self.reading.problems.append(Problem(row, name, code, values))

    def _values(self, number, cells):
        """Return the values of a row by field, None when one cannot be read."""
        values, refused = {}, False
        for name, place in self.places.items():
            text = cells[place].strip() if place < len(cells) else ""
            try:
                values[name] = self._value(name, text)
            except CellError as error:
                refused = True
                self._refuse(number, name, error.code, **error.values)
        self._see(values)
        return None if refused or not self._complete(number, values) else values

    def _value(self, name, text):
        if name == "disputed":
            return parse_flag(text)
        if not text:
            return None if name in DATES + AMOUNTS else ""
        if name in DATES:
            return parse_date(text, self.reading.date_style)
        if name in AMOUNTS:
            return parse_amount(text, self.reading.decimal)
        return _checked_text(name, parse_text(text))

    def _see(self, values):
        """Count what the file talks about, refused rows included."""
        if key := values.get("customer") or values.get("customer_name"):
            self.reading.customers_seen.add(key)

    def _complete(self, number, values):
        """Refuse a row that lacks what every invoice has."""
        needed = ["number", "date", "amount"]
        needed.append("customer" if "customer" in self.places else "customer_name")
        if (values.get("amount") or ZERO) > 0:
            needed.append("due")
        empty = [name for name in needed if values.get(name) in (None, "")]
        for name in empty:
            self._refuse(number, name, "required")
        if values.get("amount") == 0:
            self._refuse(number, "amount", "zero")
        return not empty and values["amount"]

    def _shift(self, rows):
        """Move the dates by the same number of days: the last invoice is of today."""
        days = (self.options.today - max(values["date"] for values in rows)).days
        self.reading.shift_days = days
        for values in rows:
            for name in DATES:
                if values.get(name):
                    values[name] += timedelta(days=days)

    def _count_payments(self, table):
        """Count what is paid by today, and what refused rows say of a payment."""
        rows = self.reading.rows
        paid = {row.number for row in rows if row.payment}
        said = filled_cells(table, self.places, ("settled", "paid"))
        refused = {number for number, _text in said} - {row.number for row in rows}
        self.reading.payments_seen = len(paid | refused)

    def _row(self, number, values):
        """Return the row, None when it contradicts itself, another or the calendar."""
        invoice = self._invoice(number, values)
        first = self.first_rows.setdefault(invoice.key, number)
        if first != number:
            return self._refuse(number, "number", "duplicate", first=first)
        if invoice.due < invoice.date:
            return self._refuse(number, "due", "due_before_date")
        if invoice.date > self.options.today:
            return self._refuse(number, "date", "future")
        try:
            payment = self._payment(values, invoice)
        except CellError as error:
            return self._refuse(number, *error.values["fields"], error.code)
        customer = Customer(
            key=invoice.customer,
            name=values.get("customer_name") or invoice.customer,
            **{name: values.get(name, "") for name in CUSTOMER_FIELDS},
        )
        return Row(number, customer, invoice, payment)

    def _invoice(self, number, values):
        return Invoice(
            customer=values.get("customer") or values["customer_name"],
            number=values["number"],
            date=values["date"],
            amount=values["amount"],
            due=values["due"] or values["date"],
            currency=values.get("currency", ""),
            label=values.get("label", ""),
            disputed=values.get("disputed", False),
            row=number,
        )

    def _payment(self, values, invoice):
        """Return what was paid by today, None for nothing."""
        amount = _paid(values)
        day = values.get("settled") or min(invoice.due, self.options.today)
        if not amount:
            return None
        if day > self.options.today:
            self.reading.payments_later += 1
            return None
        return Payment(
            customer=invoice.customer,
            date=day,
            amount=amount,
            documents=(invoice.number,),
            currency=invoice.currency,
        )


CUSTOMER_FIELDS = (
    "street", "zip", "city", "country", "email", "phone", "vat", "siret",
)  # fmt: skip


def _paid(values) -> Decimal:
    """Return what was paid: as said, or no longer open, or all when settled."""
    amount, paid, balance = (values.get(name) for name in AMOUNTS)
    if paid is not None and balance is not None and paid + balance != amount:
        raise CellError("balance", fields=("balance",))
    if paid is None and balance is not None:
        paid = amount - balance
    if paid is None:
        paid = amount if values.get("settled") else ZERO
    if paid and (paid > 0) != (amount > 0) or abs(paid) > abs(amount):
        raise CellError("paid", fields=("paid" if values.get("paid") else "balance",))
    return paid


def _checked_text(name, text) -> str:
    """Return a text once it is known to be what its column says."""
    if name == "siret":
        text = text.replace(" ", "").replace(".", "")
        if not (siren.is_valid(text) or siret.is_valid(text)):
            raise CellError("siret", value=text)
    elif name == "currency":
        text = {"€": "EUR", "£": "GBP"}.get(text, text.upper())
        if len(text) != 3 or not text.isalpha():
            raise CellError("currency", value=text)
    elif name == "email" and not _is_address(text):
        raise CellError("email", value=text)
    return text


def _is_address(text):
    local, at, domain = text.partition("@")
    return bool(local and at and "." in domain) and not set(text) & set(" ,;<>()")
