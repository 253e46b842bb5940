import csv
import io
import re
import zipfile
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_repr

from ..const import FRENCH_COUNTRIES

# The columns of the CSV file, in their order: readme/USAGE.md says what they hold.
CSV_COLUMNS = (
    "contract_number",
    "client_code",
    "remittance",
    "remittance_date",
    "document_type",
    "document",
    "document_date",
    "date_due",
    "currency",
    "amount_signed",
    "buyer_siren",
    "buyer_siret",
    "buyer_vat",
    "buyer_name",
    "buyer_street",
    "buyer_zip",
    "buyer_city",
    "buyer_country",
    "buyer_factor_code",
    "buyer_code",
    "payment_method",
    "order_reference",
    "reference",
    "credited_document",
    "market",
    "count",
    "total",
)

# What says what a signed file is: all of it but who may see it.
SIGNED_FIELDS = {
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "name",
    "description",
    "mimetype",
    "type",
    "url",
    "res_model",
    "res_id",
}


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    layout_id = fields.Many2one(
        "recouvrement.factor.layout",
        string="File for the Factor",
        ondelete="restrict",
        help="Made when a remittance is signed, beside the CSV file and the workbook.",
    )
    has_sender = fields.Boolean(related="layout_id.has_sender")
    sender_code = fields.Char(
        help="Who sends the files, as the factor names it, where that is not the "
        "client code."
    )
    export_sender_code = fields.Char(
        help="Sender code of the files of export; empty: the same."
    )

    def _get_layout(self):
        """Return the layout of the factor's file.

        :raise UserError: when the contract has none
        """
        self.ensure_one()
        if not self.layout_id:
            raise UserError(
                self.env._(
                    "Choose the layout of the factor's file on the contract "
                    "%(contract)s, or take the CSV file.",
                    contract=self.name,
                )
            )
        return self.layout_id


