from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..const import HELD_STATES
from .recouvrement_plan_judge import CREDIT_JOURNALS
from .recouvrement_steps import beside


class RecouvrementAssignmentLine(models.Model):
    """What happens to assigned invoices, as their factors have to know it."""

    _inherit = "recouvrement.assignment.line"

    @api.model
    def _notify_moves(self, kind, facts):
        """Tell the factors of something that happened to invoices, beside the work.

        :param facts: ``[(invoice, values of its notice)]``
        """
        with beside(self.env, kind):
            moves = self.env["account.move"].union(*(move for move, _vals in facts))
            # sudo: who records a dispute or a promise may see no remittance
            lines = self.sudo()._get_live(moves).grouped("move_id")
            vals_list = [
                {"line_id": line.id, "kind": kind, **vals}
                for move, vals in facts
                for line in lines.get(move, ())
            ]
            if vals_list:
                self._notify_factors(vals_list)


class RecouvrementDispute(models.Model):
    _inherit = "recouvrement.dispute"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS: a factor has to know what is disputed
        disputes = super().create(vals_list)
        disputes._notify_factors()
        return disputes

    def write(self, vals):
        # EXTENDS: and when it is disputed no more, or again, or for more or less
        before = {dispute: dispute.date_closed for dispute in self}
        amounts = {dispute: dispute.amount for dispute in self}
        result = super().write(vals)
        self.filtered(
            lambda dispute: (
                not dispute.date_closed and dispute.amount != amounts[dispute]
            )
        )._notify_factors_again()
        if "date_closed" in vals:
            changed = self.filtered(
                lambda dispute: bool(before[dispute]) != bool(dispute.date_closed)
            )
            changed._notify_factors()
        return result

    def _notify_factors_again(self):
        """Tell the factors of another amount, not of one that they were not told."""
        notices = self.env["recouvrement.factor.notice"].sudo()  # see _notify_moves
        for dispute in self:
            notices.search(
                Domain("origin", "=like", f"{self._name},{dispute.id},%")
                & Domain("kind", "=", "dispute")
            )._take_back()
        self._notify_factors()

    def _notify_factors(self):
        """Tell the factors of disputes that were opened or closed."""
        today = fields.Date.context_today(self)
        states = dict(self._fields["state"]._description_selection(self.env))
        for closed, disputes in self.grouped(
            lambda each: bool(each.date_closed)
        ).items():
            facts = [
                (
                    dispute.move_id,
                    {
                        "origin": f"{dispute._name},{dispute.id},{today},"
                        f"{dispute.amount}",
                        "amount": dispute.amount,
                        "note": states[dispute.state]
                        if closed
                        else dispute.reason_id.name,
                    },
                )
                for dispute in disputes
            ]
            kind = "dispute_closed" if closed else "dispute"
            self.env["recouvrement.assignment.line"]._notify_moves(kind, facts)


class RecouvrementPromise(models.Model):
    _inherit = "recouvrement.promise"

    def action_open(self):
        # EXTENDS: a factor has to know what was promised to us
        result = super().action_open()
        facts = [
            (
                line.move_id,
                {
                    "origin": f"{self._name},{line.promise_id.id}",
                    "amount": min(line.amount, line.promise_id.amount),
                    "note": format_date(self.env, line.promise_id.date_promised),
                },
            )
            for line in self.line_ids
        ]
        self.env["recouvrement.assignment.line"]._notify_moves("promise", facts)
        return result


class RecouvrementPlan(models.Model):
    _inherit = "recouvrement.plan"

    def _accept(self, **values):
        # EXTENDS: a factor has to know what was agreed
        result = super()._accept(**values)
        facts = [
            (
                line.move_id,
                {
                    "origin": f"{self._name},{line.plan_id.id}",
                    "amount": line.amount,
                    "note": line.plan_id.name,
                },
            )
            for line in self.line_ids
        ]
        self.env["recouvrement.assignment.line"]._notify_moves("plan", facts)
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # EXTENDS: a factor has to know of insolvency proceedings
        result = super().write(vals)
        if vals.get("insolvency_date"):
            # sudo: see _notify_moves
            lines = self.env["recouvrement.assignment.line"].sudo()
            found = lines.search(
                Domain("partner_id", "in", self.commercial_partner_id.ids)
                & Domain("state", "in", HELD_STATES)
            )
            day = fields.Date.to_date(vals["insolvency_date"])
            facts = [
                (
                    line.move_id,
                    {
                        "origin": f"{self._name},{line.partner_id.id},{day}",
                        "amount": line.outstanding,
                        "note": format_date(self.env, day),
                    },
                )
                for line in found
            ]
            lines._notify_moves("insolvency", facts)
        return result


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: a factor has to know what was credited, or paid to us
        partials = super().create(vals_list)
        if not self.env.context.get("collection_assignment"):
            with beside(self.env, partials):
                partials._notify_factors()
        return partials

    def unlink(self):
        # EXTENDS account: what was undone before the factor was told is not told
        origins = [
            f"account.move.line,{line_id}" for line_id in self.credit_move_id.ids
        ]
        invoices = self.debit_move_id.move_id.ids
        result = super().unlink()
        if origins:
            notices = self.env["recouvrement.factor.notice"].sudo()  # as _notify_moves
            with beside(self.env, notices._name):
                notices.search(
                    Domain("origin", "in", origins)
                    & Domain("line_id.move_id", "in", invoices)
                )._take_back()
        return result

    def _notify_factors(self):
        """Tell the factors of what lowered assigned invoices beside them.

        A payment to us is nothing special when the contract is confidential; a credit
        note that is assigned as well is known to the factor.
        """
        lines = self.env["recouvrement.assignment.line"].sudo()  # see _notify_moves
        invoices = self.debit_move_id.move_id
        moves = invoices | self.credit_move_id.move_id
        live = lines._get_live(moves).grouped("move_id") if moves else {}
        vals_list = []
        for partial in self:
            credit = partial.credit_move_id.move_id
            line = live.get(partial.debit_move_id.move_id)
            known = live.get(credit)
            if not line or not line.amount_to_pass:
                continue
            if known and known.factor_id == line.factor_id:
                continue
            paid = credit.journal_id.type in CREDIT_JOURNALS
            if paid and not line.factor_id.notified:
                continue
            vals_list.append(
                {
                    "line_id": line.id,
                    "kind": "payment" if paid else "credit",
                    "origin": f"account.move.line,{partial.credit_move_id.id}",
                    "date": credit.invoice_date or credit.date,
                    "amount": min(partial.debit_amount_currency, line.amount_to_pass),
                    "note": credit.name,
                }
            )
        if vals_list:
            lines._notify_factors(vals_list)
