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
    collection_reply_hold_days = fields.Integer(
        related="company_id.collection_reply_hold_days", readonly=False
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
    penalty_terms_id = fields.Many2one(
        related="company_id.penalty_terms_id", readonly=False
    )
    penalty_imputation = fields.Selection(
        related="company_id.penalty_imputation", readonly=False
    )
    penalty_journal_id = fields.Many2one(
        related="company_id.penalty_journal_id", readonly=False
    )
    penalty_interest_account_id = fields.Many2one(
        related="company_id.penalty_interest_account_id", readonly=False
    )
    penalty_indemnity_account_id = fields.Many2one(
        related="company_id.penalty_indemnity_account_id", readonly=False
    )
