from odoo import fields, models
from odoo.exceptions import UserError


class RecouvrementAssignment(models.Model):
    """The letters that tell customers whom to pay."""

    _inherit = "recouvrement.assignment"

    def action_print_notices(self):
        """Download the letters to the customers of a notified remittance.

        They are kept with it: they prove what customers were told, and when.
        """
        self.ensure_one()
        self.check_access("write")
        content = self.env["recouvrement.document"]._merge(self._render_notices())
        name = self.env._("Notices %(name)s", name=self._get_file_name(".pdf"))
        self.message_post(
            body=self.env._("The letters to the customers were made."),
            attachments=[(name, content)],
        )
        lines = self._get_lines_to_notify().filtered(
            lambda line: not line.customer_told_date
        )
        # sudo: the list of a signed remittance is not changed by hand
        lines.sudo().customer_told_date = fields.Date.context_today(self)
        return self.env["recouvrement.download"]._action_open(name, content)

    def _get_lines_to_notify(self):
        """Return what customers still owe the factor, and may be told to pay it.

        A factor takes the place of a creditor by paying it (civil code, article
        1346-1): before that, there is nothing to tell. A Dailly form assigns at once.
        """
        states = {"financed"}
        if self.factor_id.kind == "dailly":
            states.add("assigned")
        return self.line_ids.filtered(
            lambda line: line.state in states and line.outstanding
        )

    def _render_notices(self, partners=None):
        """Return the letters as PDFs, one a customer, in order of name.

        :param partners: customers, all of those who still owe the factor by default
        """
        lines = self._get_lines_to_notify()
        if partners is not None:
            lines = lines.filtered(lambda line: line.partner_id in partners)
        if not lines:
            raise UserError(
                self.env._(
                    "Record first that the factor took %(name)s: signed, and for a "
                    "subrogation financed.",
                    name=self.name,
                )
            )
        pages = self.env["recouvrement.assignment.notice.page"]._get_pages(
            lines.sorted(lambda line: (line.partner_id.name or "", line.id))
        )
        return list(self.env["recouvrement.document"]._render_all(pages).values())


class RecouvrementAssignmentLine(models.Model):
    _inherit = "recouvrement.assignment.line"

    customer_told_date = fields.Date(
        string="Customer Told",
        readonly=True,
        copy=False,
        help="Day of the letter that tells the customer whom to pay.",
    )
