"""Order of the worklist, explained in points. Pure: no ORM."""

# Points: (amount of one point, most points) for each cause.
AMOUNT_STEP, AMOUNT_MOST = 250.0, 50
DAYS_STEP, DAYS_MOST = 3, 30
LEVEL_STEP, LEVEL_MOST = 3, 20


def priority_points(amount, days_overdue, level_days):
    """Return ``{cause: points}``; their sum, up to 100, is the priority.

    :param amount: what is asked, in the company's currency
    :param days_overdue: days of the oldest item
    :param level_days: days from the due date of the level reached

    >>> priority_points(5000, 31, 30)
    {'amount': 20, 'days': 10, 'level': 10}
    >>> sum(priority_points(10**9, 10**4, 10**4).values())
    100
    """
    return {
        "amount": min(AMOUNT_MOST, int(max(amount, 0) / AMOUNT_STEP)),
        "days": min(DAYS_MOST, max(days_overdue, 0) // DAYS_STEP),
        "level": min(LEVEL_MOST, max(level_days, 0) // LEVEL_STEP),
    }
