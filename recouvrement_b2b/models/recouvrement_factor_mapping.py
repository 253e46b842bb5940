from odoo import api, fields, models

from ..tools.factor_statement import FIELDS

# What an operation of a statement may be: assignments come from remittances.
LEFT_OUT = "ignore"


class RecouvrementFactorMapping(models.Model):
    """How a factor writes its statements: its columns, and what its codes mean."""

    _name = "recouvrement.factor.mapping"
    _description = "Mapping of a Factor's Statements"
    _inherit = ["recouvrement.factor.format"]
    _order = "factor_id, id desc"

    name = fields.Char(required=True)
    factor_id = fields.Many2one(
        "recouvrement.factor",
        string="Contract",
        required=True,
        index=True,
        ondelete="cascade",
    )
    column_code = fields.Char(string="Operation Code")
    column_date = fields.Char(string="Date")
    column_number = fields.Char(string="Document Number")
    column_amount = fields.Char(string="Amount")
    column_debit = fields.Char(string="Debit")
    column_credit = fields.Char(string="Credit")
    column_tax = fields.Char(string="VAT")
    column_currency = fields.Char(string="Currency")
    column_remittance = fields.Char(string="Remittance")
    column_reference = fields.Char(string="Reference")
    code_ids = fields.One2many(
        "recouvrement.factor.mapping.code", "mapping_id", string="Codes", copy=True
    )

    _header_row_positive = models.Constraint(
        "CHECK(header_row >= 0)", "Rows are numbered from 1; 0 finds the header."
    )

    def _get_columns(self):
        """Return the header of each field that has a column."""
        self.ensure_one()
        columns = {name: self[f"column_{name}"] for name in FIELDS}
        return {name: header for name, header in columns.items() if header}

    def _get_codes(self):
        """Return what is known of codes: ``{code: record}``."""
        return {each.code or "": each for each in self.code_ids}


class RecouvrementFactorMappingCode(models.Model):
    """An operation code of a factor, and the operation that it stands for."""

    _name = "recouvrement.factor.mapping.code"
    _description = "Operation Code of a Factor"
    _order = "mapping_id, code, id"
    _rec_name = "code"

    mapping_id = fields.Many2one(
        "recouvrement.factor.mapping", required=True, index=True, ondelete="cascade"
    )
    code = fields.Char(help="Empty: rows without a code.")
    kind = fields.Selection("_selection_kind", string="Operation")
    negative = fields.Boolean(
        string="Debit",
        help="The factor writes it in the debit column, or with a minus sign.",
    )

    _unique_code = models.UniqueIndex(
        "(mapping_id, COALESCE(code, ''))", "This code is already in the list."
    )

    @api.model
    def _selection_kind(self):
        """Return the operations that a statement may have."""
        kinds = self.env["recouvrement.factor.operation"]._fields["kind"]
        return [
            *(
                (kind, label)
                for kind, label in kinds._description_selection(self.env)
                if kind != "assignment"
            ),
            (LEFT_OUT, self.env._("Leave out")),
        ]


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    mapping_ids = fields.One2many(
        "recouvrement.factor.mapping",
        "factor_id",
        string="Mappings of Statements",
        help="Saved by each import, so that the next statement is read in the same "
        "way.",
    )