class RecouvrementAssignment(models.Model):
    """The files of a remittance: for the factor, for any system, for a person.

    They are kept as they were when the remittance was signed.
    """

    _inherit = "recouvrement.assignment"

    layout_id = fields.Many2one(related="factor_id.layout_id")
    is_notified = fields.Boolean(related="factor_id.notified")
    file_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        readonly=True,
        copy=False,
        help="What was made when the remittance was signed.",
    )

    def action_download_file(self):
        """Download the files of the factor's layout: several are one ZIP."""
        self.ensure_one()
        files = self._get_files("layout")
        if len(files) == 1:
            return self.env["recouvrement.download"]._action_open(*files[0])
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files:
                archive.writestr(name, data)
        name = self._get_file_name(".zip")
        return self.env["recouvrement.download"]._action_open(name, content.getvalue())

    def action_download_csv(self):
        """Download the documents as CSV."""
        self.ensure_one()
        files = self._get_files("csv")
        return self.env["recouvrement.download"]._action_open(*files[0])

    def action_download_xlsx(self):
        """Download the documents as a workbook."""
        self.ensure_one()
        files = self._get_files("xlsx")
        return self.env["recouvrement.download"]._action_open(*files[0])

    def action_print(self):
        """Download the receipt of the subrogation, or the Dailly form."""
        self.ensure_one()
        files = self._get_files("receipt")
        return self.env["recouvrement.download"]._action_open(*files[0])

    # --- as they were signed ---

    def _prepare_documents(self):
        # EXTENDS recouvrement.assignment
        result = super()._prepare_documents()
        for assignment in self:
            kinds = ["receipt", "csv", "xlsx"]
            if assignment.factor_id.layout_id:
                kinds.append("layout")
            files = self.env["ir.attachment"].create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "description": kind,
                        "res_model": assignment._name,
                        "res_id": assignment.id,
                    }
                    for kind in kinds
                    for name, content in assignment._make_files(kind)
                ]
            )
            assignment.file_ids = [Command.set(files.ids)]
        return result

    def _get_files(self, kind):
        """Return ``[(name, bytes)]``: as they were signed, else as they would be."""
        self.ensure_one()
        kept = self.file_ids.filtered(lambda file: file.description == kind)
        if kept:
            return [(file.name, file.raw) for file in kept.sorted("id")]
        return self._make_files(kind)

    def _make_files(self, kind):
        """Return ``[(name, bytes)]`` of a kind; extend it to add one."""
        self.ensure_one()
        if kind == "receipt":
            return [(self._get_file_name(".pdf"), self._render_receipt())]
        if kind == "csv":
            return [(self._get_file_name(".csv"), self._make_csv())]
        if kind == "xlsx":
            content = self.env["recouvrement.xlsx"].assignment(self)
            return [(self._get_file_name(".xlsx"), content)]
        return self._make_layout_files()

    def _get_file_name(self, extension):
        self.ensure_one()
        return re.sub(r"[^\w.-]+", "-", self.name) + extension

    def _render_receipt(self):
        """Return the receipt or the Dailly form as a PDF."""
        self.ensure_one()
        values = self.env["recouvrement.assignment.page"]._get_values(self)
        return self.env["recouvrement.document"]._render_all({0: values})[0]

    # --- the factor's own file ---

    def _make_layout_files(self):
        """Return ``[(name, bytes)]``: one file, or one a market.

        :raise UserError: when the contract has no layout, or something does not fit
        """
        self.ensure_one()
        layout = self.factor_id._get_layout()
        documents = self._get_file_documents()
        groups = {False: documents}
        if layout.is_split:
            groups = {}
            for document in documents:
                groups.setdefault(document["market"], []).append(document)
        return [
            layout._make_file(self._prepare_file_values(group, market), group)
            for market, group in sorted(groups.items())
        ]

    def _make_csv(self):
        """Return the documents as CSV: UTF-8 with its mark, semicolons, decimal commas.

        Amounts of credit notes are negative; each row tells how many rows there are and
        what they add up to, so that a file that lacks some shows it.
        """
        self.ensure_one()
        documents = self._get_file_documents()
        values = self._prepare_file_values(documents)
        output = io.StringIO(newline="")
        writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
        writer.writerow(CSV_COLUMNS)
        for document in documents:
            row = values | document
            writer.writerow([self._write_csv_value(row[name]) for name in CSV_COLUMNS])
        return output.getvalue().encode("utf-8-sig")

    @api.model
    def _write_csv_value(self, value):
        if isinstance(value, Decimal):
            return str(value).replace(".", ",")
        return "" if value in (None, False) else str(value)

    # --- what the files say ---

    def _get_file_documents(self):
        """Return what the files say of each document, in the order of the receipt."""
        self.ensure_one()
        customers = self.factor_id.customer_ids
        codes = {each.partner_id: each.reference for each in customers}
        return [
            line._prepare_file_values(codes.get(line.partner_id))
            for line in self._get_documents()
        ]

    def _get_documents(self):
        """Return the lines as receipts and files list them."""
        return self.line_ids.sorted(
            lambda line: (line.move_id.invoice_date, line.move_id.name or "", line.id)
        )

    def _prepare_file_values(self, documents, market=False):
        """Return what a file says of the remittance: see `recouvrement.factor.column`.

        :param documents: `_prepare_file_values` of the lines that it holds
        :param market: D or E when all the documents are of one market
        """
        self.ensure_one()
        factor, company = self.factor_id, self.company_id
        sums = dict.fromkeys(("FAC", "AVO"), Decimal())
        for document in documents:
            sums[document["document_type"]] += document["amount"]
        sender = factor.sender_code
        if market == "E":
            sender = factor.export_sender_code or sender
        return {
            "client_code": factor.client_code,
            "contract_number": factor.contract_number,
            "sender_code": sender,
            "remittance": self.name,
            "remittance_date": self.date,
            "statement_date": self.date,
            "file_date": fields.Date.context_today(self),
            "file_number": self._get_file_number(),
            "currency": self.currency_id.name,
            "market": market or "D",
            "seller_name": company.name,
            **_get_numbers("seller", company.partner_id),
            "count": len(documents),
            "total": sums["FAC"] - sums["AVO"],
            "total_invoices": sums["FAC"],
            "total_credit_notes": sums["AVO"],
        }

    def _get_file_number(self):
        """Return the number of the file: the last digits of the remittance's own."""
        self.ensure_one()
        digits = re.findall(r"\d+", self.name)
        return int(digits[-1]) % 1000 if digits else self.id % 1000


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        # EXTENDS base: what was signed stays as it was signed
        if SIGNED_FIELDS & vals.keys() and not self.env.su:
            self._check_not_signed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        """What was signed says what the factor was assigned: it is kept."""
        self._check_not_signed()

    def _check_not_signed(self):
        """Refuse to touch a file that was signed, or that goes with what was."""
        # sudo: whether a file was signed does not depend on who deletes it
        remittances = self.env["recouvrement.assignment"].sudo()
        signed = Domain("state", "not in", ("draft", "confirmed", "cancelled"))
        kept = signed & Domain("file_ids", "in", self.ids)
        if self.ids and remittances.search_count(kept, limit=1):
            raise UserError(
                self.env._("This file was signed, or goes with what was: it is kept.")
            )


