from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.interest import FOREVER, RateRule

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
    """What penalties are computed from: due dates, payments, holds, terms."""

    _inherit = "recouvrement.penalty"

    @api.model
    def _get_domain(self, moves):
        """Return the domain of the due dates that may bear penalties.

        Negative ones as well: they lower the others of their invoice.

        Penalty invoices do not; entries that are not invoices neither (opening
        balances: what happened to them before is not known).
        """
        return (
            Domain("move_id", "in", moves.ids)
            & Domain("move_id.move_type", "in", INVOICE_TYPES)
            & Domain("move_id.penalty_claim_id", "=", False)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("amount_currency", "!=", 0)
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
                of_line("amount_residual_currency"),
            )
        )
        items, negative = [], defaultdict(float)
        for *values, left in rows:
            item = LateItem(*values[:6], float(values[6]), *values[7:])
            if item.amount > 0:
                items.append(item)
            else:
                negative[item.move_id] -= float(left)
        self._read_payments({item.line_id: item for item in items})
        self._deduct(items, negative)
        return items

    @api.model
    def _deduct(self, items, negative):
        """Take the negative due dates of invoices off their others, the latest first.

        An invoice of 1,000 whose terms ask for 1,200 at once and -200 in a month owes
        1,000.

        :param items: in order of due date
        :param negative: ``{move id: amount that is not matched yet}``
        """
        for item in reversed(items if any(negative.values()) else ()):
            part = min(negative[item.move_id], item.amount)
            item.amount -= part
            negative[item.move_id] -= part

    @api.model
    def _read_payments(self, items):
        """Add to items what lowered them.

        What is matched within the invoice (a negative due date) was never owed.
        """
        lines = self.env["account.move.line"]
        for line_id, settlements in lines._collection_settlements(items).items():
            item = items[line_id]
            for settlement in settlements:
                if settlement.move_id == item.move_id:
                    item.amount -= settlement.amount
                    continue
                day = settlement.date
                if settlement.is_credit_note and settlement.from_invoice:
                    day = min(day, item.date_invoice)
                payment = day, settlement.amount, settlement.is_credit_note
                item.payments.append(payment)

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
