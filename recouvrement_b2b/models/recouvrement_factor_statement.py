import base64
import hashlib

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

SHOWN_PROBLEMS = 10


class RecouvrementFactorStatement(models.Model):
    """A statement of a factor, as it came, and the operations made of it.

    Its rows are matched to what the contract has, a person solves the others, and all
    of it is recorded at once, or nothing.
    """

    _name = "recouvrement.factor.statement"
    _description = "Statement of a Factor"
    _inherit = ["recouvrement.steps"]
    _order = "date desc, id desc"

    name = fields.Char("File", required=True, readonly=True)
    factor_id = fields.Many2one(
        "recouvrement.factor",
        string="Contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    mapping_id = fields.Many2one(
        "recouvrement.factor.mapping", readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="factor_id.company_id", store=True, precompute=True, index=True
    )
    file = fields.Binary(readonly=True, copy=False)
    checksum = fields.Char(
        "SHA-256",
        compute="_compute_checksum",
        store=True,
        precompute=True,
        copy=False,
        help="What makes a file recognised when it comes again.",
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, help="Its last operation."
    )
    state = fields.Selection(
        [("draft", "To Check"), ("done", "Recorded"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    line_ids = fields.One2many(
        "recouvrement.factor.statement.line", "statement_id", string="Rows"
    )
    operation_ids = fields.One2many(
        "recouvrement.factor.operation", compute="_compute_operation_ids"
    )
    line_count = fields.Integer("Rows", compute="_compute_totals")
    matched_count = fields.Integer("Matched Rows", compute="_compute_totals")
    unmatched_count = fields.Integer("To Solve", compute="_compute_totals")
    operation_count = fields.Integer("Operations", compute="_compute_operation_ids")
    written_total = fields.Float(
        "Sum of the File",
        digits=(16, 2),
        compute="_compute_totals",
        help="Of all its amounts as written: credits less debits.",
    )
    control_total = fields.Float(
        digits=(16, 2),
        help="What the factor says the sum is, if it says it: a statement that does "
        "not add up is not recorded.",
    )
    has_control = fields.Boolean(
        "Check the Sum", help="The factor gives the sum of its statement."
    )
    totals = fields.Html(
        compute="_compute_totals",
        sanitize=False,
        help="What each kind of operation adds up to.",
    )
    problem = fields.Text(compute="_compute_problem")

    _one_file_once = models.UniqueIndex(
        "(factor_id, checksum) WHERE state != 'cancelled'",
        "This file was imported already.",
    )

    @api.depends("file")
    def _compute_checksum(self):
        # with bin_size, the file would read as its size
        for statement in self.with_context(bin_size=False):
            statement.checksum = self._get_checksum(statement.file)

    @api.model
    def _get_checksum(self, file):
        """Return the SHA-256 of a file that is in base 64."""
        return hashlib.sha256(base64.b64decode(file or b"")).hexdigest()

    @api.depends("line_ids.operation_ids")
    def _compute_operation_ids(self):
        for statement in self:
            statement.operation_ids = statement.line_ids.operation_ids
            statement.operation_count = len(statement.operation_ids)

    @api.depends("line_ids.state", "line_ids.amount", "line_ids.kind")
    @api.depends_context("lang")
    def _compute_totals(self):
        for statement in self:
            lines = statement.line_ids
            states = lines.grouped("state")
            statement.line_count = len(lines)
            statement.matched_count = len(states.get("matched", ())) + len(
                states.get("done", ())
            )
            statement.unmatched_count = len(states.get("unmatched", ()))
            statement.written_total = sum(lines.mapped("written"))
            statement.totals = statement._get_totals() if lines else False

    def _get_totals(self):
        """Return the sums by operation, as a table."""
        kinds = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        rows = Markup()
        groups = self.line_ids.grouped(lambda line: (line.kind, line.currency_id))
        for (kind, currency), lines in sorted(
            groups.items(), key=lambda item: kinds.get(item[0][0], "")
        ):
            amount, tax = (sum(lines.mapped(name)) for name in ("amount", "tax_amount"))
            rows += Markup(
                "<tr><td>{}</td><td class='text-end'>{}</td><td class='text-end'>{}"
                "</td><td class='text-end'>{}</td></tr>"
            ).format(
                kinds.get(kind) or self.env._("Unknown"),
                len(lines),
                currency.format(amount) if currency else amount,
                currency.format(tax) if tax else "",
            )
        titles = (
            self.env._("Operation"),
            self.env._("Rows"),
            self.env._("Amount"),
            self.env._("VAT"),
        )
        return Markup(
            "<table class='table table-sm'><thead><tr><th>{}</th><th class='text-end'>"
            "{}</th><th class='text-end'>{}</th><th class='text-end'>{}</th></tr>"
            "</thead><tbody>{}</tbody></table>"
        ).format(*titles, rows)

    @api.depends("has_control", "control_total", "written_total", "unmatched_count")
    @api.depends_context("lang")
    def _compute_problem(self):
        for statement in self:
            problems = []
            left = statement.control_total - statement.written_total
            if statement.has_control and abs(left) >= 0.005:
                problems.append(
                    self.env._(
                        "The file adds up to %(written)s, the factor says "
                        "%(control)s: ask it for the statement again.",
                        written=formatLang(self.env, statement.written_total),
                        control=formatLang(self.env, statement.control_total),
                    )
                )
            if statement.unmatched_count:
                problems.append(
                    self.env._(
                        "%(count)s rows are to be solved: choose the invoice, correct "
                        "the contract, or leave them out.",
                        count=statement.unmatched_count,
                    )
                )
            statement.problem = "\n".join(problems)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Import a statement from its contract."))
        for vals in vals_list:
            self._check_file(vals["factor_id"], self._get_checksum(vals.get("file")))
        return super().create(vals_list)

    def _check_file(self, factor_id, checksum):
        """Refuse a file that was imported already, and say when."""
        other = self.search(
            Domain("factor_id", "=", factor_id)
            & Domain("checksum", "=", checksum)
            & Domain("state", "!=", "cancelled"),
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "This file was imported already, on %(date)s, as %(name)s: to "
                    "import it again, cancel that statement.",
                    date=format_date(self.env, other.create_date),
                    name=other.name,
                )
            )

    def write(self, vals):
        if not self.env.su and {"state", "factor_id", "file", "checksum"} & set(vals):
            raise UserError(self.env._("A statement changes by its buttons."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        if any(statement.operation_ids for statement in self):
            raise UserError(
                self.env._("Operations were made of it: cancel the statement instead.")
            )

    # --- steps ---

    def action_match(self):
        """Look again for what the rows are about."""
        self.check_access("write")
        self._check_states("draft")
        self.line_ids._match()
        return True

    def action_apply(self):
        """Record every row that was not left out, all of them or none."""
        self.check_access("write")
        self._check_states("draft")
        for statement in self.sudo():  # sudo: see write
            statement.line_ids._match()
            statement._check_solved()
            matched = statement.line_ids.filtered(lambda line: line.state == "matched")
            statement.factor_id._record([line._prepare_operation() for line in matched])
            matched.state = "done"
            matched._after_apply()
            statement.state = "done"
        return True

    def _check_solved(self):
        """Refuse a statement that has rows to be solved, or does not add up."""
        self.ensure_one()
        if self.problem:
            rows = self.line_ids.filtered(lambda line: line.state == "unmatched")
            raise UserError(
                "\n".join(
                    [
                        self.problem,
                        *(
                            self.env._(
                                "Row %(row)s: %(problem)s",
                                row=line.row,
                                problem=line.problem,
                            )
                            for line in rows[:SHOWN_PROBLEMS]
                        ),
                    ]
                )
            )
        if not any(line.state == "matched" for line in self.line_ids):
            raise UserError(self.env._("Every row was left out: nothing to record."))

    def action_cancel(self):
        """Cancel statements, and the operations that were made of them."""
        self.check_access("write")
        self._check_states("draft", "done")
        for statement in self.sudo():  # sudo: see write
            operations = statement.operation_ids.filtered(
                lambda operation: operation.state == "posted"
            )
            # the last one first: what came after rests on what came before
            operations.sorted("id", reverse=True).action_cancel()
            done = statement.line_ids.filtered(lambda line: line.state == "done")
            done.state = "matched"
            statement.state = "cancelled"
        return True

    def action_view_operations(self):
        """Open the operations that were made of the statement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Operations"),
            "res_model": "recouvrement.factor.operation",
            "view_mode": "list,form",
            "domain": [("id", "in", self.operation_ids.ids)],
        }
