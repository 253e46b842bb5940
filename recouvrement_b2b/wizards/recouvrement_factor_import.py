import base64

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

from ..tools.factor_statement import Options, read_header, read_statement
from ..tools.receivables_columns import place_columns
from .recouvrement_factor_import_column import FIELD_LABELS

SHOWN_ERRORS = 20
SHOWN_ROWS = 6
CURRENCY_SIGNS = {"€": "EUR", "£": "GBP"}


class RecouvrementFactorImport(models.TransientModel):
    """Import a factor's statement: choose the file, say what is what, check it."""

    _name = "recouvrement.factor.import"
    _description = "Import of a Factor's Statement"
    _inherit = [
        "recouvrement.dialog",
        "recouvrement.columns",
        "recouvrement.factor.format",
    ]

    state = fields.Selection(
        [("file", "File"), ("checked", "Check")], default="file", readonly=True
    )
    factor_id = fields.Many2one(
        "recouvrement.factor",
        string="Contract",
        required=True,
        default=lambda self: self._default_factor(),
    )
    mapping_id = fields.Many2one(
        "recouvrement.factor.mapping",
        string="Written as",
        compute="_compute_mapping_id",
        store=True,
        readonly=False,
        domain="[('factor_id', '=', factor_id)]",
        help="The columns and codes of a statement that was imported before.",
    )
    mapping_name = fields.Char(
        string="Remember as", help="The next statement is read in the same way."
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    skip_bad_rows = fields.Boolean(
        string="Leave out the Rows with Errors",
        help="Totals under the table, for instance. Otherwise nothing is imported as "
        "long as one row has an error.",
    )
    column_ids = fields.One2many("recouvrement.factor.import.column", "import_id")
    code_ids = fields.One2many("recouvrement.factor.import.code", "import_id")
    problem = fields.Text(readonly=True)
    error_count = fields.Integer(readonly=True)
    row_count = fields.Integer(readonly=True)
    preview = fields.Html(readonly=True, sanitize=False)

    @api.model
    def _default_factor(self):
        """Return the contract, when there is only one."""
        factors = self.env["recouvrement.factor"].search(
            Domain("company_id", "=", self.env.company.id), limit=2
        )
        return factors if len(factors) == 1 else factors.browse()

    @api.depends("factor_id")
    def _compute_mapping_id(self):
        mappings = self.env["recouvrement.factor.mapping"].search(
            Domain("factor_id", "in", self.factor_id.ids)
        )
        by_factor = mappings.grouped("factor_id")
        for wizard in self:
            wizard.mapping_id = by_factor.get(wizard.factor_id, mappings.browse())[:1]

    # --- steps ---

    def action_check(self):
        """Read the file and show what was found, without keeping anything."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file."))
        self.env["recouvrement.factor.statement"]._check_file(
            self.factor_id.id,
            self.env["recouvrement.factor.statement"]._get_checksum(self.file),
        )
        if self.state == "file":
            self._propose()
        self.state = "checked"
        try:
            reading = self._read()
        except UserError as error:
            self.write({"problem": str(error), "preview": False, "row_count": 0})
        else:
            self._show(reading)
        return self._action_reopen()

    def action_back(self):
        """Choose another file."""
        self.write(
            {
                "state": "file",
                "problem": False,
                "column_ids": [Command.clear()],
                "code_ids": [Command.clear()],
            }
        )
        return self._action_reopen()

    def action_import(self):
        """Keep the statement and how it is written, and match its rows."""
        self.ensure_one()
        self.factor_id.check_access("write")
        reading = self._read()
        self._show(reading)
        if not reading.rows or (reading.problems and not self.skip_bad_rows):
            return self._action_reopen()
        mapping = self._save_mapping()
        statements = self.env["recouvrement.factor.statement"]
        statements.check_access("create")
        # sudo: rows are written by the import alone; the right to was checked
        values = self._prepare_statement(reading, mapping)
        statement = statements.sudo().create(values).sudo(False)
        statement.line_ids._match()
        return {
            "type": "ir.actions.act_window",
            "res_model": statement._name,
            "res_id": statement.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _action_reopen(self):
        return self._open_dialog(self.env._("Import a Factor's Statement"))

    # --- reading ---

    def _call(self, function, mapping):
        """Read the file; what cannot be read is told to the user."""
        options = Options(
            encoding=self.encoding or "",
            delimiter=self.delimiter or "",
            header_row=self.header_row,
            date_style=self.date_style or "",
            decimal=self.decimal or "",
            mapping=mapping,
        )
        service = self.env["recouvrement.portfolio"]
        return service._call_reader(function, base64.b64decode(self.file), options)

    def _read(self):
        return self._call(read_statement, self._get_mapping())

    def _propose(self):
        """List the columns, each as it was read the last time or as it seems to be."""
        mapping = self.mapping_id
        if mapping:
            self.write(mapping._get_format())
        reading = self._call(read_header, {})
        columns = {header: name for name, header in reading.columns.items()}
        if mapping:
            told = mapping._get_columns()
            self.env["recouvrement.portfolio"]._call_reader(
                place_columns, reading.header, told
            )
            columns = {header: name for name, header in told.items()}
        self.write(
            {
                "header_row": reading.header_row,
                "delimiter": reading.delimiter,
                "mapping_name": mapping.name or self.factor_id.partner_id.name,
                "column_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "header": header,
                                "sample": sample[:80],
                                "field": columns.get(header),
                            }
                        )
                        for header, sample in zip(
                            reading.header, reading.samples, strict=True
                        )
                        if header
                    ),
                ],
                "code_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "code": code,
                                "kind": known.kind,
                                "negative": known.negative,
                            }
                        )
                        for code, known in mapping._get_codes().items()
                    ),
                ],
            }
        )

    # --- what is shown ---

    def _show(self, reading):
        """Show the first rows, the codes that there are and the errors."""
        self._list_codes(reading.rows)
        errors = self.env["recouvrement.portfolio"]._describe(reading.problems, reading)
        shown = [
            self.env._(
                "Row %(row)s, column “%(column)s”: %(error)s",
                row=row,
                column=column,
                error=error,
            )
            if column
            else self.env._("Row %(row)s: %(error)s", row=row, error=error)
            for row, column, error in errors[:SHOWN_ERRORS]
        ]
        if len(errors) > len(shown):
            shown.append(
                self.env._("… and %(count)s more.", count=len(errors) - len(shown))
            )
        self.write(
            {
                "date_style": reading.date_style,
                "decimal": reading.decimal,
                "problem": "\n".join(shown),
                "error_count": len(errors),
                "row_count": len(reading.rows),
                "preview": self._get_preview(reading.rows[:SHOWN_ROWS]),
            }
        )

    def _list_codes(self, rows):
        """List the codes of the file; what they stand for is for a person to say."""
        sums, examples = {}, {}
        for row in rows:
            code = row.texts["code"]
            count, total = sums.get(code, (0, 0.0))
            sums[code] = count + 1, total + float(row.amount)
            examples.setdefault(code, row.texts["reference"] or row.texts["number"])
        known = {each.code or "": each for each in self.code_ids}
        for code, each in known.items():
            count, total = sums.get(code, (0, 0.0))
            each.write({"count": count, "total": total, "example": examples.get(code)})
        self.code_ids = [
            Command.create(
                {
                    "code": code,
                    "count": count,
                    "total": total,
                    "example": examples[code],
                    "negative": total < 0,
                }
            )
            for code, (count, total) in sums.items()
            if code not in known
        ]

    def _get_preview(self, rows):
        """Return the first rows as a table."""
        names = ("date", "code", "number", "reference", "amount", "tax")
        head = Markup().join(
            Markup("<th>{}</th>").format(
                self.env._(FIELD_LABELS[name])  # pylint: disable=gettext-variable
            )
            for name in names
        )
        body = Markup().join(
            Markup("<tr>{}</tr>").format(
                Markup().join(
                    Markup("<td class='text-nowrap'>{}</td>").format(cell)
                    for cell in (
                        format_date(self.env, row.date),
                        row.texts["code"],
                        row.texts["number"],
                        row.texts["reference"],
                        formatLang(self.env, float(row.amount)),
                        "" if row.tax is None else formatLang(self.env, float(row.tax)),
                    )
                )
            )
            for row in rows
        )
        return Markup(
            "<div class='table-responsive'><table class='table table-sm'><thead><tr>{}"
            "</tr></thead><tbody>{}</tbody></table></div>"
        ).format(head, body)

    # --- what is kept ---

    def _save_mapping(self):
        """Keep how the file is written, and return it."""
        columns = self._get_mapping()
        values = {
            **self._get_format(),
            "name": self.mapping_name or self.factor_id.partner_id.name,
            **{f"column_{name}": header for name, header in columns.items()},
        }
        mapping = self.mapping_id
        if mapping:
            mapping.write(values)
        else:
            mapping = mapping.create({**values, "factor_id": self.factor_id.id})
        known = mapping._get_codes()
        for each in self.code_ids:
            code = {"kind": each.kind, "negative": each.negative}
            if (each.code or "") in known:
                known[each.code or ""].write(code)
            elif each.kind:
                mapping.code_ids = [Command.create({**code, "code": each.code})]
        return mapping

    def _prepare_statement(self, reading, mapping):
        """Return the values of the statement that a file is."""
        currencies = {
            each.name: each.id for each in self.env["res.currency"].search([])
        }
        return {
            "name": self.filename or self.env._("Statement"),
            "factor_id": self.factor_id.id,
            "mapping_id": mapping.id,
            "file": self.file,
            "date": max(row.date for row in reading.rows),
            "line_ids": [
                Command.create(self._prepare_row(row, currencies))
                for row in reading.rows
            ],
        }

    def _prepare_row(self, row, currencies):
        """Return the values of a row, as the factor wrote it."""
        texts = row.texts
        name = CURRENCY_SIGNS.get(texts["currency"], texts["currency"].upper())
        return {
            "row": row.number,
            "raw": "\n".join(f"{header}: {cell}" for header, cell in row.cells),
            "code": texts["code"],
            "date": row.date,
            "number": texts["number"],
            "remittance": texts["remittance"],
            "currency_name": name,
            "currency_id": currencies.get(name) if name else self.currency_id.id,
            "written": float(row.amount),
            "written_tax": float(row.tax or 0),
            "has_tax": row.tax is not None,
            "reference": texts["reference"],
        }