class RecouvrementAssignmentLine(models.Model):
    _inherit = "recouvrement.assignment.line"

    def _prepare_file_values(self, factor_code):
        """Return what every file says of a document: see `recouvrement.factor.column`.

        Amounts are decimals, exact to the cent; extend it to add a value.

        :param factor_code: how the factor names the buyer
        """
        self.ensure_one()
        move, partner = self.move_id, self.partner_id
        is_credit = move.move_type == "out_refund"
        amount = Decimal(float_repr(self.amount, self.currency_id.decimal_places))
        street = " ".join(filter(None, [partner.street, partner.street2]))
        return {
            "document_type": "AVO" if is_credit else "FAC",
            "document": move.name,
            "document_date": move.invoice_date,
            "date_due": self.date_due,
            "amount": abs(amount),
            "amount_signed": amount,
            "payment_method": self._get_payment_method(),
            "order_reference": move.invoice_origin,
            "reference": move.ref,
            "credited_document": is_credit and move.reversed_entry_id.name,
            "buyer_name": partner.name,
            **_get_numbers("buyer", partner),
            "buyer_street": street,
            "buyer_zip": partner.zip,
            "buyer_city": partner.city,
            "buyer_country": partner.country_id.code,
            "buyer_code": partner.ref,
            "buyer_factor_code": factor_code,
            "market": self._get_market(),
        }

    def _get_market(self):
        """Return D for a buyer in France (or whose country is not known), else E."""
        code = self.partner_id.country_id.code
        return "D" if code in (False, *FRENCH_COUNTRIES) else "E"

    def _get_payment_method(self):
        """Return how the document is paid: VIR, a transfer; AVO, not at all.

        Extend it for direct debits and bills, with codes in the layouts.
        """
        return "AVO" if self.move_id.move_type == "out_refund" else "VIR"


def _get_numbers(prefix, partner):
    """Return how files name a company: SIREN, SIRET and VAT number.

    The company ID is a SIRET or a SIREN, in France only.
    """
    digits = re.sub(r"\s", "", partner.company_registry or "")
    if not digits.isdigit() or partner.country_id.code not in (
        False,
        *FRENCH_COUNTRIES,
    ):
        digits = ""
    return {
        f"{prefix}_siren": digits[:9] if len(digits) in (9, 14) else "",
        f"{prefix}_siret": digits if len(digits) == 14 else "",
        f"{prefix}_vat": re.sub(r"\s", "", partner.vat or ""),
    }
