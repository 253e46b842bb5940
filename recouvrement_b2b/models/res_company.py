from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_policy_id = fields.Many2one(
        "recouvrement.policy",
        string="Default Dunning Policy",
        default=lambda self: self.env.ref(
            "recouvrement_b2b.policy_standard", raise_if_not_found=False
        ),
        help="Followed by customers without a policy of their own who match no filter.",
    )
    collection_sending = fields.Boolean(
        string="Send Reminders",
        help="While it is off, reminders are prepared but no e-mail or SMS leaves. "
        "Look at the worklist of a first run before you switch it on.",
    )
    collection_manager_id = fields.Many2one(
        "res.users",
        help="Is told what collectors leave: missed calls, holds to review, failures.",
    )
    collection_payment_wait_days = fields.Integer(
        string="Wait for Payments",
        default=5,
        help="Days during which a payment received or under way, but not matched with "
        "invoices yet, suspends reminders.",
    )
    collection_escalation_days = fields.Integer(
        string="Escalate after",
        default=3,
        help="Days after which a hold that its owner left goes to the manager.",
    )
    collection_legal_mentions = fields.Char(
        string="Legal Mentions on Letters",
        help="Legal form, capital, and the word RCS with the town of the register "
        "(French commercial code, articles R123-237 and R123-238). The name, the SIREN "
        "and the VAT number are added.",
    )
    collection_statement_template_id = fields.Many2one(
        "mail.template",
        string="Statement E-mail",
        domain="[('model', '=', 'recouvrement.action')]",
        default=lambda self: self.env.ref(
            "recouvrement_b2b.mail_template_statement", raise_if_not_found=False
        ),
    )
    collection_statement_monthly = fields.Boolean(
        string="Monthly Statements",
        help="Send a statement of account to all customers who owe something, on the "
        "first of each month.",
    )

    def _get_collection_manager(self):
        """Return who is told what nobody handles: manager, else administrator."""
        self.ensure_one()
        return self.collection_manager_id or self.env.ref("base.user_admin")
