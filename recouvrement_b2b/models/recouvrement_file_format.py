from odoo import fields, models

FORMAT = (
    "date_style",
    "decimal",
    "encoding",
    "delimiter",
    "header_row",
    "currency_id",
    "tax_included",
)


class RecouvrementFileFormat(models.AbstractModel):
    """How a text file is written; whatever is empty is found in each file."""

    _name = "recouvrement.file.format"
    _description = "Format of a Text File"

    date_style = fields.Selection(
        [
            ("dmy", "31/12/2025"),
            ("mdy", "12/31/2025"),
            ("ymd", "2025-12-31"),
        ],
        help="Leave empty to find it.",
    )
    decimal = fields.Selection(
        [("comma", "1 234,56"), ("point", "1,234.56")],
        string="Amounts",
        help="Leave empty to find it.",
    )
    encoding = fields.Char(help="Leave empty to find it.")
    delimiter = fields.Char(size=1, help="Leave empty to find it.")


class RecouvrementFactorFormat(models.AbstractModel):
    """How a factor writes its statements, its columns and codes apart."""

    _name = "recouvrement.factor.format"
    _description = "Format of a Factor's Statements"
    _inherit = ["recouvrement.file.format"]

    header_row = fields.Integer(
        help="The row with the names of the columns; 0 to find it in each file."
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Usual Currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of the rows that name none.",
    )
    tax_included = fields.Boolean(
        string="Commissions Include VAT",
        help="The amounts of commissions include their VAT.",
    )

    def _get_format(self):
        """Return the values of the fields that say how a file is written."""
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in FORMAT
        }
