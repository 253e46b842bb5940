from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.fixed_width import DATE_PARTS, Column

# Which values a column can show: recouvrement.assignment prepares them.
CONTENTS = [
    # of the file
    ("sequence", "Number of the record"),
    ("client_code", "Contract: client code"),
    ("contract_number", "Contract: number"),
    ("sender_code", "Contract: sender code"),
    ("remittance", "Remittance: reference"),
    ("remittance_date", "Remittance: date"),
    ("statement_date", "Remittance: date of the accounts"),
    ("file_date", "File: date"),
    ("file_number", "File: number"),
    ("count", "File: number of documents"),
    ("total", "File: total, credit notes deducted"),
    ("total_invoices", "File: total of invoices"),
    ("total_credit_notes", "File: total of credit notes"),
    ("currency", "Currency"),
    ("market", "Market (D: domestic, E: export)"),
    ("seller_name", "Seller: name"),
    ("seller_siren", "Seller: SIREN"),
    ("seller_siret", "Seller: SIRET"),
    ("seller_vat", "Seller: VAT number"),
    # of a document
    ("document_type", "Document: type (FAC: invoice, AVO: credit note)"),
    ("document", "Document: number"),
    ("document_date", "Document: date"),
    ("date_due", "Document: due date"),
    ("amount", "Document: amount, without sign"),
    ("payment_method", "Document: payment method (VIR: transfer, AVO: credit note)"),
    ("order_reference", "Document: order"),
    ("reference", "Document: customer's reference"),
    ("credited_document", "Document: invoice that it credits"),
    ("buyer_name", "Buyer: name"),
    ("buyer_siren", "Buyer: SIREN"),
    ("buyer_siret", "Buyer: SIRET"),
    ("buyer_vat", "Buyer: VAT number"),
    ("buyer_street", "Buyer: street"),
    ("buyer_zip", "Buyer: postcode"),
    ("buyer_city", "Buyer: city"),
    ("buyer_country", "Buyer: country code"),
    ("buyer_code", "Buyer: our customer number"),
    ("buyer_factor_code", "Buyer: number given by the factor"),
]
VALUE_KINDS = ("text", "number", "date")


class RecouvrementFactorColumn(models.Model):
    """A column of a factor's file: where it stands, how wide it is, what it shows."""

    _name = "recouvrement.factor.column"
    _description = "Column of a Factor's File"
    _order = "layout_id, record, sequence, id"

    layout_id = fields.Many2one(
        "recouvrement.factor.layout", required=True, index=True, ondelete="cascade"
    )
    active = fields.Boolean(default=True)
    record = fields.Selection(
        [("header", "Header"), ("line", "Document"), ("trailer", "Trailer")],
        string="Kind of Record",
        required=True,
        default="line",
        help="The header stands once at the top, the trailer once at the end.",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    start = fields.Integer(
        compute="_compute_start",
        help="Position of its first character in the record, from 1.",
    )
    width = fields.Integer(required=True, default=1)
    kind = fields.Selection(
        [
            ("text", "Text"),
            ("number", "Number"),
            ("date", "Date"),
            ("constant", "Fixed text"),
            ("filler", "Blanks"),
        ],
        required=True,
        default="text",
        help="Texts are on the left, filled with blanks; numbers on the right, filled "
        "with zeros and without a decimal point.",
    )
    content = fields.Selection(CONTENTS)
    constant = fields.Char(string="Fixed Text")
    format = fields.Char(
        string="Date Format", help="The parts dd, mm and yyyy (or yy) in any order."
    )
    decimals = fields.Integer(help="Of a number: 2 for an amount in cents.")
    codes = fields.Char(
        help="How the factor writes the values, e.g. FAC=F, AVO=A. Empty: as they are."
    )
    truncate = fields.Boolean(
        string="May Be Cut",
        help="A text that is too long is cut: for names and comments only. Elsewhere "
        "the file is refused, since a number that is cut is another number.",
    )
    required = fields.Selection(
        [("no", "No"), ("D", "Domestic market"), ("always", "Always")],
        required=True,
        default="no",
        help="The file is refused while a document has no such value.",
    )

    _width_positive = models.Constraint(
        "CHECK(width > 0)", "A column has at least one character."
    )
    _decimals_positive = models.Constraint(
        "CHECK(decimals BETWEEN 0 AND 6)", "A number has at most six decimals."
    )

    @api.depends(
        "layout_id.separator",
        "layout_id.column_ids.record",
        "layout_id.column_ids.sequence",
        "layout_id.column_ids.width",
    )
    def _compute_start(self):
        starts = {}
        for layout in self.layout_id:
            style = layout._get_style()
            for columns in layout._get_columns().values():
                starts |= dict(zip(columns, style.starts(columns), strict=True))
        for column in self:
            column.start = starts.get(column, 0)  # 0: archived

    @api.constrains("kind", "content", "constant", "format", "codes")
    def _check_values(self):
        for column in self:
            message = column._get_problem()
            if message:
                raise ValidationError(
                    self.env._("%(column)s: %(problem)s", column=column.name,
                               problem=message)
                )  # fmt: skip

    def _get_problem(self):
        """Return what cannot be understood in a column, else nothing."""
        self.ensure_one()
        if self.kind in VALUE_KINDS and not self.content:
            return self.env._("choose its content.")
        if self.kind == "constant" and not self.constant:
            return self.env._("enter its fixed text.")
        if self.kind == "date":
            rest = self.format or ""
            for part in DATE_PARTS:
                rest = rest.replace(part, "", 1)
            if not self.format or any(char.isalpha() for char in rest):
                return self.env._("write the format of its date as ddmmyyyy.")
        if self.codes and not all("=" in code for code in self.codes.split(",")):
            return self.env._("write its codes as FAC=F, AVO=A.")
        return ""

    def _to_column(self):
        """Return the column as `tools.fixed_width` takes it."""
        self.ensure_one()
        pairs = (code.split("=", 1) for code in (self.codes or "").split(",") if code)
        return Column(
            name=self.name,
            width=self.width,
            kind=self.kind,
            content=self.content or "",
            constant=self.constant or "",
            format=self.format or "",
            decimals=self.decimals,
            codes={key.strip(): value.strip() for key, value in pairs},
            truncate=self.truncate,
            required=self.required,
        )

    # --- corrections outlive upgrades of the module ---

    @api.model_create_multi
    def create(self, vals_list):
        columns = super().create(vals_list)
        columns.layout_id._keep_from_upgrades()
        return columns

    def write(self, vals):
        self.layout_id._keep_from_upgrades()
        result = super().write(vals)
        self.layout_id._keep_from_upgrades()
        return result

    def unlink(self):
        self.layout_id._keep_from_upgrades()
        return super().unlink()

    def _load_records_create(self, vals_list):
        # EXTENDS base: a column that a person took away does not come back
        if self.env.context.get("install_mode"):
            layouts = self.env["recouvrement.factor.layout"]
            for vals in vals_list:
                if layouts.browse(vals.get("layout_id")).is_corrected:
                    vals["active"] = False
        return super()._load_records_create(vals_list)

    def _load_records_write(self, values):
        # EXTENDS base
        if self.env.context.get("install_mode"):
            if self.layout_id.is_corrected:
                return None
            values = values | {"active": True}
        return super()._load_records_write(values)
