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
    collection_reply_hold_days = fields.Integer(
        string="Hold after a Reply",
        default=5,
        help="Days during which reminders are suspended when a customer answers one; "
        "0: they go on. Automatic answers (out of office) suspend nothing.",
    )
    collection_legal_mentions = fields.Char(
        string="Legal Mentions on Letters",
        help="Legal form, capital, and the word RCS with the town of the register "
        "(French commercial code, articles R123-237 and R123-238). The name, the SIREN "
        "and the VAT number are added.",
    )
    penalty_terms_id = fields.Many2one(
        "recouvrement.penalty.terms",
        string="Default Penalty Terms",
        default=lambda self: self.env.ref(
            "recouvrement_b2b.penalty_terms_france", raise_if_not_found=False
        ),
        help="Late-payment penalties of companies that have no terms of their own, by "
        "their policy or country neither.",
    )
    penalty_imputation = fields.Selection(
        [
            ("principal_first", "To the principal first"),
            ("interest_first", "To interest first"),
        ],
        string="Payments Go",
        default="principal_first",
        required=True,
        help="How statements of penalties set payments against a debt. To the "
        "principal first is business practice, and what the books say; to interest "
        "first is the rule of the French civil code (article 1343-1) when nothing "
        "else was agreed.",
    )
    penalty_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Journal of the penalty invoices. Empty: one is made at the first of "
        "them.",
    )
    penalty_interest_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="Income account of penalties. Empty: 763100 of the French chart.",
    )
    penalty_indemnity_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="Income account of fixed indemnities. Empty: 758100 of the French chart.",
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
