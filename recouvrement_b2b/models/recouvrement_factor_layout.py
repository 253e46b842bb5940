import re
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ..tools.fixed_width import Style, read_record, write_date, write_record

_lt = LazyTranslate(__name__)

LINE_ENDINGS = {"crlf": "\r\n", "lf": "\n"}
PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")  # {file_date:yyyymmdd}
FILE_VALUES = {
    "client_code",
    "contract_number",
    "sender_code",
    "remittance",
    "remittance_date",
    "file_date",
    "file_number",
    "market",
    "currency",
}
SHOWN_PROBLEMS = 20
# What is told of a value that does not fit (tools.fixed_width), by code.
PROBLEMS = {
    "missing": _lt("%(column)s is missing."),
    "too_long": _lt(
        "%(column)s: “%(value)s” is longer than the %(width)s characters of the column."
    ),
    "characters": _lt(
        "%(column)s: “%(value)s” has characters that the file cannot hold: "
        "%(characters)s"
    ),
    "separator": _lt(
        "%(column)s: “%(value)s” holds the separator of columns, %(separator)s"
    ),
    "no_code": _lt("%(column)s: the layout has no code for “%(value)s”."),
    "not_number": _lt("%(column)s: “%(value)s” is not a number."),
    "decimals": _lt("%(column)s: %(value)s has more than %(decimals)s decimals."),
    "negative": _lt("%(column)s: %(value)s is negative."),
}
# Where what is missing is entered.
HINTS = {
    "client_code": _lt("Enter the client code on the contract."),
    "contract_number": _lt("Enter the contract number on the contract."),
    "sender_code": _lt("Enter the sender code on the contract."),
    "seller_siret": _lt("Enter the SIRET (14 digits) as company ID of your company."),
    "buyer_siret": _lt("Enter the SIRET (14 digits) as company ID of the customer."),
    "buyer_siren": _lt("Enter the SIREN or SIRET as company ID of the customer."),
    "buyer_vat": _lt("Enter the tax ID of the customer."),
    "buyer_code": _lt("Enter the reference of the customer."),
    "buyer_factor_code": _lt(
        "Enter the number that the factor gave to the customer, among the customers "
        "of the contract."
    ),
    "total": _lt(
        "Credit notes exceed invoices: take some out, or ask the factor how it writes "
        "a negative balance."
    ),
}


