from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import HELD_STATES
from .recouvrement_hold_dispute import HOLD_FIELDS

REVIEW_DAYS = 60  # after the due date, somebody asks what the factor has obtained
BOOKING_DAYS = 15  # for the books to know what the factor has collected
# What people may change of the hold of a factor: when to look at it, and who does.
OWN_FIELDS = {"review_date", "user_id"}


class RecouvrementHold(models.Model):
    _inherit = "recouvrement.hold"

    assignment_line_id = fields.Many2one(
        "recouvrement.assignment.line",
        string="Assigned Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The assignment that suspends collection: the hold ends with it.",
    )

    def write(self, vals):
        if vals.keys() & (HOLD_FIELDS - OWN_FIELDS):
            self._check_assignment()
        return super().write(vals)

    def _check_closing(self):
        # EXTENDS: the hold of an assigned invoice ends with its assignment
        self._check_assignment()
        return super()._check_closing()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_assigned(self):
        self._check_assignment()

    def _check_assignment(self):
        """Send who changes the hold of an assigned invoice to the remittance.

        The assignment itself changes its holds with sudo.
        """
        if self.env.su:
            return
        for hold in self.sudo().filtered("assignment_line_id"):  # sudo: see above
            if not hold.closed_date:
                line = hold.assignment_line_id
                raise UserError(
                    self.env._(
                        "%(invoice)s is in remittance %(remittance)s, and the hold "
                        "follows it: record there what was paid or returned.",
                        invoice=line.move_id.name,
                        remittance=line.assignment_id.name,
                    )
                )


class RecouvrementAssignmentLine(models.Model):
    """What the factor chases, or has collected already, we do not chase.

    Two reasons for one hold an open item: the contract lets the factor chase, and the
    factor was paid what the books do not know yet.
    """

    _inherit = "recouvrement.assignment.line"

    hold_ids = fields.One2many(
        "recouvrement.hold", "assignment_line_id", string="Collection Holds"
    )

    def _become_assigned(self):
        result = super()._become_assigned()
        self._sync_holds()
        return result

    def _become_free(self):
        result = super()._become_free()
        self._sync_holds()
        return result

    def _update_state(self):
        result = super()._update_state()
        self._sync_holds()
        return result

    def _sync_holds(self):
        """Open, change and end the holds, as the assigned invoices now are."""
        lines = self.sudo()  # sudo: who records a payment has no right on holds
        holds = lines.env["recouvrement.hold"].search(
            Domain("assignment_line_id", "in", lines.ids)
            & Domain("closed_date", "=", False)
        )
        known = {(hold.assignment_line_id, hold.move_line_id): hold for hold in holds}
        create = []
        for line in lines:
            for item, amount in line._get_held_items():
                hold = known.pop((line, item), None)
                if not hold:
                    create.append(line._prepare_hold(item, amount))
                elif line.currency_id.compare_amounts(hold.amount, amount):
                    hold.amount = amount
        holds.browse().union(*known.values()).action_close(
            self.env._("nothing is with the factor any more")
        )
        holds.create(create)

    def _get_held_items(self):
        """Return ``[(open item, amount to hold)]``, zero for a whole item.

        The oldest item first: what was paid is set against it first.
        """
        self.ensure_one()
        items = self.move_id._get_owed_lines() if self.amount > 0 else ()
        left, held = self._get_held(), []
        for item in sorted(items, key=lambda item: (item.date_maturity, item.id)):
            part = self.currency_id.round(min(left, item.amount_residual_currency))
            if part > 0:
                left -= part
                whole = self.currency_id.is_zero(item.amount_residual_currency - part)
                held.append((item, 0.0 if whole else part))
        return held

    def _get_held(self):
        """Return how much of what the books show as open we do not chase."""
        self.ensure_one()
        residual = self._get_residual()
        held = self._get_unbooked()
        if self._is_chased_by_factor():
            held += min(self.outstanding, residual)
        return min(held, residual)

    def _is_chased_by_factor(self):
        """Tell whether it is the factor who chases the customer."""
        self.ensure_one()
        return self.state in HELD_STATES and self.factor_id.managed_by_factor

    def _get_unbooked(self):
        """Return what the customer has paid and the books still show as open.

        Without entries, the accountant books later what the factor has collected.
        """
        self.ensure_one()
        if self.state in ("selected", "cancelled") or self.amount <= 0:
            return 0.0
        unbooked = self.operation_ids.filtered(
            lambda operation: (
                operation.kind == "customer_payment"
                and operation.state == "posted"
                and not operation.move_id
            )
        )
        return min(sum(unbooked.mapped("amount")), self._get_excess())

    def _get_excess(self):
        """Return what the books show as open of what the operations say is settled."""
        self.ensure_one()
        owed = self.amount - self.amount_paid - self.amount_collected
        return max(self.currency_id.round(self._get_residual() - owed), 0.0)

    def _prepare_hold(self, item, amount):
        """Return the values of the hold of one item; extend it to add fields.

        The first starts with the assignment, one that comes later starts today.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        chased = self._is_chased_by_factor()
        review = today + timedelta(days=BOOKING_DAYS)
        if chased:
            due = item.date_maturity or today
            review = max(due + timedelta(days=REVIEW_DAYS), review)
        first = chased and not self.hold_ids
        return {
            "assignment_line_id": self.id,
            "company_id": self.company_id.id,
            "move_line_id": item.id,
            "amount": amount,
            "reason": "factor",
            "note": f"{self.factor_id.name}, {self.assignment_id.name}",
            "user_id": self.factor_id._get_owner().id,
            "date_start": first and self.assignment_id.date_signed or today,
            "review_date": review,
        }


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _judge_commitments(self):
        # EXTENDS: what the factor has collected is booked, or is not any more
        lines = self.env["recouvrement.assignment.line"].sudo()  # see _sync_holds
        found = lines.search(
            Domain("move_id", "in", self.move_id.ids)
            & Domain("state", "not in", ("selected", "cancelled"))
        )
        if found:
            found._sync_holds()
        return super()._judge_commitments()


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    def write(self, vals):
        # EXTENDS: what was assigned follows who chases
        result = super().write(vals)
        if "managed_by_factor" in vals:
            self.sudo().line_ids.filtered("live")._sync_holds()  # sudo: see there
        return result
