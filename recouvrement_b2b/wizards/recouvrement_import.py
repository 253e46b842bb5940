import base64
import csv
import io

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.receivables_columns import FIELDS
from ..tools.receivables_csv import Options, read_columns
from ..tools.receivables_messages import FIELD_LABELS

SHOWN_ERRORS = 50
# A request to the server may not last longer; the command has no such limit.
MAX_ROWS = 1000


class RecouvrementImport(models.TransientModel):
    """Import a file of receivables: choose it, check it, import it.

    The work is done by ``recouvrement.portfolio``, as for the command of that name.
    """

    _name = "recouvrement.import"
    _description = "Import of Receivables"
    _inherit = [
        "recouvrement.dialog",
        "recouvrement.columns",
        "recouvrement.file.format",
    ]

    state = fields.Selection(
        [("file", "File"), ("checked", "Check"), ("done", "Done")],
        default="file",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    shift_dates = fields.Boolean(
        help="Move all the dates so that the last invoice is of today: to try an old "
        "file. What would be paid after today is open."
    )
    skip_bad_rows = fields.Boolean(
        string="Leave out the Rows with Errors",
        help="Otherwise nothing is imported as long as one row has an error.",
    )
    column_ids = fields.One2many("recouvrement.import.column", "import_id")
    error_ids = fields.One2many("recouvrement.import.error", "import_id", readonly=True)
    error_count = fields.Integer(readonly=True)
    error_file = fields.Binary("All the Errors", readonly=True, attachment=False)
    error_filename = fields.Char(default="errors.csv", readonly=True)
    problem = fields.Text(readonly=True)
    summary = fields.Text(readonly=True)
    row_count = fields.Integer(readonly=True)

    def action_check(self):
        """Read the file and show what was found, without importing anything."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file."))
        if self.state == "file":
            self._find_columns()
        try:
            report = self._import(dry_run=True)
        except UserError as error:
            self.write({"state": "checked", "problem": str(error), "summary": False})
            self._show_errors([])
        else:
            self.write({"state": "checked", "problem": False})
            self._show(report)
        return self._action_reopen()

    def action_import(self):
        """Import the file, or show why nothing was."""
        self.ensure_one()
        if self.row_count > MAX_ROWS:
            raise UserError(
                self.env._(
                    "A file of more than %(rows)s rows takes too long here: cut it, or"
                    " use the command “odoo recouvrement_import -d %(database)s FILE”.",
                    rows=MAX_ROWS,
                    database=self.env.cr.dbname,
                )
            )
        report = self._import(dry_run=False)
        self._show(report)
        if report.written:
            self.state = "done"
        return self._action_reopen()

    def action_back(self):
        """Choose another file."""
        self.write({"state": "file", "column_ids": [Command.clear()]})
        return self._action_reopen()

    def action_open_invoices(self):
        """Open the invoices that were imported."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [
            ("imported_number", "!=", False),
            ("company_id", "=", self.company_id.id),
        ]
        return action

    def _find_columns(self):
        """List the columns of the file, each with the field that it seems to be."""
        service = self.env["recouvrement.portfolio"]
        columns = service._call_reader(
            read_columns, base64.b64decode(self.file), self._get_options({})
        )
        self.column_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"header": header, "sample": sample[:80], "field": field}
                )
                for header, sample, field in columns
                if header
            ),
        ]

    def _get_options(self, mapping):
        return Options(
            today=fields.Date.context_today(self),
            encoding=self.encoding or "",
            delimiter=self.delimiter or "",
            date_style=self.date_style or "",
            decimal=self.decimal or "",
            mapping=mapping,
            shift_dates=self.shift_dates,
        )

    def _import(self, dry_run):
        return self.env["recouvrement.portfolio"]._import_receivables(
            base64.b64decode(self.file),
            self._get_options(self._get_mapping()),
            company=self.company_id,
            skip_bad_rows=self.skip_bad_rows,
            dry_run=dry_run,
        )

    def _show(self, report):
        service = self.env["recouvrement.portfolio"]
        self.row_count = report.reading.row_count
        self.summary = "\n".join(service._get_summary(report))
        self._show_errors(report.errors)

    def _show_errors(self, errors):
        """Show the first errors, and all of them as a file."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows([("row", "column", "error"), *errors])
        self.write(
            {
                "error_count": len(errors),
                "error_file": base64.b64encode(text.getvalue().encode("utf-8-sig")),
                "error_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {"row": row, "column": column, "message": message}
                        )
                        for row, column, message in errors[:SHOWN_ERRORS]
                    ),
                ],
            }
        )

    def _action_reopen(self):
        return self._open_dialog(self.env._("Import Receivables"))


class RecouvrementImportColumn(models.TransientModel):
    """A column of the file, and the field that it is."""

    _name = "recouvrement.import.column"
    _description = "Column of an Import"
    _inherit = ["recouvrement.column"]

    import_id = fields.Many2one(
        "recouvrement.import", required=True, ondelete="cascade", index=True
    )

    @api.model
    def _get_labels(self):
        return {name: FIELD_LABELS[name] for name in FIELDS}


class RecouvrementImportError(models.TransientModel):
    """Why a row is refused."""

    _name = "recouvrement.import.error"
    _description = "Error of an Import"

    import_id = fields.Many2one(
        "recouvrement.import", required=True, ondelete="cascade", index=True
    )
    row = fields.Integer(readonly=True)
    column = fields.Char(readonly=True)
    message = fields.Char(readonly=True)
