from odoo import models
from odoo.exceptions import UserError


class RecouvrementColumns(models.AbstractModel):
    """A form that asks what each column of a file is: its ``column_ids`` answer."""

    _name = "recouvrement.columns"
    _description = "Columns of a File"

    def _get_mapping(self):
        """Return the columns as chosen: every field is told, or left out."""
        self.ensure_one()
        mapping = {name: "" for name, _label in self.column_ids._selection_field()}
        for column in self.column_ids.filtered("field"):
            if mapping[column.field]:
                raise UserError(
                    self.env._(
                        "Both “%(first)s” and “%(second)s” are one field: keep one.",
                        first=mapping[column.field],
                        second=column.header,
                    )
                )
            mapping[column.field] = column.header
        return mapping
