"""Days on which a company may contact its customers. Pure: no ORM."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
# A calendar that allows no day at all would search for ever.
HORIZON_DAYS = 366


@lru_cache(maxsize=256)
def public_holidays(country_code: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country, empty for an unknown country.

    France: the eleven days of article L3133-1 of the labour code (metropolis).
    """
    try:
        return frozenset(holidays.country_holidays(country_code, years=year))
    except NotImplementedError:
        return frozenset()


def is_business_day(day, weekdays, countries=(), closings=()) -> bool:
    """Tell whether a contact may be made on ``day``.

    :param weekdays: set of ``date.weekday()`` numbers that are allowed
    :param countries: ISO codes of the countries whose public holidays are skipped
    :param closings: pairs of dates (first, last), both included
    """
    if day.weekday() not in weekdays:
        return False
    if any(day in public_holidays(country, day.year) for country in countries):
        return False
    return not any(first <= day <= last for first, last in closings)


def next_business_day(day, weekdays, countries=(), closings=()):
    """Return ``day`` or the first later day on which a contact may be made.

    False when no day of the coming year is allowed.
    """
    for _attempt in range(HORIZON_DAYS):
        if is_business_day(day, weekdays, countries, closings):
            return day
        day += ONE_DAY
    return False


def add_business_days(day, count, countries=()):
    """Return the day that is ``count`` working days after another, Monday to Friday."""
    while count > 0:
        day += ONE_DAY
        count -= is_business_day(day, range(5), countries)
    return day
