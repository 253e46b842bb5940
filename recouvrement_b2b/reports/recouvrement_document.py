import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger, split_every

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..const import FINISHED_STATES, PENALTIES_SHOWN
from ..tools import pdf

_logger = logging.getLogger(__name__)

INVOICE_BATCH = 50  # Odoo's invoices take wkhtmltopdf many times what our letters take


class RecouvrementDocument(models.AbstractModel):
    """The one place where the PDFs of letters and statements are made.

    A batch is one call of wkhtmltopdf. What cannot be made is returned as a failure of
    its own, and stops nobody else's document.
    """

    _name = "recouvrement.document"
    _description = "Collection Documents"

    # --- letters ---

    @api.model
    def _render_letters(self, actions):
        """Render the letter of each action (its statement, for a statement).

        :return: (``{action id: PDF}``, ``{action id: failure message}``)
        """
        pages, failures = self._get_letter_pages(actions)
        pdfs, not_rendered = self._render(pages)
        return pdfs, failures | not_rendered

    def _get_letter_pages(self, actions):
        """Return the values of each action's document, and the failures."""
        statements = actions.filtered(lambda action: action.kind == "statement")
        letter_page = self.env["recouvrement.letter.page"]
        pages, failures = letter_page._get_pages(actions - statements)
        pages |= self.env["recouvrement.statement.page"]._get_action_pages(statements)
        return pages, failures

    @api.model
    def _render_statements(self, partners, company, as_of=None):
        """Render the statements of account of customers, as of a date.

        :param partners: commercial entities
        :param as_of: date, today by default
        :return: ``{partner id: PDF}``, also of those who owe nothing
        :raise UserError: when one of them cannot be made
        """
        return self._render_all(self._get_statement_pages(partners, company, as_of))

    def _get_statement_pages(self, partners, company, as_of=None):
        """Return the values of each customer's statement."""
        as_of = as_of or fields.Date.context_today(self)
        return self.env["recouvrement.statement.page"]._get_pages(
            partners, company, as_of
        )

    @api.model
    def _render_penalties(self, partners, company, as_of, interest_first=False):
        """Render the statements of penalties of customers to a date.

        :param partners: commercial entities
        :return: ``{partner id: PDF}``, also of those who owe none
        :raise UserError: when one of them cannot be made
        """
        pages = self.env["recouvrement.penalty.page"]._get_pages(
            partners, company, as_of, interest_first
        )
        return self._render_all(pages)

    def _render_all(self, pages):
        """Return ``{key: PDF}``; refuse when one of them cannot be made."""
        pdfs, failures = self._render(pages)
        if failures:
            raise UserError("\n".join(failures.values()))
        return pdfs

    @api.model
    def _merge(self, pdfs):
        """Return one PDF of several, in their order; nothing of nothing."""
        return pdf.merge(pdfs)

    @api.model
    def _attach(self, actions, pdfs):
        """Keep the document of each action with it.

        :return: ``{action id: attachment}``
        """
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": self._get_file_name(action),
                    "raw": pdfs[action.id],
                    "mimetype": "application/pdf",
                    "res_model": action._name,
                    "res_id": action.id,
                }
                for action in actions
            ]
        )
        return dict(zip(actions.ids, attachments, strict=True))

    def _get_file_name(self, action):
        _ = self.with_context(lang=self._get_lang(action)).env._
        if action.kind == "statement":
            name = _("Statement of account %(reference)s.pdf", reference=action.name)
        else:
            name = _("Reminder %(reference)s.pdf", reference=action.name)
        return " ".join(name.split())  # only spaces that every system takes

    def _get_lang(self, action):
        return self.env["recouvrement.letter.page"]._get_lang(action)

    # --- e-mails ---

    @api.model
    def _prepare_documents(self, actions):
        """Make what goes with e-mails: the reminder or statement, and open invoices.

        :return: (``{action id: attachments}``, ``{action id: failure message}``)
        """
        mails = actions.filtered(lambda action: action.channel == "email")
        reminders = mails.filtered(
            lambda mail: (
                mail.kind == "statement"
                or mail.level_id.attach_statement
                or mail.level_id.penalties in PENALTIES_SHOWN  # they have an annex
            )
        )
        pdfs, failures = self._render_letters(reminders)
        documents = defaultdict(self.env["ir.attachment"].browse)
        documents |= self._attach(reminders.browse(pdfs), pdfs)
        for mail in mails.filtered("attachment_ids"):
            documents[mail.id] += mail.attachment_ids
        with_invoices = mails.filtered("level_id.attach_invoices")
        invoices, broken = self._get_invoice_documents(with_invoices)
        for mail in with_invoices:
            for move in mail._text_lines("due").move_id:
                documents[mail.id] += invoices.get(move.id, documents.default_factory())
                if move.id in broken:
                    failures[mail.id] = broken[move.id]
        return dict(documents), failures

    def _get_invoice_documents(self, actions):
        """Return ``{invoice id: its PDF}``, as it was sent or rendered again, and
        ``{invoice id: failure message}``.
        """
        moves = actions.due_line_ids.move_id.filtered(
            lambda move: move.is_invoice(include_receipts=True)
        )
        sent = moves.filtered("invoice_pdf_report_id")
        found = {move.id: move.invoice_pdf_report_id for move in sent}
        rendered, broken = self._try_invoices(moves - sent)
        return found | rendered, broken

    def _try_invoices(self, moves):
        """Render invoices in batches; halve a batch that fails, to find the bad one."""
        rendered, broken = {}, {}
        batches = [moves.browse(ids) for ids in split_every(INVOICE_BATCH, moves.ids)]
        while batches:
            batch = batches.pop()
            try:
                with self.env.cr.savepoint():
                    rendered |= self._render_invoices(batch)
            except Exception as error:  # noqa: BLE001 a bad one stops only its own
                if len(batch) == 1:
                    _logger.warning("Invoice %s is not rendered: %s", batch.id, error)
                    broken[batch.id] = str(error)
                else:
                    half = len(batch) // 2
                    batches += [batch[half:], batch[:half]]
        return rendered, broken

    def _render_invoices(self, moves):
        """Render copies of invoices with Odoo's own reports, each report once.

        They do not become the invoices' legal PDF: that is made by sending an invoice.
        """
        service = self.env["account.move.send"]
        values_list = []
        for (company, report), group in moves.grouped(
            lambda move: (move.company_id, service._get_default_pdf_report_id(move))
        ).items():
            reports = self.env["ir.actions.report"].with_company(company)
            content, kind = reports._pre_render_qweb_pdf(report.report_name, group.ids)
            pdfs = reports._get_splitted_report(report.report_name, content, kind)
            values_list += [
                {
                    "name": move._get_invoice_report_filename(report=report),
                    "raw": pdfs[move.id],
                    "mimetype": "application/pdf",
                    "res_model": move._name,
                    "res_id": move.id,
                }
                for move in group
            ]
        attachments = self.env["ir.attachment"].create(values_list)
        return {attachment.res_id: attachment for attachment in attachments}

    # --- from values to PDF ---

    def _render(self, pages):
        """Render pages, in the order given.

        :param pages: ``{key: values}``; the values hold ``template``, ``company``,
            ``lang``, ``reference`` (unique here) and what the template shows
        :return: (``{key: PDF}``, ``{key: failure message}``)
        """
        if not pages:
            return {}, {}
        self._check_converter()
        layouts, failures = {}, {}
        documents = defaultdict(dict)  # converter -> key -> document
        for key, values in pages.items():
            place = values["company"], values["lang"]
            if place not in layouts:
                layouts[place] = self._get_layout(*place)
            converter, footer, layout = layouts[place]
            try:
                html = self._render_html(values, layout)
            except Exception as error:  # noqa: BLE001 stops none of the others
                _logger.warning("Document %s: %s", values["reference"], error)
                failures[key] = str(error)
                continue
            documents[converter][key] = pdf.Document(values["reference"], html, footer)
        pdfs = {}
        for converter, batch in documents.items():
            made, not_made = converter.convert(list(batch.values()))
            for key, document in batch.items():
                if document.reference in made:
                    pdfs[key] = made[document.reference]
                else:
                    failures[key] = not_made[document.reference]
        return {key: pdfs[key] for key in pages if key in pdfs}, failures

    def _check_converter(self):
        """Tell what to install, in one sentence, when letters cannot be made."""
        if _wkhtml().state == "install" or not _wkhtml().is_patched_qt:
            raise UserError(
                self.env._(
                    "Letters are made with wkhtmltopdf 'with patched Qt', which this "
                    "server lacks: install the build that Odoo recommends."
                )
            )

    def _get_layout(self, company, lang):
        """Return (converter, bottom of pages, values) of a company's documents."""
        localized = self.with_context(lang=lang)
        values = localized.env["recouvrement.layout"]._get_company_values(company)
        converter = pdf.Converter(
            _wkhtml().bin, values["font"], values["font_folder"], values["bottom"]
        )
        footer = localized.env["ir.qweb"]._render(
            "recouvrement_b2b.document_footer", values
        )
        return converter, f"<!DOCTYPE html>{footer}", values

    def _render_html(self, values, layout):
        """Return the page of one document."""
        qweb = self.env["ir.qweb"].with_context(lang=values["lang"])
        with mute_logger("odoo.addons.base.models.ir_qweb"):
            html = qweb._render(values["template"], {**layout, **values})
        return f"<!DOCTYPE html>{html}"

    # --- printed from the screen ---

    @api.model
    def _preview(self, pages):
        """Return pages as HTML, one below the other."""
        layouts = {}
        html = []
        for values in pages.values():
            place = values["company"], values["lang"]
            layouts.setdefault(place, self._get_layout(*place))
            html.append(self._render_html(values, layouts[place][-1]))
        return "".join(html).encode()

    @api.model
    def _get_printed_letters(self, actions):
        """Return ``{action id: PDF}``: as it was sent, when it was, else rendered.

        :raise UserError: when one of them cannot be rendered
        """
        sent = {}
        finished = actions.filtered(lambda action: action.state in FINISHED_STATES)
        for document in finished.document_ids:
            # not the invoices that went with it: they belong to themselves
            if document.res_model == actions._name and document.res_id in actions.ids:
                sent.setdefault(document.res_id, document.raw)
        rendered, failures = self._render_letters(
            actions.filtered(lambda action: action.id not in sent)
        )
        if failures:
            raise UserError("\n".join(failures.values()))
        pdfs = sent | rendered
        return {action_id: pdfs[action_id] for action_id in actions.ids}
