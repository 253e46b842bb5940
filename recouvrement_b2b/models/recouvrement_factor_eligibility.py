from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_amount

from ..const import HELD_STATES


@dataclass(slots=True)
class Eligibility:
    """What decides whether a contract takes invoices, read once for all of them."""

    today: object
    taken: dict = field(default_factory=dict)  # move id -> line of a live remittance
    disputed: set = field(default_factory=set)  # ids of contested invoices
    planned: set = field(default_factory=set)  # ids of invoices under a plan
    customers: dict = field(default_factory=dict)  # partner id -> approval
    used: dict = field(default_factory=dict)  # partner id -> what is assigned of it
    assigned: set = field(default_factory=set)  # ids of customers with assigned items
    credited: dict = field(default_factory=dict)  # credit note id -> assigned lines


class RecouvrementFactor(models.Model):
    """Which invoices a contract takes, and why it does not take the others."""

    _inherit = "recouvrement.factor"

    def _explain(self, moves):
        """Say why the contract does not take each invoice or credit note, today.

        :return: ``{move id: [sentences]}``, empty for those that it takes
        """
        self.ensure_one()
        facts = self._gather_eligibility(moves)
        return {move.id: list(self._get_obstacles(move, facts)) for move in moves}

    def _explain_lines(self, lines):
        """Return ``{invoice: [sentences]}`` for what a remittance has selected."""
        self.ensure_one()
        moves = lines.move_id
        facts = self._gather_eligibility(moves, but=lines)
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        facts.assigned |= set(invoices.commercial_partner_id.ids)
        explained = {}
        for move in (moves - invoices) + invoices:  # credit notes make room
            explained[move] = list(self._get_obstacles(move, facts))
            self._use(move, facts)
        return explained

    def _get_eligible(self, currency=None):
        """Return the invoices and credit notes to assign, the oldest due first.

        As many of each customer as its approved amount allows.
        """
        self.ensure_one()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            & (Domain("amount_residual", ">", 0) | self._get_credit_notes_domain())
        )
        if currency:
            domain &= Domain("currency_id", "=", currency.id)
        if self.listed_only:
            # sudo: whoever proposes may know which customers the factor accepts
            customers = self.sudo().customer_ids.partner_id
            domain &= Domain("commercial_partner_id", "in", customers.ids)
        moves = self.env["account.move"].search(domain, order="invoice_date_due, id")
        facts = self._gather_eligibility(moves)
        eligible = moves.browse()
        for move in moves:
            if next(self._get_obstacles(move, facts), None) is None:
                eligible += move
                self._use(move, facts)
        return eligible

    def _get_credit_notes_domain(self):
        """Return the domain of credit notes lettered with invoices that they have."""
        # sudo: see _gather_eligibility
        lines = self.env["recouvrement.assignment.line"].sudo()
        live = lines._search(
            Domain("factor_id", "in", self.ids) & Domain("state", "in", HELD_STATES)
        )
        return Domain("move_type", "=", "out_refund") & Domain(
            "line_ids.matched_debit_ids.debit_move_id.move_id.assignment_line_ids",
            "in",
            live,
        )

    def _gather_eligibility(self, moves, but=None):
        """Return the facts about invoices, in few queries whatever their number.

        :param but: as if these lines were in no remittance
        """
        partners = moves.commercial_partner_id
        # sudo: the answer does not depend on whose disputes and plans a person sees
        lines = self.env["recouvrement.assignment.line"].sudo()
        others = Domain("id", "not in", but.ids) if but else Domain.TRUE
        live = lines.search(
            Domain("move_id", "in", moves.ids) & Domain("live", "=", True) & others
        )
        assigned = lines._read_group(
            Domain("factor_id", "=", self.id)
            & Domain("partner_id", "in", partners.ids)
            & Domain("live", "=", True)
            & Domain("outstanding", ">", 0)
            & others,
            ["partner_id"],
        )
        disputes = self.env["recouvrement.dispute"].sudo()
        disputed = disputes._read_group(
            Domain("move_id", "in", moves.ids) & Domain("date_closed", "=", False),
            ["move_id"],
        )
        planned = (
            self.env["recouvrement.plan.line"]
            .sudo()
            ._read_group(
                Domain("move_id", "in", moves.ids) & Domain("live", "=", True),
                ["move_id"],
            )
        )
        used = self.sudo()._get_outstanding(partners, but)
        return Eligibility(
            today=fields.Date.context_today(self),
            taken={line.move_id.id: line for line in live},
            disputed={move.id for (move,) in disputed},
            planned={move.id for (move,) in planned},
            customers={each.partner_id.id: each for each in self.sudo().customer_ids},
            used={partner.id: amount for (_factor, partner), amount in used.items()},
            assigned={partner.id for (partner,) in assigned},
            credited={move.id: list(move._get_credited()) for move in moves},
        )

    def _use(self, move, facts):
        """Count an invoice as assigned, for those that come after it."""
        partner = move.commercial_partner_id
        facts.used[partner.id] = facts.used.get(partner.id, 0.0) + self._value(move)
        facts.assigned.add(partner.id)

    def _value(self, move):
        """Return what there is to assign of an invoice, in the company's currency."""
        return self._convert(move._get_assignable(), move.currency_id)

    def _get_obstacles(self, move, facts):
        """Give the reasons why the contract does not take an invoice: extend it."""
        if move.move_type not in ("out_invoice", "out_refund"):
            yield self.env._("It is no customer invoice.")
            return
        yield from self._get_obstacles_of_state(move, facts)
        yield from self._get_obstacles_of_contract(move, facts)
        if move.move_type == "out_refund":
            yield from self._get_obstacles_of_credit(move, facts)
        else:
            yield from self._get_obstacles_of_term(move, facts)
            yield from self._get_obstacles_of_amount(move, facts)

    def _get_obstacles_of_state(self, move, facts):
        """Give the reasons that come from what happened to an invoice."""
        line = facts.taken.get(move.id)
        if move.state != "posted":
            yield self.env._("It is not posted.")
        if line:
            yield self.env._(
                "It is already in remittance %(name)s.", name=line.assignment_id.name
            )
        elif move.currency_id.is_zero(move._get_assignable()):
            yield self.env._("Nothing is left to pay.")
        if move.penalty_claim_id:
            yield self.env._("Penalties are not assigned.")
        if move.id in facts.disputed:
            yield self.env._("It is disputed.")
        if move.id in facts.planned:
            yield self.env._("It is in a payment plan.")

    def _get_obstacles_of_contract(self, move, facts):
        """Give the reasons that come from what the contract is for."""
        customer = facts.customers.get(move.commercial_partner_id.id)
        if not self._is_in_force(facts.today):
            yield self.env._("The contract is not in force.")
        if move.company_id != self.company_id:
            yield self.env._("It is of another company.")
        if move.currency_id not in self.currency_ids:
            yield self.env._(
                "The contract takes no %(currency)s.", currency=move.currency_id.name
            )
        if customer and customer.excluded:
            yield self.env._("The factor takes no invoice of this customer.")
        elif self.listed_only and not customer:
            yield self.env._("The factor has not approved this customer.")

    def _get_obstacles_of_credit(self, move, facts):
        """A credit note is of use to a factor that has invoices of the customer.

        What it took off an invoice is due to the factor that has the invoice.
        """
        for line in facts.credited[move.id]:
            if line.factor_id != self:
                yield self.env._(
                    "It was credited on %(invoice)s, that another contract has: "
                    "%(contract)s.",
                    invoice=line.move_id.name,
                    contract=line.factor_id.name,
                )
                return
        if move.commercial_partner_id.id not in facts.assigned:
            yield self.env._("No invoice of this customer is assigned.")

    def _get_obstacles_of_term(self, move, facts):
        """Give the reasons that come from the dates of an invoice."""
        issued = move.invoice_date or move.date
        term = (move.invoice_date_due - issued).days if move.invoice_date_due else 0
        if self.max_term_days and term > self.max_term_days:
            yield self.env._(
                "It is due %(days)s days after its date: %(maximum)s at most.",
                days=term,
                maximum=self.max_term_days,
            )
        age = (facts.today - issued).days
        if self.max_age_days and age > self.max_age_days:
            yield self.env._(
                "It is %(days)s days old: %(maximum)s at most.",
                days=age,
                maximum=self.max_age_days,
            )

    def _get_obstacles_of_amount(self, move, facts):
        """Give the reasons that come from the amount of an invoice."""
        customer = facts.customers.get(move.commercial_partner_id.id)
        currency = self.company_currency_id
        amount = self._value(move)
        if currency.compare_amounts(amount, self.minimum_amount) < 0:
            yield self.env._(
                "It is under the minimum of %(amount)s.",
                amount=format_amount(self.env, self.minimum_amount, currency),
            )
        if not customer or not customer.approved_amount or move.id in facts.taken:
            return
        room = customer.approved_amount - facts.used.get(customer.partner_id.id, 0.0)
        if currency.compare_amounts(amount, room) > 0:
            yield self.env._(
                "It is over the limit of the customer: %(room)s of %(limit)s are left.",
                room=format_amount(self.env, max(room, 0.0), currency),
                limit=format_amount(self.env, customer.approved_amount, currency),
            )

    @api.model
    def _explain_all(self, moves):
        """Return ``{move id: [sentences]}``, empty when one contract takes the invoice.

        Contracts are named when there are several of them; invoices of companies that
        have none are left out.
        """
        explained = {}
        today = fields.Date.context_today(self)
        for company, own in moves.grouped("company_id").items():
            # sudo: whoever reads an invoice may know why it is not assigned
            factors = self.sudo()._get_running(company, today)
            answers = {factor: factor._explain(own) for factor in factors}
            for move in own if answers else ():
                found = {factor: answer[move.id] for factor, answer in answers.items()}
                if not all(found.values()):
                    explained[move.id] = []
                elif len(found) == 1:
                    explained[move.id] = next(iter(found.values()))
                else:
                    explained[move.id] = [
                        f"{factor.name}: {' '.join(sentences)}"
                        for factor, sentences in found.items()
                    ]
        return explained
