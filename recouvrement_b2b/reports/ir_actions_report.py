import io

from odoo import models

LETTER = "recouvrement_b2b.letter_report"
STATEMENT = "recouvrement_b2b.statement_report"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        # EXTENDS base: letters and statements are made by recouvrement.document, so
        # that what is printed is what is sent
        name = self._get_report(report_ref).report_name
        if name not in (LETTER, STATEMENT) or not res_ids:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        return {
            res_id: {"stream": io.BytesIO(pdf), "attachment": None}
            for res_id, pdf in self._get_collection_pdfs(name, res_ids).items()
        }

    def _get_collection_pdfs(self, name, res_ids):
        """Return ``{record id: PDF}`` of letters or statements."""
        documents = self.env["recouvrement.document"]
        records = self._get_printed(name, res_ids)
        if name == LETTER:
            return documents._get_printed_letters(records)
        return documents._render_statements(records, self.env.company)

    def _get_printed(self, name, res_ids):
        """Return what is printed: actions, or the commercial entities of contacts."""
        if name == LETTER:
            return self.env["recouvrement.action"].browse(res_ids)
        return self.env["res.partner"].browse(res_ids).commercial_partner_id

    def _render_qweb_html(self, report_ref, docids, data=None):
        # EXTENDS base: the same pages, for who looks at them without a PDF
        name = self._get_report(report_ref).report_name
        if name not in (LETTER, STATEMENT):
            return super()._render_qweb_html(report_ref, docids, data)
        documents = self.env["recouvrement.document"]
        if name == LETTER:
            pages = documents._get_letter_pages(self._get_printed(name, docids))[0]
        else:
            pages = documents._get_statement_pages(
                self._get_printed(name, docids), self.env.company
            )
        return documents._preview(pages), "html"
