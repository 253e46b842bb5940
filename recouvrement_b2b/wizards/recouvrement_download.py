import base64

from odoo import fields, models


class RecouvrementDownload(models.TransientModel):
    """A file made for one user, kept just long enough to be downloaded."""

    _name = "recouvrement.download"
    _description = "Collection Download"

    name = fields.Char(required=True, readonly=True)
    content = fields.Binary(required=True, readonly=True, attachment=False)

    def _action_open(self, name, content, message=False):
        """Return the action that downloads a file, then refreshes the screen.

        :param name: file name
        :param content: bytes
        :param message: what to tell the user
        """
        download = self.create({"name": name, "content": base64.b64encode(content)})
        return {
            "type": "ir.actions.client",
            "tag": "recouvrement_b2b.download",
            "params": {
                "url": "/web/content",
                "data": {
                    "model": self._name,
                    "id": download.id,
                    "field": "content",
                    "filename": name,
                    "download": "true",
                },
                "message": message,
            },
        }
