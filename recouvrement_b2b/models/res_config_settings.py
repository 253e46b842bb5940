from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_policy_id = fields.Many2one(
        related="company_id.collection_policy_id", readonly=False
    )
    collection_sending = fields.Boolean(
        related="company_id.collection_sending", readonly=False
    )
    collection_legal_mentions = fields.Char(
        related="company_id.collection_legal_mentions", readonly=False
    )
    collection_manager_id = fields.Many2one(
        related="company_id.collection_manager_id", readonly=False
    )
    collection_payment_wait_days = fields.Integer(
        related="company_id.collection_payment_wait_days", readonly=False
    )
    collection_escalation_days = fields.Integer(
        related="company_id.collection_escalation_days", readonly=False
    )
    collection_statement_template_id = fields.Many2one(
        related="company_id.collection_statement_template_id", readonly=False
    )
    collection_statement_monthly = fields.Boolean(
        related="company_id.collection_statement_monthly", readonly=False
    )
