from odoo import models
from odoo.exceptions import UserError


class RecouvrementAssignment(models.Model):
    """The letters that tell customers whom to pay."""

    _inherit = "recouvrement.assignment"

    def action_print_notices(self):
        """Download the letters to the customers of a notified remittance."""
        self.ensure_one()
        name = self.env._("Notices %(name)s", name=self._get_file_name(".pdf"))
        return self.env["recouvrement.download"]._action_open(
            name, self.env["recouvrement.document"]._merge(self._render_notices())
        )

    def _render_notices(self, partners=None):
        """Return the letters as PDFs, one a customer, in order of name.

        :param partners: customers, all of those who still owe the factor by default
        """
        lines = self.line_ids.filtered(
            lambda line: (
                line.state in ("assigned", "financed")
                and line.outstanding
                and (partners is None or line.partner_id in partners)
            )
        )
        if not lines:
            raise UserError(
                self.env._("Sign %(name)s first: nothing is assigned.", name=self.name)
            )
        pages = self.env["recouvrement.assignment.notice.page"]._get_pages(
            lines.sorted(lambda line: (line.partner_id.name or "", line.id))
        )
        return list(self.env["recouvrement.document"]._render_all(pages).values())
