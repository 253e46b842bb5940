"""Plain values that travel from the database to a decision. Pure: no ORM."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


@dataclass(slots=True)
class OpenItem:
    """A receivable journal item that the customer has not paid, as of a date.

    ``residual`` is in the item's currency, ``residual_company`` in the company's; both
    are negative for a credit (credit note, payment that is not allocated).
    """

    line_id: int
    move_id: int
    contact_id: int
    commercial_id: int
    currency_id: int
    date: date
    date_due: date
    residual: float
    residual_company: float
    is_invoice: bool
    is_sent: bool
    no_followup: bool
    is_blocked: bool
    cycle: int
    digits: int = 2  # decimal places of the currency
    payee_id: int = 0  # contract whose factor is to be paid, 0 for us
    # Filled in while deciding.
    held: float = 0.0
    covered: float = 0.0

    @property
    def amount_to_chase(self) -> float:
        """Return what is neither held nor covered by the customer's credits."""
        return round(self.residual - self.held - self.covered, self.digits)


class Settlement(NamedTuple):
    """What lowered an item: an amount in its currency, at the date of the other entry.

    ``partial_id`` is the matching that says so, ``move_id`` the other entry. A credit
    note that corrects an error lowers ``from_invoice``: its amount was never owed.
    """

    date: date
    amount: float
    partial_id: int
    move_id: int
    is_credit_note: bool
    from_invoice: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What decisions ask of a level, again for each item: a record answers slowly."""

    id: int
    days: int
    minimum_amount: float
    channels: tuple


@dataclass(slots=True)
class Contact:
    """A recorded contact about one item: what its level was and where it stands."""

    line_id: int
    level_id: int
    days: int
    channel: str
    cycle: int
    state: str
    date: date


@dataclass(slots=True)
class Decision:
    """The answer for one open item at one date."""

    item: OpenItem
    policy_id: int
    as_of: date
    days_overdue: int
    outcome: str = ""
    reason: str = ""
    level_id: int = 0
    level_days: int = 0
    channels: list = field(default_factory=list)
    next_date: date | bool = False
    hold_ids: list = field(default_factory=list)

    def as_dict(self) -> dict:
        """Return the public form: ids, and False where there is nothing."""
        item = self.item
        return {
            "line_id": item.line_id,
            "move_id": item.move_id,
            "partner_id": item.commercial_id,
            "policy_id": self.policy_id or False,
            "as_of": self.as_of,
            "date_due": item.date_due,
            "days_overdue": self.days_overdue,
            "residual": item.residual,
            "amount_to_chase": item.amount_to_chase,
            "currency_id": item.currency_id,
            "outcome": self.outcome,
            "reason": self.reason,
            "level_id": self.level_id or False,
            "channels": self.channels,
            "next_date": self.next_date,
            "hold_ids": self.hold_ids,
        }


def allocate_credits(items, available):
    """Set a customer's credits against its items, the oldest due first.

    :param items: open items of one customer in one currency
    :param available: sum of its credits, a positive amount
    """
    for item in sorted(items, key=lambda item: (item.date_due, item.line_id)):
        available = round(available, item.digits)
        if available <= 0:
            return
        part = min(available, item.amount_to_chase)
        item.covered += part
        available -= part
