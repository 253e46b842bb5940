"""Amounts in words, as agreements write them. Pure: no ORM."""

import re
from decimal import Decimal

from num2words import num2words


def amount_in_words(amount, currency, lang):
    """Return an amount in words; "" for a currency or language that is not known.

    >>> amount_in_words(1200.5, "EUR", "fr_FR")
    'mille deux cents euros et cinquante centimes'

    :param amount: with two decimals at most
    :param currency: ISO code
    :param lang: as Odoo writes it, ``fr_FR``
    """
    exact = Decimal(str(amount)).quantize(Decimal("0.01"))
    try:
        words = num2words(exact, lang=lang, to="currency", currency=currency)
    except NotImplementedError:
        return ""
    zero = num2words(0, lang=lang)
    return re.sub(rf"(,| et| and) {zero} \w+$", "", words)
