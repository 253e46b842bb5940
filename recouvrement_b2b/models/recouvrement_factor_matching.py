import math
from collections import defaultdict
from dataclasses import dataclass, field

from odoo import fields, models
from odoo.fields import Domain

from .recouvrement_factor_mapping import LEFT_OUT
from .recouvrement_factor_operation import COSTS, SETTLEMENTS

# About one invoice: the others are about a remittance or the contract.
INVOICE_KINDS = (*SETTLEMENTS, "holdback", "holdback_release")


@dataclass(slots=True)
class Known:
    """What the contract has that the rows of a statement may be about."""

    today: object
    lines: dict = field(default_factory=dict)  # document number -> assigned invoices
    remittances: dict = field(default_factory=dict)  # name -> remittance
    left: dict = field(default_factory=dict)  # assigned invoice -> outstanding
    to_pass: dict = field(default_factory=dict)  # ... -> collected, not passed on
    holdback: dict = field(default_factory=dict)  # currency -> what is kept
    recorded: set = field(default_factory=set)  # keys of rows of other statements


class RecouvrementFactorStatementLine(models.Model):
    """What a row is about: found exactly, or said why it is not. Nothing is guessed."""

    _inherit = "recouvrement.factor.statement.line"

    def _match(self):
        """Match the rows of statements to what their contracts have.

        In the order of the file: what a row settles is no more outstanding for those
        that follow.
        """
        # sudo: what is found is not written by people
        found = self.sudo().with_context(collection_matching=True)
        for statement, rows in found.grouped("statement_id").items():
            rows = rows.sorted("row")
            rows._read_codes(statement.mapping_id)
            known = rows._gather_known(statement.factor_id)
            for row in rows:
                row.write(row._judge(known))

    def _gather_known(self, factor):
        """Return what rows may be about, in few queries whatever their number."""
        numbers = [number for number in self.mapped("number") if number]
        lines = self.env["recouvrement.assignment.line"].search(
            Domain("factor_id", "=", factor.id)
            & Domain("state", "!=", "cancelled")
            & Domain("move_id.name", "in", numbers)
        )
        names = [name for name in self.mapped("remittance") if name]
        assignments = self.env["recouvrement.assignment"].search(
            Domain("factor_id", "=", factor.id) & Domain("name", "in", names)
        )
        by_number = lines.grouped(lambda line: line.move_id.name)
        return Known(
            today=fields.Date.context_today(self),
            # an invoice that was returned and assigned again is the live one
            lines={
                number: found.filtered("live") or found
                for number, found in by_number.items()
            },
            remittances={each.name: each for each in assignments},
            left={line: line.outstanding for line in lines | self.line_id},
            to_pass={line: line.amount_to_pass for line in lines | self.line_id},
            holdback=factor._get_kept_holdback(),
            recorded=self._get_recorded(factor),
        )

    def _get_recorded(self, factor):
        """Return the keys of what other statements of the contract have recorded.

        A monthly statement repeats the weekly ones.
        """
        dates = [row.date for row in self if row.date]
        if not dates:
            return set()
        others = self.search(
            Domain("factor_id", "=", factor.id)
            & Domain("state", "=", "done")
            & Domain("statement_id", "not in", self.statement_id.ids)
            & Domain("date", ">=", min(dates))
            & Domain("date", "<=", max(dates))
        )
        return {row._get_key() for row in others}

    def _get_key(self):
        """Return what makes two rows the same, whichever file they come from."""
        self.ensure_one()
        return (
            self.date,
            self.kind,
            self.currency_id.round(self.amount) if self.currency_id else self.amount,
            self.currency_id.id,
            self.number or "",
            self.remittance or "",
            self.reference or "",
        )

    def _judge(self, known):
        """Return what a row is about, or why it is to be solved."""
        self.ensure_one()
        if self.left_out or self.kind == LEFT_OUT:
            return {"state": "ignored", "problem": False}
        line, assignment, problem = self._find(known)
        if line and self.kind_chosen:
            amount = math.copysign(self.written, line.amount)
            self.write({"amount": amount})
        problem = problem or next(self._get_problems(line, assignment, known), None)
        if not problem and self.kind in SETTLEMENTS:
            known.left[line] = line.currency_id.round(known.left[line] - self.amount)
            if self.kind == "collected":
                known.to_pass[line] -= self.amount
        if not problem and self.kind in ("holdback", "holdback_release"):
            sign = 1 if self.kind == "holdback" else -1
            kept = known.holdback.get(self.currency_id, 0.0) + sign * self.amount
            known.holdback[self.currency_id] = self.currency_id.round(kept)
        return {
            "line_id": line.id,
            "assignment_id": assignment.id,
            "state": "unmatched" if problem else "matched",
            "problem": problem or False,
        }

    def _find(self, known):
        """Return the assigned invoice, the remittance, and why there is none."""
        nothing = self.env["recouvrement.assignment.line"]
        if self.line_chosen and self.line_id:
            return self.line_id, self.line_id.assignment_id, None
        if self.line_chosen and self.kind not in SETTLEMENTS:
            return nothing, self.assignment_id, None
        if self.kind in INVOICE_KINDS and (self.number or self.kind in SETTLEMENTS):
            line, problem = self._find_line(known)
            return line, line.assignment_id, problem
        assignment = self.env["recouvrement.assignment"]
        if not self.remittance:
            return nothing, assignment, None
        assignment = known.remittances.get(self.remittance, assignment)
        if assignment:
            return nothing, assignment, None
        return (
            nothing,
            assignment,
            self.env._(
                "The contract has no remittance %(name)s.", name=self.remittance
            ),
        )

    def _find_line(self, known):
        """Return the assigned invoice of a document number, and why there is none."""
        found = known.lines.get(self.number, self.line_id.browse())
        if not self.number:
            return found, self.env._("It names no invoice.")
        if not found:
            return found, self.env._(
                "No invoice %(number)s is assigned on this contract.",
                number=self.number,
            )
        if len(found) > 1:
            return found.browse(), self.env._(
                "Several assigned invoices are called %(number)s: choose one.",
                number=self.number,
            )
        return found, None

    def _get_problems(self, line, assignment, known):
        """Give the reasons why a row cannot be recorded: extend it."""
        if not self.kind:
            yield self.env._(
                "The mapping does not say what code “%(code)s” stands for.",
                code=self.code or "",
            )
            return
        yield from self._get_problems_of_currency(line)
        yield from self._get_problems_of_date(assignment, known)
        if self._get_key() in known.recorded:
            yield self.env._(
                "The same row was recorded from another statement: leave it out, or "
                "record it by hand on the contract if it came twice."
            )
        if self.currency_id.is_zero(self.amount):
            yield self.env._("Its amount is zero: leave it out.")
        elif self.kind in SETTLEMENTS:
            yield from self._get_problems_of_settlement(line, known)
        else:
            yield from self._get_problems_of_amount(assignment, known)

    def _get_problems_of_currency(self, line):
        if not self.currency_id:
            yield self.env._(
                "%(currency)s is no currency that is active here.",
                currency=self.currency_name,
            )
        elif line and line.currency_id != self.currency_id:
            yield self.env._(
                "%(invoice)s is in %(currency)s.",
                invoice=line.move_id.name,
                currency=line.currency_id.name,
            )
        elif self.currency_id not in self.factor_id.currency_ids:
            yield self.env._(
                "The contract takes no %(currency)s.", currency=self.currency_id.name
            )

    def _get_problems_of_date(self, assignment, known):
        start = self.factor_id.date_start
        if self.date > known.today:
            yield self.env._("Its date is in the future.")
        elif start and self.date < start:
            yield self.env._("Its date is before the contract starts.")
        elif assignment and not assignment.date_signed:
            yield self.env._("Remittance %(name)s is not signed.", name=assignment.name)
        elif assignment and self.date < assignment.date_signed:
            yield self.env._(
                "Its date is before remittance %(name)s was signed.",
                name=assignment.name,
            )

    def _get_problems_of_settlement(self, line, known):
        """Give the reasons that come from what is left of an invoice."""
        left = known.left[line]
        if line.state in ("refused", "returned"):
            yield self.env._("It was returned already.")
        elif line.state == "paid" or not left:
            yield self.env._("It is paid already.")
        elif self.amount * left < 0:
            yield self.env._(
                "Its sign is not that of the invoice: to undo what was recorded, "
                "cancel the operation."
            )
        elif self.currency_id.compare_amounts(abs(self.amount), abs(left)) > 0:
            yield self.env._(
                "It is more than the %(left)s that are outstanding.",
                left=line.currency_id.format(left),
            )
        elif (
            self.kind == "collected"
            and self.currency_id.compare_amounts(
                abs(self.amount), abs(known.to_pass[line])
            )
            > 0
        ):
            yield self.env._(
                "It is more than the %(amount)s that the customer paid to you, or "
                "was credited, and that you did not pass on yet.",
                amount=line.currency_id.format(known.to_pass[line]),
            )

    def _get_problems_of_amount(self, assignment, known):
        """Give the reasons that come from the amount of what is about no invoice."""
        if self.written_tax and self.kind != "commission":
            yield self.env._("It has VAT: only commissions bear it.")
        elif abs(self.tax_amount) > abs(self.amount):
            yield self.env._("Its VAT is more than its amount.")
        if assignment.state == "cancelled":
            yield self.env._("Remittance %(name)s is cancelled.", name=assignment.name)
        if self.amount < 0 and self.kind not in COSTS:
            yield self.env._("Its sign is the opposite of what its code says.")
        kept = known.holdback.get(self.currency_id, 0.0)
        if (
            self.kind == "holdback_release"
            and self.currency_id.compare_amounts(self.amount, kept) > 0
        ):
            yield self.env._(
                "It is more than the %(kept)s that the factor keeps.",
                kept=self.currency_id.format(kept),
            )
        if self.tax_amount and not self.factor_id.commission_tax_id:
            yield self.env._("Choose the VAT of the commission on the contract.")


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    def _get_kept_holdback(self):
        """Return what the factor keeps as a guarantee: ``{currency: amount}``."""
        kept = defaultdict(float)
        for kind, currency, amount in self.env[
            "recouvrement.factor.operation"
        ]._read_group(
            Domain("factor_id", "in", self.ids)
            & Domain("state", "=", "posted")
            & Domain("kind", "in", ("holdback", "holdback_release")),
            ["kind", "currency_id"],
            ["amount:sum"],
        ):
            kept[currency] += amount if kind == "holdback" else -amount
        return {currency: currency.round(amount) for currency, amount in kept.items()}
