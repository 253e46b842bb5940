from odoo import api, fields, models
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


class RecouvrementColumn(models.AbstractModel):
    """A column of a file, and the field that it is."""

    _name = "recouvrement.column"
    _description = "Column of a File"

    header = fields.Char(string="Column", readonly=True)
    sample = fields.Char(string="First Row", readonly=True)
    field = fields.Selection("_selection_field", string="Imported as")

    @api.model
    def _selection_field(self):
        return [
            (name, self.env._(label))  # pylint: disable=gettext-variable
            for name, label in self._get_labels().items()
        ]

    @api.model
    def _get_labels(self):
        """Return ``{field: its name for a person}``, in the order of a form."""
        raise NotImplementedError
