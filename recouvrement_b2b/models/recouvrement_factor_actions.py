from odoo import models


class RecouvrementFactor(models.Model):
    """What opens from a contract."""

    _inherit = "recouvrement.factor"

    def _open(self, action, **context):
        """Return a window of the module, for this contract."""
        self.ensure_one()
        window = self.env["ir.actions.act_window"]._for_xml_id(
            f"recouvrement_b2b.{action}"
        )
        window["context"] = {
            "search_default_factor_id": self.id,
            "default_factor_id": self.id,
            **context,
        }
        return window

    def action_view_remittances(self):
        """Open the remittances of the contract, to make another one."""
        return self._open("recouvrement_assignment_action")

    def action_view_assigned(self):
        """Open the invoices that the factor has."""
        return self._open(
            "recouvrement_assignment_line_action", search_default_with_factor=1
        )

    def action_view_operations(self):
        """Open everything that happened on the contract."""
        return self._open("recouvrement_factor_operation_action")

    def action_view_costs(self):
        """Open what the contract costs by month."""
        return self._open("recouvrement_factor_operation_action_cost")

    def action_view_statements(self):
        """Open the statements of the factor."""
        return self._open("recouvrement_factor_statement_action")

    def action_import_statement(self):
        """Open the form that imports a statement."""
        return self._open("recouvrement_factor_import_action")
