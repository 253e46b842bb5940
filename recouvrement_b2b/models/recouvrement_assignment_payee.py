from odoo import fields, models
from odoo.fields import Domain

from ..const import HELD_STATES, MENTIONED_STATES


class RecouvrementAssignmentLine(models.Model):
    """Who is to be paid: the factor, for the invoices of a notified contract.

    The account printed on the invoice (its PDF, its payment code, its electronic form)
    is the factor's from the signature on, and ours again when the invoice comes back.
    Customers of a confidential contract see nothing of it.
    """

    _inherit = "recouvrement.assignment.line"

    previous_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Account Before",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The account on which the invoice was to be paid before its assignment.",
    )
    payee_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Account of the Factor",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The account that the invoice was given, until it is returned.",
    )

    def _become_assigned(self):
        result = super()._become_assigned()
        self._set_payee()
        return result

    def _become_free(self):
        result = super()._become_free()
        # what was paid keeps the account on which it was to be paid
        self.filtered(lambda line: not line.live)._restore_payee()
        return result

    def _set_payee(self):
        """Have the invoices of notified contracts paid on the factor's account."""
        for bank, lines in (
            self.sudo()
            .grouped(  # sudo: who signs changes no invoice
                lambda line: line._is_notified() and line.factor_id.partner_bank_id
            )
            .items()
        ):
            # of a credit note, it is the account of the customer
            lines = lines.filtered(
                lambda line, bank=bank: line.amount > 0 and line.payee_bank_id != bank
            )
            if not bank or not lines:
                continue
            for line in lines.filtered(lambda line: not line.payee_bank_id):
                line.previous_bank_id = line.move_id.partner_bank_id
            lines.payee_bank_id = bank
            lines.move_id._set_partner_bank(bank)

    def _restore_payee(self):
        """Have the invoices paid on the account that they had before."""
        given = self.sudo().filtered("payee_bank_id")  # sudo: see _set_payee
        for bank, lines in given.grouped("previous_bank_id").items():
            lines.filtered(
                lambda line: line.move_id.partner_bank_id == line.payee_bank_id
            ).move_id._set_partner_bank(bank)
        given.write({"payee_bank_id": False, "previous_bank_id": False})

    def _is_notified(self):
        """Tell whether the customer knows that it is the factor's to be paid."""
        self.ensure_one()
        return self.state in MENTIONED_STATES and self.factor_id.notified

    @property
    def _notified_domain(self):
        """The lines whose customers are to pay the factor."""
        return Domain("state", "in", MENTIONED_STATES) & Domain(
            "factor_id.notified", "=", True
        )

    def _get_payees(self, move_ids):
        """Return ``{invoice id: contract}`` of those that are the factor's to be paid.

        Of confidential contracts nothing is said: we are paid, and pass it on.
        """
        lines = self.sudo().search_fetch(  # sudo: whoever writes names the right payee
            self._notified_domain & Domain("move_id", "in", move_ids),
            ["move_id", "factor_id"],
        )
        return {line.move_id.id: line.factor_id for line in lines}

    def _name_payees(self, items):
        """Say of open items who is to be paid, in one query for all of them."""
        payees = self._get_payees([item.move_id for item in items])
        for item in items if payees else ():
            if item.move_id in payees:
                item.payee_id = payees[item.move_id].id


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    def write(self, vals):
        # EXTENDS: what was assigned follows who is to be paid
        result = super().write(vals)
        if vals.keys() & {"notified", "partner_bank_id"}:
            lines = self.sudo().line_ids.filtered(  # sudo: see _set_payee
                lambda line: line.state in HELD_STATES
            )
            secret = lines.filtered(lambda line: not line._is_notified())
            secret._restore_payee()
            (lines - secret)._set_payee()
        return result

    def _get_payee_sentence(self):
        """Tell a customer that it is the factor who is to be paid."""
        self.ensure_one()
        return self.env._(
            "These items were assigned to %(factor)s: only a payment to %(factor)s "
            "settles them.",
            factor=self.partner_id.name,
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _set_partner_bank(self, bank):
        """Change the account on which posted invoices are to be paid.

        A PDF that was made before stays attached, and a new one is made when asked. No
        message on each: the remittance says it, for all of them.
        """
        if not self:
            return
        invoices = self.with_context(
            skip_is_manually_modified=True,
            skip_invoice_sync=True,  # no line depends on the account
            tracking_disable=True,
        )
        invoices.partner_bank_id = bank
        invoices._detach_attachments()

    def _has_to_be_paid(self):
        # EXTENDS account_payment: not to us, when it is the factor's to be paid
        payees = self.env["recouvrement.assignment.line"]._get_payees(self.ids)
        return not payees and super()._has_to_be_paid()


class RecouvrementFacts(models.AbstractModel):
    _inherit = "recouvrement.facts"

    def _gather(self, items, *args, **kwargs):
        # EXTENDS: who is to be paid for each item
        self.env["recouvrement.assignment.line"]._name_payees(items)
        return super()._gather(items, *args, **kwargs)


class RecouvrementAction(models.Model):
    """A message names one payee: us, or the factor to whom its items were assigned."""

    _inherit = "recouvrement.action"

    factor_id = fields.Many2one(
        "recouvrement.factor",
        string="To Be Paid to the Factor of",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The factoring contract of the items asked for: its factor is to be paid.",
    )

    def _get_payee(self):
        """Return the contract whose factor is to be paid; none when we are.

        A message of the policy keeps the one it was made for; the others follow their
        items.
        """
        self.ensure_one()
        if self.factor_id or self.kind == "level":
            return self.factor_id.sudo()  # sudo: its account is for the customer
        moves = self._get_paid_moves()
        payees = self.env["recouvrement.assignment.line"]._get_payees(moves.ids)
        found = {payees.get(move.id) for move in moves}
        return (
            found.pop()
            if len(found) == 1 and None not in found
            else (
                self.env["recouvrement.factor"].sudo()  # sudo: as above
            )
        )

    def _get_paid_moves(self):
        """Return the entries that a message is about: extend it."""
        return (
            self._text_lines("due").move_id
            | self.plan_id.line_ids.move_id
            | self.promise_id.line_ids.move_id
            | self.dispute_id.move_id
        )

    def _text_bank(self):
        # EXTENDS: the factor's account, whether or not it has one
        payee = self._get_payee()
        return payee.partner_bank_id if payee else super()._text_bank()

    def _text_payee(self):
        """Return the sentence that names the factor to be paid, empty when we are."""
        payee = self._get_payee()
        return payee._get_payee_sentence() if payee else ""

    def _text_pay_online(self):
        # EXTENDS: who pays online pays us
        return not self._get_payee() and super()._text_pay_online()
