from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date


class RecouvrementAssignment(models.Model):
    """What people do with a remittance, step by step."""

    _inherit = "recouvrement.assignment"

    def action_propose(self):
        """Add every invoice and credit note that the contract takes today."""
        self._check_states("draft")
        for assignment in self:
            moves = assignment.factor_id._get_eligible(assignment.currency_id)
            assignment._add(moves)
        self.line_ids.sudo()._compute_amount()  # sudo: it follows what is left to pay
        return True

    @api.model
    def _open_for(self, factor, currency, moves):
        """Return the draft remittance of a contract that invoices are added to."""
        draft = self.search(
            Domain("factor_id", "=", factor.id)
            & Domain("currency_id", "=", currency.id)
            & Domain("state", "=", "draft"),
            limit=1,
        ) or self.create({"factor_id": factor.id, "currency_id": currency.id})
        draft._add(moves)
        return draft

    def _action_view(self):
        """Open these remittances."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_assignment_action"
        )
        if len(self) == 1:
            action.update(res_id=self.id, views=[(False, "form")])
        else:
            action["domain"] = [("id", "in", self.ids)]
        return action

    def _add(self, moves):
        """Add invoices to a draft, whether or not the contract takes them."""
        self.ensure_one()
        self.write(
            {
                "line_ids": [
                    Command.create({"move_id": move.id})
                    for move in moves - self.line_ids.move_id
                ]
            }
        )

    def action_confirm(self):
        """Check that the contract takes every invoice, and freeze the list."""
        self.check_access("write")
        self._check_states("draft")
        self.line_ids.sudo()._compute_amount()  # sudo: it follows what is left to pay
        for assignment in self:
            assignment._check_lines()
        self.sudo().write({"state": "confirmed"})  # sudo: see write
        return True

    def _check_lines(self):
        """Refuse a remittance that is empty, or of which the factor takes not all."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._("Add invoices to %(name)s first.", name=self.name)
            )
        explained = self.factor_id._explain_lines(self.line_ids)
        problems = [
            f"{move.name}: {' '.join(sentences)}"
            for move, sentences in explained.items()
            if sentences
        ]
        if problems:
            raise UserError(
                self.env._(
                    "Take these out of %(name)s, or change the contract:\n%(problems)s",
                    name=self.name,
                    problems="\n".join(problems),
                )
            )

    def action_back_to_draft(self):
        """Open the list again: nothing was signed."""
        self.check_access("write")
        self._check_states("confirmed")
        self.sudo().write({"state": "draft"})  # sudo: see write
        return True

    def action_sign(self):
        """Sign: the receivables are the factor's from this day on."""
        self.check_access("write")
        self._check_states("confirmed")
        for assignment in self.sudo():  # sudo: see write
            assignment._check_lines()
            assignment.line_ids._check_amounts()
            day = assignment.date_signed or fields.Date.context_today(self)
            assignment._check_signature(day)
            assignment.write(
                {
                    "state": "signed",
                    "date_signed": day,
                    "signed_by": assignment.signed_by or self.env.user.name,
                }
            )
            lines = assignment.line_ids
            assignment.factor_id._record(
                [lines._prepare_operation("assignment", day) for lines in lines]
            )
            lines.state = "assigned"
            lines._become_assigned()
            lines._offset_credit_notes(day)
            assignment._prepare_documents()
        return True

    def _check_signature(self, day):
        """Refuse a signature before the contract or the invoices."""
        self.ensure_one()
        documents = self.line_ids.move_id
        dates = [move.invoice_date or move.date for move in documents]
        first = max([*dates, self.factor_id.date_start or dates[0]])
        if day < first:
            raise UserError(
                self.env._(
                    "%(name)s cannot be signed before %(date)s, when the contract "
                    "began and its invoices were all made.",
                    name=self.name,
                    date=format_date(self.env, first),
                )
            )

    def action_send(self):
        """Record that the remittance was sent to the factor."""
        self.check_access("write")
        self._check_states("signed")
        today = fields.Date.context_today(self)
        self.sudo().write({"state": "sent", "date_sent": today})  # sudo: see write
        self.sudo().line_ids._close_remittances()
        return True

    def _prepare_documents(self):
        """Make the documents and files of the remittances: extend it."""

    def action_finance(self):
        """Open the form that records what the factor paid and kept."""
        self.ensure_one()
        self._check_states("signed", "sent", "financed")
        return self.env["recouvrement.assignment.finance"]._action_open(self)

    def _become_financed(self, day):
        """The factor has paid for the remittances: a receipt takes effect by that."""
        self.write({"state": "financed", "date_financed": day})
        self.line_ids._update_state()

    def _become_unfinanced(self):
        """What was recorded of the financing is cancelled."""
        self.date_financed = False
        for assignment in self:
            assignment.state = assignment._get_open_state()
        self.line_ids._update_state()

    def _get_open_state(self):
        """Return how far a remittance came of which something is left."""
        self.ensure_one()
        if self.date_financed:
            return "financed"
        return "sent" if self.date_sent else "signed"

    def action_settle(self):
        """Open the form that records what became of the invoices."""
        settle = self.env["recouvrement.assignment.settle"]
        return settle._action_open(self.line_ids, chosen=False)

    def action_pass_on(self):
        """Open the form that passes on what customers paid to us."""
        return self.line_ids.action_pass_on()

    def action_cancel(self):
        """Cancel remittances for which the factor has paid nothing yet.

        Their entries are reversed; their invoices can be assigned again.
        """
        self.check_access("write")
        self._check_states("draft", "confirmed", "signed", "sent", "financed")
        for assignment in self.sudo():  # sudo: see write
            operations = assignment.operation_ids.filtered(
                lambda operation: operation.state == "posted"
            )
            if operations.filtered(lambda operation: operation.kind != "assignment"):
                raise UserError(
                    self.env._(
                        "Operations were recorded on %(name)s since: cancel them "
                        "first, or record the return of its invoices.",
                        name=assignment.name,
                    )
                )
            operations._cancel()
            lines = assignment.line_ids
            were_assigned = lines.filtered(lambda line: line.state != "selected")
            lines.state = "cancelled"
            were_assigned._become_free()
            assignment.state = "cancelled"
        return True
