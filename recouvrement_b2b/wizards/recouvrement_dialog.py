from odoo import models


class RecouvrementDialog(models.AbstractModel):
    """A form that opens over the screen that asked for it."""

    _name = "recouvrement.dialog"
    _description = "Collection Dialog"

    def _open_dialog(self, name):
        """Return the action that shows this form in a dialog.

        :param name: title of the dialog
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }
