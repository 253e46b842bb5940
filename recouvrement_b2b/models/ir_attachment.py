from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof_of_plan(self):
        """The signed copy proves an acknowledgement of debt: it is kept."""
        own = self.filtered(lambda file: file.res_model == "recouvrement.plan").ids
        is_proof = Domain("proof_ids", "in", own) | Domain("agreement_id", "in", own)
        # sudo: whether a file is a proof does not depend on who deletes it
        plans = self.env["recouvrement.plan"].sudo()
        agreed = Domain("date_accepted", "!=", False)
        if own and plans.search_count(agreed & is_proof, limit=1):
            raise UserError(
                self.env._("This file proves what a customer agreed to: it is kept.")
            )
