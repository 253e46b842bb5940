"""What the profile of a payer is judged from. Pure: no ORM."""

from dataclasses import dataclass

# A transfer takes days to arrive: an invoice settled within these is not paid late.
LATE_AFTER_DAYS = 3


@dataclass(slots=True)
class PayerFigures:
    """How a customer behaved in twelve months."""

    invoices: int = 0  # that fell due
    late: int = 0  # of them, paid late or late and still open
    days_late: int = 0  # average, weighted by the amounts; before the due date: 0
    broken_promises: int = 0
    broken_plans: int = 0
    disputes: int = 0  # opened, not withdrawn

    @property
    def late_share(self):
        """Return how many invoices in a hundred were paid late.

        >>> PayerFigures(invoices=12, late=8).late_share
        67
        >>> PayerFigures().late_share
        0
        """
        return round(100 * self.late / self.invoices) if self.invoices else 0
