from odoo import api, models

from ..tools.workbook import Column, Sheets


class RecouvrementXlsx(models.AbstractModel):
    _inherit = "recouvrement.xlsx"

    @api.model
    def assignment(self, assignment):
        """Return the documents of a remittance as XLSX."""
        sheets = Sheets()
        _ = self.env._
        layout = self.env["recouvrement.layout"]
        factor = assignment.factor_id
        number = factor.contract_number
        subtitle = [
            assignment.company_id.name,
            factor.partner_id.name,
            number and _("contract %(number)s", number=number),
            layout._format_date(assignment.date),
            assignment.currency_id.name,
            _("%(count)s documents", count=assignment.line_count),
        ]
        sheets.add(
            assignment.name,
            _("Remittance %(name)s", name=assignment.name),
            " · ".join(filter(None, subtitle)),
            self._get_assignment_columns(),
            [
                self._get_assignment_row(document)
                for document in assignment._get_file_documents()
            ],
            _("Total"),
            assignment.currency_id.decimal_places,
        )
        return sheets.close()

    def _get_assignment_columns(self):
        """Return the columns of a remittance; extend it with `_get_assignment_row`."""
        _ = self.env._
        return [
            Column(_("Document"), width=20),
            Column(_("Type"), width=12),
            Column(_("Date"), "date", 12),
            Column(_("Due date"), "date", 12),
            Column(_("Customer"), width=34),
            Column(_("SIREN"), width=12),
            Column(_("SIRET"), width=17),
            Column(_("VAT number"), width=16),
            Column(_("Postcode"), width=10),
            Column(_("City"), width=20),
            Column(_("Country"), width=9),
            Column(_("Our customer number"), width=14),
            Column(_("Factor's code"), width=14),
            Column(_("Order"), width=16),
            Column(_("Customer's reference"), width=20),
            Column(_("Credited invoice"), width=20),
            Column(_("Amount"), "money", 16),
        ]

    def _get_assignment_row(self, document):
        """Return one row: what the files say of a document."""
        _ = self.env._
        is_credit = document["document_type"] == "AVO"
        return [
            document["document"],
            _("Credit note") if is_credit else _("Invoice"),
            document["document_date"],
            document["date_due"],
            document["buyer_name"],
            document["buyer_siren"],
            document["buyer_siret"],
            document["buyer_vat"],
            document["buyer_zip"],
            document["buyer_city"],
            document["buyer_country"],
            document["buyer_code"],
            document["buyer_factor_code"],
            document["order_reference"],
            document["reference"],
            document["credited_document"],
            float(document["amount_signed"]),
        ]
