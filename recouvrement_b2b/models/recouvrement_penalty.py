from datetime import date

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.interest import (
    RATE_UNIT,
    Debt,
    MissingRate,
    Pause,
    Payment,
    accrue,
)


class RecouvrementPenalty(models.AbstractModel):
    """Penalties of many invoices at once: reads them, and asks ``tools.interest``.

    The invoices' history is read from the books (journal items and their matching), in
    a number of queries that does not grow with the invoices. Nothing is written.
    """

    _name = "recouvrement.penalty"
    _description = "Late-Payment Penalties"

    @api.model
    def _compute(self, moves, as_of, since=None, interest_first=False):
        """Return ``({move id: breakdown}, {move id: date without a rate})``.

        :param moves: invoices; others are left out of the answer
        :param as_of: last day that counts
        :param since: ``{line id: last day claimed already}``
        :param interest_first: set payments against interest first
        """
        items = self._read_items(moves)
        terms = self._get_terms(items)
        applied = self._get_applied(terms)
        pauses = self._get_pauses(items, terms)
        stops = self._get_stops(items)
        currencies = self.env["res.currency"].browse(
            {item.currency_id for item in items}
        )
        digits = {each.id: (each.name, each.decimal_places) for each in currencies}
        answer, missing, last = {}, {}, as_of.toordinal()
        for item in items:
            name, places = digits[item.currency_id]
            breakdown = answer.get(item.move_id)
            if breakdown is None:
                breakdown = answer[item.move_id] = self._new_breakdown(name)
            breakdown["principal"] = round(breakdown["principal"] + item.amount, places)
            paid = sum(amount for day, amount, _ in item.payments if day <= as_of)
            residual = breakdown["residual"] + item.amount - paid
            breakdown["residual"] = round(residual, places)
            own = applied[item.customer_id, item.company_id]
            if own is None:
                continue
            debt = self._get_debt(item, own, pauses, stops, places)
            if debt is None:
                continue
            claimed = (since or {}).get(item.line_id, 0)
            try:
                accrual = accrue(debt, own.rule, last, claimed, interest_first)
            except MissingRate as error:
                missing.setdefault(item.move_id, error.day)
                continue
            self._add_rows(breakdown, item, accrual, own.label, places)
            self._add_settlements(breakdown, item, accrual, places)
            if accrual.is_late and own.indemnity:
                breakdown["indemnity"] = own.indemnity
        for breakdown in answer.values():
            self._add_total(breakdown)
        return answer, missing

    # --- from what is read to the engine, and back ---

    @api.model
    def _get_debt(self, item, terms, pauses, stops, places):
        """Return the Debt of an item; None while its penalties cannot run."""
        start = item.date_due
        if terms.needs_notice:
            if not item.date_notice:
                return None
            start = max(start, item.date_notice)
        unit = 10**places
        debt = Debt(round(item.amount * unit), start.toordinal())
        debt.payments = [
            Payment(day.toordinal(), round(amount * unit), is_credit_note)
            for day, amount, is_credit_note in item.payments
        ]
        debt.payments.sort(key=lambda payment: payment.day)
        if pauses:
            debt.pauses = [
                Pause(first, last, amount and round(amount * unit))
                for line_id in (False, item.line_id)
                for first, last, amount in pauses.get((item.customer_id, line_id), ())
            ]
        judgment = stops.get(item.customer_id)
        if judgment and item.date_invoice < judgment:
            debt.stop = judgment.toordinal() - 1
        return debt

    @api.model
    def _new_breakdown(self, currency_name):
        """Return the breakdown of an invoice that owes nothing."""
        return {
            "principal": 0.0,
            "residual": 0.0,
            "rows": [],
            "settlements": [],
            "interest": 0.0,
            "interest_paid": 0.0,
            "indemnity": 0.0,
            "indemnity_currency": "EUR",
            "total": 0.0,
            "currency": currency_name,
        }

    @api.model
    def _add_rows(self, breakdown, item, accrual, label, places):
        """Add the rows of one due date to the breakdown of its invoice."""
        unit, from_ordinal = 10**places, date.fromordinal
        total = 0
        for row in accrual.rows:
            total += row.amount
            breakdown["rows"].append(
                {
                    "line_id": item.line_id,
                    "date_due": item.date_due,
                    "date_from": from_ordinal(row.first),
                    "date_to": from_ordinal(row.last),
                    "days": row.last - row.first + 1,
                    "year": row.year,
                    "balance": row.balance / unit,
                    "capitalized": row.capitalized / unit,
                    "rate": row.rate / RATE_UNIT,
                    "amount": row.amount / unit,
                    "terms": label,
                    "rate_source": row.period.source,
                    "rate_verified": row.period.verified,
                }
            )
        breakdown["interest"] = round(breakdown["interest"] + total / unit, places)

    @api.model
    def _add_settlements(self, breakdown, item, accrual, places):
        """Add what was paid on one due date, and against what it was set.

        What went to interest was not taken off the principal.
        """
        unit, paid = 10**places, 0
        for part in accrual.settlements:
            paid += part.interest
            breakdown["settlements"].append(
                {
                    "line_id": item.line_id,
                    "date_due": item.date_due,
                    "date": date.fromordinal(part.day),
                    "amount": (part.interest + part.principal) / unit,
                    "interest": part.interest / unit,
                    "principal": part.principal / unit,
                    "is_credit_note": part.is_reduction,
                }
            )
        for name in ("interest_paid", "residual"):
            breakdown[name] = round(breakdown[name] + paid / unit, places)

    @api.model
    def _add_total(self, breakdown):
        """Add interest and indemnity, when they are in one currency."""
        if breakdown["indemnity"] and breakdown["currency"] != "EUR":
            breakdown["total"] = False
        else:
            total = breakdown["interest"] + breakdown["indemnity"]
            breakdown["total"] = round(total, 2) if breakdown["indemnity"] else total

    @api.model
    def _check_missing(self, missing):
        """Refuse to answer where the table of rates does not reach."""
        if missing:
            day = min(missing.values())
            raise UserError(
                self.env["recouvrement.reference.rate"]._missing_message(day)
            )

    @api.model
    def _last_day(self, as_of):
        """Return ``as_of``, or the last day before it of which the rates are known.

        For what must go out even when the rates of a new half-year are not entered
        yet: it says to which day it was computed.
        """
        rates = self.env["recouvrement.reference.rate"].sudo()
        last = rates.search_fetch([], ["date_from"], limit=1).date_to
        return min(as_of, last) if last else as_of
