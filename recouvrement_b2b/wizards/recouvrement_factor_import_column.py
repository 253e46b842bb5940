from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ..tools.factor_statement import FIELDS

_lt = LazyTranslate(__name__)
# What can be read (factor_statement.FIELDS).
FIELD_LABELS = {
    "code": _lt("Operation code"),
    "date": _lt("Date"),
    "number": _lt("Document number"),
    "amount": _lt("Amount"),
    "debit": _lt("Debit"),
    "credit": _lt("Credit"),
    "tax": _lt("VAT"),
    "currency": _lt("Currency"),
    "remittance": _lt("Remittance"),
    "reference": _lt("Reference"),
}


class RecouvrementFactorImportColumn(models.TransientModel):
    """A column of the file, and what it is."""

    _name = "recouvrement.factor.import.column"
    _description = "Column of a Factor's Statement"
    _inherit = ["recouvrement.column"]

    import_id = fields.Many2one(
        "recouvrement.factor.import", required=True, ondelete="cascade", index=True
    )
    field = fields.Selection(string="Is")

    @api.model
    def _get_labels(self):
        return {name: FIELD_LABELS[name] for name in FIELDS}


class RecouvrementFactorImportCode(models.TransientModel):
    """An operation code of the file, and what it stands for."""

    _name = "recouvrement.factor.import.code"
    _description = "Operation Code of a Factor's Statement"

    import_id = fields.Many2one(
        "recouvrement.factor.import", required=True, ondelete="cascade", index=True
    )
    code = fields.Char(readonly=True)
    count = fields.Integer(string="Rows", readonly=True)
    total = fields.Float(string="Sum", digits=(16, 2), readonly=True)
    example = fields.Char(string="First Row", readonly=True)
    kind = fields.Selection("_selection_kind", string="Operation")
    negative = fields.Boolean(
        string="Debit",
        help="The factor writes it in the debit column, or with a minus sign.",
    )

    @api.model
    def _selection_kind(self):
        return self.env["recouvrement.factor.mapping.code"]._selection_kind()