class RecouvrementFactorLayout(models.Model):
    """The layout of a factor's file: records of fixed width, column by column.

    A table that a user can correct, since factors hand their specification to their
    clients only: the shipped layouts were written from what is public.
    """

    _name = "recouvrement.factor.layout"
    _description = "Layout of a Factor's File"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name, for imports.")
    active = fields.Boolean(default=True)
    note = fields.Text(
        string="Remarks", translate=True, help="Where the layout comes from."
    )
    column_ids = fields.One2many(
        "recouvrement.factor.column", "layout_id", string="Columns", copy=True
    )
    record_width = fields.Integer(
        string="Width of Records",
        help="Characters that each record has, by the factor's specification: the "
        "columns are checked against it.",
    )
    separator = fields.Char(
        size=1, help="Character between two columns; empty: none, as widths are fixed."
    )
    is_closed = fields.Boolean(
        string="Closed by a Separator",
        help="A separator follows the last column as well.",
    )
    line_ending = fields.Selection(
        [("crlf", "Windows (CR LF)"), ("lf", "Unix (LF)")],
        required=True,
        default="crlf",
    )
    encoding = fields.Selection(
        [
            ("ascii", "ASCII (no accents)"),
            ("cp1252", "Windows-1252"),
            ("iso8859-15", "ISO 8859-15"),
        ],
        required=True,
        default="ascii",
        help="Accents are taken off where they cannot be written; what cannot be "
        "written at all is refused.",
    )
    is_upper = fields.Boolean(string="Upper Case", default=True)
    is_plain = fields.Boolean(
        string="Letters and Digits Only",
        help="Other characters become blanks, in the numbers of documents as well.",
    )
    is_split = fields.Boolean(
        string="One File per Market",
        help="One file for domestic buyers, one for export.",
    )
    file_name = fields.Char(
        required=True,
        default="{remittance}_{file_date:yyyymmdd}.txt",
        help="With {client_code}, {contract_number}, {sender_code}, {remittance}, "
        "{remittance_date:ddmmyyyy}, {file_date:yyyymmdd}, {file_number}, {market} or "
        "{currency}.",
    )
    is_corrected = fields.Boolean(
        string="Corrected",
        copy=False,
        help="Somebody corrected this layout: upgrades leave it as it is. Untick to "
        "take the module's own again at the next upgrade.",
    )
    problem = fields.Char(compute="_compute_problem")
    has_sender = fields.Boolean(compute="_compute_has_sender")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Another layout has this code already."
    )

    @api.depends(
        "record_width",
        "separator",
        "is_closed",
        "column_ids.record",
        "column_ids.width",
        "column_ids.active",
    )
    def _compute_problem(self):
        for layout in self:
            layout.problem = layout._get_problem()

    @api.depends("column_ids.content")
    def _compute_has_sender(self):
        for layout in self:
            layout.has_sender = "sender_code" in layout.column_ids.mapped("content")

    def _get_problem(self):
        """Return why no file can be made with the layout, else nothing."""
        self.ensure_one()
        style = self._get_style()
        records = self._get_columns()
        if not records.get("line"):
            return self.env._("There is no column for documents.")
        names = dict(self.column_ids._fields["record"]._description_selection(self.env))
        for record, columns in records.items():
            width = style.width(columns)
            if self.record_width and width != self.record_width:
                return self.env._(
                    "%(record)s: the columns have %(width)s characters instead of "
                    "%(expected)s.",
                    record=names[record],
                    width=width,
                    expected=self.record_width,
                )
        return False

    @api.constrains("file_name")
    def _check_file_name(self):
        for layout in self:
            names = {name for name, _format in PLACEHOLDER.findall(layout.file_name)}
            rest = PLACEHOLDER.sub("", layout.file_name)
            if names - FILE_VALUES or "{" in rest or "}" in rest:
                raise ValidationError(
                    self.env._(
                        "The file name may hold %(names)s.",
                        names=", ".join(f"{{{name}}}" for name in sorted(FILE_VALUES)),
                    )
                )

    @api.model
    def _get_style_fields(self):
        return ("encoding", "separator", "is_closed", "is_upper", "is_plain")

    def _get_style(self):
        self.ensure_one()
        values = {name: self[name] for name in self._get_style_fields()}
        return Style(**values | {"separator": self.separator or ""})

    def _get_columns(self):
        """Return ``{record: columns}``, in their order."""
        self.ensure_one()
        return self.column_ids.sorted(
            lambda column: (column.record, column.sequence, column._origin.id or 0)
        ).grouped("record")

    def copy_data(self, default=None):
        return [
            vals | {"code": self.env._("%(code)s (copy)", code=layout.code)}
            for layout, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # --- the file ---

    def _make_file(self, values, documents):
        """Return the name and the bytes of a file.

        :param values: of the header and the trailer, ``{content: value}``; they count
            for each document as well
        :param documents: ``{content: value}`` of each, with ``document`` (its number),
            ``document_type`` (FAC or AVO) and ``amount`` (without sign)
        :raise UserError: telling every value that does not fit
        """
        self.ensure_one()
        if self.problem:
            raise UserError(
                self.env._(
                    "The layout %(layout)s is to be corrected. %(problem)s",
                    layout=self.name,
                    problem=self.problem,
                )
            )
        columns = {
            record: [column._to_column() for column in group]
            for record, group in self._get_columns().items()
        }
        records, problems = self._write_records(columns, values, documents)
        if problems:
            raise UserError(self._get_message(problems))
        self._check_totals(columns, records, values)
        ending = LINE_ENDINGS[self.line_ending]
        content = "".join(text + ending for _record, text in records)
        return self._get_file_name(values), content.encode(self.encoding)

    def _write_records(self, columns, values, documents):
        """Return ``[(record, text)]``, and what does not fit, as sentences."""
        rows = [("line", values | document) for document in documents]
        rows = [("header", values), *rows, ("trailer", values)]
        style = self._get_style()
        records, problems = [], []
        for record, row in rows:
            if record not in columns:
                continue
            row = row | {"sequence": len(records) + 1}
            text, errors = write_record(columns[record], row, style)
            records.append((record, text))
            problems += [self._get_sentence(record, row, each) for each in errors]
        return records, problems

    def _check_totals(self, columns, records, values):
        """Read the file again: it holds the documents and the total of the remittance.

        :raise UserError: when it does not, which a wrong layout explains
        """
        lines = [text for record, text in records if record == "line"]
        contents = [column.content for column in columns["line"]]
        if len(lines) != values["count"]:
            raise UserError(self.env._("The file does not hold all the documents."))
        if "amount" not in contents or "document_type" not in contents:
            return
        amount, kind = contents.index("amount"), contents.index("document_type")
        credit = columns["line"][kind].codes.get("AVO", "AVO")
        total = 0
        for text in lines:
            cells = read_record(columns["line"], text, self._get_style())
            sign = -1 if cells[kind].strip() == credit else 1
            total += sign * int(cells[amount])
        if total != values["total"].scaleb(columns["line"][amount].decimals):
            raise UserError(
                self.env._(
                    "The documents of the file add up to %(found)s instead of "
                    "%(total)s: check the columns of the layout.",
                    found=total,
                    total=values["total"],
                )
            )

    def _get_sentence(self, record, row, error):
        """Return what is told of a value that does not fit."""
        values = {"column": error.column.name} | error.values
        value = values.get("value")
        if isinstance(value, date):
            values["value"] = self.env["recouvrement.layout"]._format_date(value)
        text = self.env._(PROBLEMS[error.code])  # pylint: disable=gettext-variable
        parts = [text % values]
        hint = HINTS.get(error.column.content)
        if hint and error.code in ("missing", "not_number", "negative"):
            parts.append(self.env._(hint))  # pylint: disable=gettext-variable
        if record == "line":
            where = f"{row.get('document')} ({row.get('buyer_name')})"
        else:
            names = self.column_ids._fields["record"]._description_selection(self.env)
            where = dict(names)[record]
        return f"{where} · {' '.join(parts)}"

    def _get_message(self, problems):
        """Return the sentences that refuse a file; only the first of many."""
        shown = problems[:SHOWN_PROBLEMS]
        if len(problems) > len(shown):
            more = len(problems) - len(shown)
            shown = [*shown, self.env._("and %(count)s more.", count=more)]
        title = self.env._(
            "The file %(layout)s cannot be made: correct what follows.",
            layout=self.name,
        )
        return "\n".join([title, *shown])

    def _get_file_name(self, values):
        def replace(found):
            value = values.get(found[1]) or ""
            if isinstance(value, date):
                return write_date(value, found[2] or "yyyymmdd")
            return str(value)

        name = PLACEHOLDER.sub(replace, self.file_name)
        return re.sub(r"[^\w.-]+", "_", name, flags=re.ASCII)

    # --- corrections outlive upgrades of the module ---

    def write(self, vals):
        result = super().write(vals)
        if "is_corrected" not in vals:
            self._keep_from_upgrades()
        return result

    def _keep_from_upgrades(self):
        """Let an upgrade of the module leave what a person corrected."""
        if self.env.context.get("install_mode"):
            return
        changed = self.filtered(lambda layout: not layout.is_corrected)
        changed.write({"is_corrected": True})

    def _load_records_write(self, values):
        # EXTENDS base
        if self.env.context.get("install_mode") and self.is_corrected:
            return None
        return super()._load_records_write(values)
