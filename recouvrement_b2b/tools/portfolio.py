"""A portfolio of receivables as plain values. Pure: no ORM.

The neutral form between what is read (a customer's export, ``receivables_csv``) or made
up (the demo, ``portfolio_generator``) and the one model that writes it into Odoo
(``recouvrement.portfolio``). Amounts are ``Decimal``, in the currency of the document.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)

# What became of the money of a payment.
MATCHED = "matched"  # allocated to the invoices that it pays
UNALLOCATED = "unallocated"  # on the customer's account, not on an invoice
UNMATCHED = "unmatched"  # on the bank statement, still in suspense
IN_PROCESS = "in_process"  # ordered (cheque, direct debit), not yet at the bank

# Payment terms, by code. "split" is 30 % at once and 70 % after 60 days.
TERMS = ("immediate", "30", "45", "60", "45_eom", "split")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer; ``kind``: ``invoice`` (billing address), ``contact``."""

    name: str
    kind: str
    email: str = ""
    phone: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A business customer. ``key`` is its reference in the source, unique."""

    key: str
    name: str
    street: str = ""
    zip: str = ""
    city: str = ""
    country: str = ""  # ISO 3166 code of two letters
    email: str = ""
    phone: str = ""
    lang: str = ""
    vat: str = ""
    siret: str = ""
    collector: str = ""  # key of a Collector
    habit: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Collector:
    """A user of the company who follows customers. ``key`` is the login."""

    key: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice; ``price`` is the unit price without tax."""

    label: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, or a credit note when ``amount`` (tax included) is negative.

    Either ``due`` or ``term`` is given; both, for a term of one instalment, must agree.
    Without ``lines`` the invoice has one line of the amount, and no tax.
    ``reverses`` is the number of the invoice that a credit note is set against;
    a credit note without it stays open on the customer's account.
    ``disputed`` contests the whole open item, ``disputed_amount`` only a part of it.
    """

    customer: str
    number: str
    date: date
    amount: Decimal
    due: date | None = None
    currency: str = ""  # ISO 4217 code; empty: the company's
    term: str = ""
    lines: tuple[Line, ...] = ()
    label: str = ""
    reverses: str = ""
    sent: bool = True
    disputed: bool = False
    disputed_amount: Decimal = ZERO
    row: int = 0  # where the source says so, 0: nowhere

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the document: its customer and its number."""
        return self.customer, self.number


@dataclass(frozen=True, slots=True)
class Opening:
    """What a customer owed before the period; ``due`` is often unknown."""

    customer: str
    number: str
    date: date
    amount: Decimal
    due: date | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the balance: its customer and its number."""
        return self.customer, self.number


@dataclass(frozen=True, slots=True)
class Payment:
    """Money of a customer. ``documents`` are the numbers of what it pays, if known."""

    customer: str
    date: date
    amount: Decimal
    documents: tuple[str, ...] = ()
    currency: str = ""
    kind: str = MATCHED
    label: str = ""


@dataclass(slots=True)
class Portfolio:
    """Everything that is written into Odoo at once.

    :ivar imported: the invoices keep the numbers of their source, in journals of their
        own; otherwise Odoo numbers them in the company's journals
    :ivar rates: ``(currency, date, units of it for one of the company's currency)``
    """

    customers: list[Customer] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    collectors: list[Collector] = field(default_factory=list)
    rates: list[tuple[str, date, Decimal]] = field(default_factory=list)
    imported: bool = False

    def residuals(self) -> dict[tuple[str, str], Decimal]:
        """Return what each document still owes once everything is reconciled.

        Keyed by customer and number; negative for a credit note that is still open.
        A payment pays its documents in their order, each in full but for the last.
        """
        open_amounts = {doc.key: doc.amount for doc in [*self.openings, *self.invoices]}
        for credit in self.invoices:
            if credit.reverses:
                open_amounts[credit.customer, credit.reverses] += credit.amount
                open_amounts[credit.key] = ZERO
        for payment in self.payments:
            left = payment.amount
            for number in payment.documents if payment.kind == MATCHED else ():
                paid = min(left, open_amounts[payment.customer, number])
                open_amounts[payment.customer, number] -= paid
                left -= paid
        return open_amounts
