"""The longest period of payment that French law allows. Pure: no ORM."""

from calendar import monthrange
from datetime import date, timedelta


def latest_due_date(invoiced: date) -> date:
    """Return the latest due date that may be agreed for an invoice of a date.

    60 days from the invoice, or 45 days end of month (commercial code, article L441-10
    I). Those 45 days may be counted in two ways: 45 days, then the end of that month;
    or the end of the month, then 45 days. The latest of the three dates is returned.

    >>> latest_due_date(date(2026, 1, 31))
    datetime.date(2026, 4, 1)
    >>> latest_due_date(date(2026, 1, 1))
    datetime.date(2026, 3, 17)
    """
    return max(
        invoiced + timedelta(days=60),
        end_of_month(invoiced + timedelta(days=45)),
        end_of_month(invoiced) + timedelta(days=45),
    )


def end_of_month(day: date) -> date:
    """Return the last day of the month of a date."""
    return day.replace(day=monthrange(day.year, day.month)[1])
