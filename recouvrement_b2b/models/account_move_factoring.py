from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import COLLECTION_READERS, HELD_STATES, MENTIONED_STATES

FACTORING_STATES = [
    ("none", "Not assigned"),
    ("eligible", "Eligible"),
    ("selected", "Selected"),
    ("assigned", "Assigned"),
    ("financed", "Financed"),
    ("paid", "Paid"),
    ("refused", "Refused"),
    ("returned", "Returned"),
    ("disputed", "Disputed"),
]
INVOICE_TYPES = ("out_invoice", "out_refund")


class AccountMove(models.Model):
    """Where an invoice stands with the factor."""

    _inherit = "account.move"

    assignment_line_ids = fields.One2many(
        "recouvrement.assignment.line",
        "move_id",
        string="Assignments",
        groups=COLLECTION_READERS,
    )
    factoring_state = fields.Selection(
        FACTORING_STATES,
        string="Factoring",
        compute="_compute_factoring_state",
        search="_search_factoring_state",
        groups=COLLECTION_READERS,
        help="Where the invoice stands with the factor.",
    )
    factor_id = fields.Many2one(
        "recouvrement.factor",
        string="Factoring Contract",
        compute="_compute_assignment",
        search="_search_factor_id",
        groups=COLLECTION_READERS,
    )
    assignment_id = fields.Many2one(
        "recouvrement.assignment",
        string="Remittance",
        compute="_compute_assignment",
        search="_search_assignment_id",
        groups=COLLECTION_READERS,
    )
    factoring_explanation = fields.Text(
        string="Why Not Assigned",
        compute="_compute_factoring_state",
        groups=COLLECTION_READERS,
        help="What a contract would need to take this invoice.",
    )

    def _get_assignment_line(self):
        """Return where an invoice was assigned last, cancelled remittances left out."""
        self.ensure_one()
        # sudo: whoever reads the invoice may know that it is assigned
        return self.sudo().assignment_line_ids.filtered("current")

    def _get_assignable(self):
        """Return what there is to assign of a document: below zero for a credit note.

        Of a credit note, also what was lettered with invoices that the factor has.
        """
        self.ensure_one()
        if self.move_type != "out_refund":
            return self.amount_residual
        credited = sum(self._get_credited().values())
        return -self.currency_id.round(self.amount_residual + credited)

    def _get_credited(self, factor=None):
        """Return ``{assigned invoice: amount}`` that a credit note took off them.

        What was passed on to the factor in another way is left out.

        :param factor: of this contract only
        """
        self.ensure_one()
        if self.move_type != "out_refund":
            return {}
        credited = {}
        # sudo: see _get_assignment_line
        items = self.sudo().line_ids
        own = self.sudo()._get_receivable_lines()
        # what is read is read for all the documents that were found together
        for partial in own.with_prefetch(items._prefetch_ids).matched_debit_ids:
            lines = partial.debit_move_id.move_id.assignment_line_ids
            line = lines.filtered(
                lambda line: (
                    line.state in HELD_STATES and factor in (None, line.factor_id)
                )
            ).with_prefetch(lines._prefetch_ids)
            if line:
                amount = min(
                    credited.get(line, 0.0) + partial.credit_amount_currency,
                    line.amount_to_pass,
                )
                if amount > 0:
                    credited[line] = amount
        return credited

    @api.depends("assignment_line_ids.current")
    def _compute_assignment(self):
        for move in self:
            line = move._get_assignment_line()
            move.assignment_id = line.assignment_id
            move.factor_id = line.factor_id

    @api.depends(
        "assignment_line_ids.current",
        "assignment_line_ids.state",
        "state",
        "amount_residual",
        "currency_id",
        "collection_dispute_ids.date_closed",
    )
    @api.depends_context("lang")
    def _compute_factoring_state(self):
        lines = {move: move._get_assignment_line() for move in self}
        free = self.filtered(
            lambda move: (
                move.move_type in INVOICE_TYPES
                and move.state == "posted"
                and not lines[move]
                and move._get_assignable()
            )
        )
        explained = self.env["recouvrement.factor"]._explain_all(free._origin)
        # sudo: see _get_assignment_line
        disputes = self.sudo().collection_dispute_ids
        disputed = disputes.filtered(lambda dispute: not dispute.date_closed).move_id
        for move in self:
            line = lines[move]
            obstacles = explained.get(move._origin.id)
            move.factoring_explanation = (
                "\n".join(obstacles) if obstacles and not line else False
            )
            if line.state in HELD_STATES and move in disputed:
                move.factoring_state = "disputed"
            elif line:
                move.factoring_state = line.state
            else:
                move.factoring_state = "eligible" if obstacles == [] else "none"

    def _search_factoring_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        # sudo: as for what is shown, whoever may see the disputes
        disputes = self.env["recouvrement.dispute"].sudo()
        contested = disputes._search(Domain("date_closed", "=", False))
        disputed = self._search_assigned(Domain("state", "in", HELD_STATES)) & Domain(
            "collection_dispute_ids", "in", contested
        )
        others = list(wanted - {"none", "eligible", "disputed"})
        found = self._search_assigned(Domain("state", "in", others)) & ~disputed
        if "disputed" in wanted:
            found |= disputed
        if wanted & {"none", "eligible"}:
            eligible = Domain("id", "in", self._find_eligible().ids)
            if "eligible" in wanted:
                found |= eligible
            if "none" in wanted:
                found |= ~self._search_assigned(Domain.TRUE) & ~eligible
        return found

    def _find_eligible(self):
        """Return the invoices and credit notes that are shown as eligible."""
        factors = self.env["recouvrement.factor"]
        # sudo: whoever reads an invoice may know whether a contract takes it
        holding = factors.sudo().search(Domain("line_ids.state", "in", HELD_STATES))
        candidates = self.search(
            Domain("move_type", "in", INVOICE_TYPES)
            & Domain("state", "=", "posted")
            & (Domain("amount_residual", ">", 0) | holding._get_credit_notes_domain())
            & ~self._search_assigned(Domain.TRUE)
        )
        explained = factors._explain_all(candidates)
        return candidates.filtered(lambda move: explained.get(move.id) == [])

    def _search_assigned(self, domain):
        """Return the domain of what was assigned, last, on a line of this domain."""
        # sudo: see _get_assignment_line
        lines = self.env["recouvrement.assignment.line"].sudo()
        found = lines._search(Domain("current", "=", True) & domain)
        return Domain("assignment_line_ids", "in", found)

    def _search_factor_id(self, operator, value):
        return self._search_assignment("factor_id", operator, value)

    def _search_assignment_id(self, operator, value):
        return self._search_assignment("assignment_id", operator, value)

    def _search_assignment(self, name, operator, value):
        """Search what is shown of the last line; Odoo turns what is negative round."""
        if operator in ("child_of", "parent_of"):  # neither has a parent
            values = [value] if isinstance(value, (int, str)) else value
            names = [each for each in values if isinstance(each, str)]
            ids = [each for each in values if not isinstance(each, str)]
            return self._search_assigned(
                Domain(name, "in", [each for each in ids if each])
                | Domain.OR(Domain(name, "ilike", each) for each in names)
            )
        if operator == "in":
            found = self._search_assigned(
                Domain(name, "in", [each for each in value if each])
            )
            if False in value:
                found |= ~self._search_assigned(Domain.TRUE)
            return found
        if operator in ("any", "any!", "like", "ilike", "=like", "=ilike"):
            return self._search_assigned(Domain(name, operator, value))
        return NotImplemented

    def action_assign(self):
        """Put invoices in draft remittances: each of the first contract that takes it.

        :raise UserError: when no contract takes one of them, with the reasons
        """
        factors = self.env["recouvrement.factor"]
        explained = factors._explain_all(self)
        without = self.filtered(lambda move: move.id not in explained).company_id
        if without:
            raise UserError(
                self.env._(
                    "No factoring contract of %(companies)s is in force: make one "
                    "first.",
                    companies=", ".join(without.mapped("name")),
                )
            )
        problems = [
            f"{move.name or move.display_name}: {' '.join(explained[move.id])}"
            for move in self
            if explained[move.id]
        ]
        if problems:
            raise UserError("\n".join(problems))
        remittances = self.env["recouvrement.assignment"]
        today = fields.Date.context_today(self)
        for company, left in self.grouped("company_id").items():
            for factor in factors._get_running(company, today):
                taken = factor._explain(left)
                own = left.filtered(lambda move, taken=taken: not taken[move.id])
                for currency, moves in own.grouped("currency_id").items():
                    remittances += remittances._open_for(factor, currency, moves)
                left -= own
        return remittances._action_view()

    def button_draft(self):
        # EXTENDS account: an assigned invoice, or the entry of an operation, stays
        self._check_not_assigned()
        self._leave_remittances()
        return super().button_draft()

    def button_cancel(self):
        # EXTENDS account: see button_draft
        self._check_not_assigned()
        return super().button_cancel()

    def _check_not_assigned(self):
        """Refuse to change an invoice that a factor had, or an entry made for it."""
        # sudo: see _get_assignment_line
        lines = self.env["recouvrement.assignment.line"].sudo()
        had = Domain("state", "in", MENTIONED_STATES)
        for line in lines.search(
            Domain("move_id", "in", self.ids) & (had | Domain("amount_paid", "!=", 0)),
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "%(invoice)s is assigned to %(factor)s: correct it with a credit "
                    "note, and tell the factor.",
                    invoice=line.move_id.name,
                    factor=line.factor_id.partner_id.name,
                )
            )
        self._check_no_operation()

    def _check_no_operation(self):
        """Refuse to undo by hand the entry of an operation."""
        # sudo: see _get_assignment_line
        operations = self.env["recouvrement.factor.operation"].sudo()
        for operation in operations.search(
            Domain("move_id", "in", self.ids) & Domain("state", "=", "posted"), limit=1
        ):
            raise UserError(
                self.env._(
                    "%(entry)s was made by the operation %(operation)s: cancel the "
                    "operation.",
                    entry=operation.move_id.name,
                    operation=operation.display_name,
                )
            )

    def _leave_remittances(self):
        """Take invoices that are changed out of the drafts that they were put in."""
        # sudo: who corrects an invoice need not have rights on remittances
        lines = self.env["recouvrement.assignment.line"].sudo()
        selected = lines.search(
            Domain("move_id", "in", self.ids) & Domain("state", "=", "selected")
        )
        for assignment in selected.assignment_id:
            if assignment.state != "draft":
                raise UserError(
                    self.env._(
                        "The invoice is in remittance %(name)s, which is confirmed: "
                        "open its list again first.",
                        name=assignment.name,
                    )
                )
        selected.unlink()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # EXTENDS account: the entry of an operation is reversed by the operation
        if not self.env.context.get("collection_assignment"):
            self._check_no_operation()
        return super()._reverse_moves(default_values_list, cancel)
