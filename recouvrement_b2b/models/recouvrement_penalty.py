from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.interest import (
    FOREVER,
    RATE_UNIT,
    Debt,
    MissingRate,
    Pause,
    Payment,
    RateRule,
    accrue,
)

INVOICE_TYPES = ("out_invoice", "out_receipt")


@dataclass(slots=True)
class LateItem:
    """One due date of an invoice, as read; the engine's Debt is made of it."""

    line_id: int
    move_id: int
    customer_id: int
    company_id: int
    currency_id: int
    date_due: date
    amount: float
    date_invoice: date
    date_notice: date | None
    payments: list = field(default_factory=list)


@dataclass(slots=True)
class AppliedTerms:
    """Penalty terms, read once for all the items that follow them."""

    rule: RateRule
    label: str
    indemnity: float
    needs_notice: bool


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

    # --- what is read ---

    @api.model
    def _get_domain(self, moves):
        """Return the domain of the due dates that may bear penalties.

        Penalty invoices do not; entries that are not invoices neither (opening
        balances: what happened to them before is not known).
        """
        return (
            Domain("move_id", "in", moves.ids)
            & Domain("move_id.move_type", "in", INVOICE_TYPES)
            & Domain("move_id.penalty_claim_id", "=", False)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("amount_currency", ">", 0)
        )

    @api.model
    def _read_items(self, moves):
        """Read the due dates of invoices, and what lowered them, in two queries.

        In SQL: the ORM's cache of ten thousand invoices costs ten times more. The
        access rules of journal items apply through ``_search``.
        """
        lines = self.env["account.move.line"]
        query = lines._search(self._get_domain(moves))
        move = query.join(lines._table, "move_id", moves._table, "id", "penalty_move")
        partner = query.join(
            lines._table, "partner_id", "res_partner", "id", "penalty_partner"
        )
        partners = self.env["res.partner"]

        def of_line(name):
            return lines._field_to_sql(lines._table, name, query)

        def of_move(name):
            return moves._field_to_sql(move, name, query)

        due = SQL("COALESCE(%s, %s)", of_line("date_maturity"), of_line("date"))
        query.order = SQL("%s, %s", due, of_line("id"))
        rows = self.env.execute_query(
            query.select(
                of_line("id"),
                of_line("move_id"),
                partners._field_to_sql(partner, "commercial_partner_id", query),
                of_line("company_id"),
                of_line("currency_id"),
                due,
                of_line("amount_currency"),
                SQL("COALESCE(%s, %s)", of_move("invoice_date"), of_line("date")),
                of_move("formal_notice_date"),
            )
        )
        items = [LateItem(*row[:6], float(row[6]), *row[7:]) for row in rows]
        self._read_payments({item.line_id: item for item in items})
        return items

    @api.model
    def _read_payments(self, items):
        """Add to items what lowered them: payments, write-offs, credit notes.

        At the date of the other entry; without access rules, since the answer must be
        the same for everybody who sees the invoice. What only moves the receivable to
        another account (factor, doubtful debt) lowers nothing.
        """
        for model, names in {
            "account.partial.reconcile": ["debit_amount_currency"],
            "account.move.line": ["date"],
            "account.move": ["credit_note_effect", "collection_transfer"],
        }.items():
            self.env[model].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partial.debit_move_id, credit.date,
                       partial.debit_amount_currency, move.move_type = 'out_refund',
                       move.credit_note_effect = 'invoice'
                  FROM account_partial_reconcile partial
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                  JOIN account_move move ON move.id = credit.move_id
                 WHERE partial.debit_move_id = ANY(%s)
                   AND partial.debit_amount_currency > 0
                   AND move.collection_transfer IS NOT TRUE
                 ORDER BY credit.date, partial.id
                """,
                list(items),
            )
        )
        for line_id, day, amount, is_credit_note, from_invoice in rows:
            item = items[line_id]
            if is_credit_note and from_invoice:
                day = min(day, item.date_invoice)
            item.payments.append((day, float(amount), is_credit_note))

    @api.model
    def _get_terms(self, items):
        """Return ``{(customer id, company id): terms}``."""
        customers = defaultdict(set)
        for item in items:
            customers[item.company_id].add(item.customer_id)
        answer = {}
        # sudo: the terms that apply do not depend on who asks
        for company in self.env["res.company"].sudo().browse(customers):
            terms = self.env["recouvrement.penalty.terms"].sudo()
            partners = self.env["res.partner"].sudo().browse(customers[company.id])
            for partner, own in terms._for_customers(partners, company).items():
                answer[partner.id, company.id] = own
        return answer

    @api.model
    def _get_applied(self, terms):
        """Return ``{(customer id, company id): AppliedTerms}``, None where none run."""
        ids = dict.fromkeys(own.id for own in terms.values() if own)
        # sudo: the terms that apply do not depend on who asks
        every = self.env["recouvrement.penalty.terms"].sudo().browse(ids)
        rules = every._get_rules()
        applied = {
            own.id: AppliedTerms(
                rules[own.id], own.display_name, own.indemnity, own.starts == "notice"
            )
            for own in every
            if own.rate_base != "none"
        }
        return {key: applied.get(own.id) for key, own in terms.items()}

    @api.model
    def _get_pauses(self, items, terms):
        """Return ``{(customer id, line id or False): [(first, last, amount)]}``."""
        concerned = {
            key: own for key, own in terms.items() if own and own.pause != "none"
        }
        if not concerned:
            return {}
        # sudo: a hold of a colleague's customer counts as well
        holds = self.env["recouvrement.hold"].sudo()
        holds = holds.search(self._get_pausing_domain(concerned))
        pauses = defaultdict(list)
        for hold in holds:
            own = concerned.get((hold.partner_id.id, hold.company_id.id))
            if not own or (own.pause == "dispute" and hold.reason != "dispute"):
                continue
            ends = [hold.date_end] if hold.date_end else []
            if hold.closed_date:
                ends.append(hold.closed_date - timedelta(days=1))
            last = min(ends).toordinal() if ends else FOREVER
            first = hold.date_start.toordinal()
            if last >= first:
                key = (hold.partner_id.id, hold.move_line_id.id)
                pauses[key].append((first, last, hold.amount or None))
        return pauses

    @api.model
    def _get_pausing_domain(self, customers):
        """Return the domain of the holds that may suspend penalties.

        :param customers: (customer id, company id) of those whose terms say so
        """
        return Domain(
            "partner_id", "in", [customer for customer, _company in customers]
        ) & Domain("company_id", "in", [company for _customer, company in customers])

    @api.model
    def _get_stops(self, items):
        """Return ``{customer id: date of the judgment that stops its penalties}``."""
        # sudo: who sees the invoice may see what it owes
        customers = (
            self.env["res.partner"].sudo().browse({item.customer_id for item in items})
        )
        return {
            customer.id: customer.insolvency_date
            for customer in customers
            if customer.insolvency_date
        }

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
