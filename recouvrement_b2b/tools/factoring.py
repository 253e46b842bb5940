"""What a factoring contract comes to: formulas. Pure: no ORM.

Amounts are in one currency; rates and shares are in percent.
"""

YEAR = 365


def share(part, whole):
    """Return what a part is of a whole, in percent; 0 of nothing."""
    return 100 * part / whole if whole else 0.0


def available(outstanding, financing_rate, used, current_account):
    """Return what can still be drawn.

    The share of the outstanding receivables that the factor finances, less what it has
    financed, and never more than it owes on its current account.

    :param outstanding: assigned, neither paid nor returned
    :param financing_rate: what the factor finances of it
    :param used: paid by the factor, less what it got back from us and from customers;
        below zero when it owes more than it has advanced
    :param current_account: what it owes us, the holdback apart
    """
    drawable = outstanding * financing_rate / 100 - used
    return max(min(drawable, current_account), 0.0)


def amount_days(moves, until):
    """Return the sum of what was financed, for each day from the first to ``until``.

    A move counts from its day on, for the days that follow; below zero, nothing is
    financed: nobody pays interest on it.

    :param moves: ``(date, amount)``: paid by the factor above zero, got back below
    """
    total, balance, last = 0.0, 0.0, None
    for day, amount in sorted(move for move in moves if move[0] <= until):
        if last:
            total += max(balance, 0.0) * (day - last).days
        balance, last = balance + amount, day
    if last:
        total += max(balance, 0.0) * (until - last).days
    return total


def annual_rate(cost, financed_days):
    """Return what a contract costs in percent a year of what it finances.

    cost / sum of (amount financed x days) x 365.

    :param cost: commissions and interest, before VAT
    :param financed_days: see ``amount_days``
    """
    return share(cost * YEAR, financed_days)


def release_due(holdback, assigned, settled):
    """Return how much of a holdback is due back: the share that customers have paid.

    What was returned or refused counts too: the guarantee has no object any more.
    """
    if not assigned:
        return 0.0
    return holdback * min(max(settled / assigned, 0.0), 1.0)


def interest_in_advance(amounts, rate, year):
    """Return the interest that a factor takes when it pays, until each due date.

    Simple interest, the first day left out and the last included, as on the terms of
    bills: amount x rate x days / year. Nothing for what is due already.

    :param amounts: pairs (amount financed, days until it is due)
    :param rate: percent a year
    :param year: days that a year counts: 360 or 365
    """
    return sum(amount * rate * max(days, 0) for amount, days in amounts) / 100 / year
