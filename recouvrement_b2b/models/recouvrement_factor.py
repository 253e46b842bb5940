from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import HELD_STATES

# What a contract that books entries needs.
ACCOUNTING_FIELDS = (
    "journal_id",
    "account_id",
    "holdback_account_id",
    "commission_account_id",
    "interest_account_id",
    "transit_account_id",
)


class RecouvrementFactor(models.Model):
    """A contract with a factor: what it buys, who chases, who is paid, what it costs.

    By subrogation, the factor pays and takes the place of the creditor (French civil
    code, articles 1346-1 and following); by a Dailly form, receivables are assigned to
    a bank (monetary and financial code, articles L313-23 to L313-34).
    """

    _name = "recouvrement.factor"
    _description = "Factoring Contract"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Factor", required=True, ondelete="restrict"
    )
    contract_number = fields.Char()
    client_code = fields.Char(help="How the factor names your company in its files.")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        default=lambda self: self.env.user,
        tracking=True,
        help="Is told what the factor has to know, and what comes back from it.",
    )
    date_start = fields.Date(default=fields.Date.context_today)
    date_end = fields.Date()
    # --- who does what ---
    kind = fields.Selection(
        [("subrogation", "Subrogation"), ("dailly", "Dailly assignment")],
        required=True,
        default="subrogation",
        tracking=True,
    )
    notified = fields.Boolean(
        string="Notified to Customers",
        default=True,
        tracking=True,
        help="Customers are told, and pay the factor. Otherwise the contract is "
        "confidential: they pay you as before, and you pass the money on.",
    )
    managed_by_factor = fields.Boolean(
        string="Chased by the Factor",
        tracking=True,
        help="The factor chases the customers: your reminders of assigned invoices "
        "wait. Otherwise you go on chasing, with the right payee.",
    )
    recourse = fields.Boolean(
        string="With Recourse",
        tracking=True,
        help="The factor may return what customers do not pay.",
    )
    penalties_allowed = fields.Boolean(
        string="Bill Penalties",
        help="Late-payment penalties of assigned invoices may be billed by you. "
        "Otherwise they wait until the factor returns the invoice.",
    )
    # --- what it buys ---
    currency_ids = fields.Many2many(
        "res.currency",
        string="Currencies",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    customer_ids = fields.One2many(
        "recouvrement.factor.customer", "factor_id", string="Customers"
    )
    listed_only = fields.Boolean(
        string="Approved Customers Only",
        default=True,
        help="Only invoices of the customers listed here can be assigned.",
    )
    minimum_amount = fields.Monetary(
        string="Minimum per Invoice", currency_field="company_currency_id"
    )
    max_term_days = fields.Integer(
        string="Maximum Payment Term",
        help="Days from the date of the invoice to its due date; 0 for no limit.",
    )
    max_age_days = fields.Integer(
        string="Maximum Age",
        help="Days from the date of the invoice to its assignment; 0 for no limit.",
    )
    # --- what it costs ---
    financing_rate = fields.Float(
        string="Financing (%)",
        default=90.0,
        help="Share of what is assigned that the factor pays at once.",
    )
    holdback_rate = fields.Float(
        string="Holdback (%)",
        default=10.0,
        help="Share of what is assigned that the factor keeps until customers pay.",
    )
    commission_rate = fields.Float(
        string="Commission (%)",
        digits=(16, 4),
        help="Of the amount assigned, before VAT.",
    )
    commission_minimum = fields.Monetary(
        string="Minimum Commission",
        currency_field="company_currency_id",
        help="For a remittance, before VAT.",
    )
    commission_tax_id = fields.Many2one(
        "account.tax",
        string="VAT of the Commission",
        domain="[('type_tax_use', '=', 'purchase')]",
        check_company=True,
    )
    interest_rate = fields.Float(
        string="Interest (% a year)", digits=(16, 4), help="On what is financed."
    )
    interest_rule = fields.Selection(
        [
            ("arrears", "In arrears: its statement says how much"),
            ("advance", "In advance: until the due date of each invoice"),
        ],
        string="Interest Is Taken",
        required=True,
        default="arrears",
    )
    interest_year = fields.Selection(
        [("360", "360 days"), ("365", "365 days")], default="360", required=True
    )
    # --- entries ---
    accounting = fields.Boolean(
        string="Book Entries",
        help="Assignments, fees, payments and returns make journal entries. "
        "Otherwise they are only flags, and you book them as you wish.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'general')]",
        check_company=True,
    )
    account_id = fields.Many2one(
        "account.account",
        string="Factor's Account",
        default=lambda self: self._find_account("467"),
        check_company=True,
        help="What the factor owes you (467 in France).",
    )
    holdback_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        help="What the factor keeps as a guarantee (467 in France; 275 over a year).",
    )
    commission_account_id = fields.Many2one(
        "account.account",
        default=lambda self: self._find_account("6225"),
        check_company=True,
        help="6225 in France.",
    )
    interest_account_id = fields.Many2one(
        "account.account",
        default=lambda self: self._find_account("6616"),
        check_company=True,
        help="6616 in France.",
    )
    transit_account_id = fields.Many2one(
        "account.account",
        string="Transfer Account",
        default=lambda self: self.env.company.transfer_account_id,
        check_company=True,
        domain="[('reconcile', '=', True)]",
        help="Where payments of the factor meet the lines of your bank (580 in "
        "France).",
    )
    # --- what customers read ---
    partner_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Account to Be Paid",
        domain="[('partner_id', '=', partner_id)]",
        help="The factor's bank account, printed on the invoices that are assigned.",
    )
    mention = fields.Text(
        translate=True,
        help="Printed on the invoices that are assigned; empty: the usual text.",
    )
    assignment_ids = fields.One2many(
        "recouvrement.assignment", "factor_id", string="Remittances"
    )
    line_ids = fields.One2many(
        "recouvrement.assignment.line", "factor_id", string="Assigned Invoices"
    )
    operation_ids = fields.One2many(
        "recouvrement.factor.operation", "factor_id", string="Operations"
    )

    _rates_in_range = models.Constraint(
        "CHECK(financing_rate BETWEEN 0 AND 100 AND holdback_rate BETWEEN 0 AND 100 "
        "AND financing_rate + holdback_rate <= 100)",
        "Financing and holdback are shares of what is assigned: together, 100 % at "
        "most.",
    )
    _costs_positive = models.Constraint(
        "CHECK(commission_rate >= 0 AND commission_minimum >= 0 AND interest_rate >= 0 "
        "AND minimum_amount >= 0 AND max_term_days >= 0 AND max_age_days >= 0)",
        "Rates, minimum amounts and numbers of days cannot be negative.",
    )
    _confidential_is_chased_by_us = models.Constraint(
        "CHECK(notified IS TRUE OR managed_by_factor IS NOT TRUE)",
        "Customers do not know the factor of a confidential contract: it cannot chase "
        "them.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "The contract must end after it starts.",
    )

    @api.model
    def _find_account(self, code):
        """Return the company's first account whose code begins so (French chart)."""
        return self.env["account.account"].search(
            Domain("code", "=like", f"{code}%")
            & Domain("company_ids", "in", self.env.company.ids),
            order="code",
            limit=1,
        )

    @api.constrains("accounting", *ACCOUNTING_FIELDS)
    def _check_accounting(self):
        for factor in self.filtered("accounting"):
            missing = [
                factor._fields[name]._description_string(self.env)
                for name in ACCOUNTING_FIELDS
                if not factor[name]
            ]
            if missing:
                raise ValidationError(
                    self.env._(
                        "To book entries, choose for %(contract)s: %(fields)s.",
                        contract=factor.name,
                        fields=", ".join(missing),
                    )
                )

    @api.constrains("account_id", "holdback_account_id")
    def _check_holdback_account(self):
        for factor in self.filtered("holdback_account_id"):
            if factor.account_id == factor.holdback_account_id:
                raise ValidationError(
                    self.env._(
                        "Give the holdback an account of its own: it is not in the "
                        "current account of the factor."
                    )
                )

    def write(self, vals):
        """Entries are booked, or not, for the whole life of an assigned invoice."""
        if "accounting" in vals:
            changed = self.filtered(
                lambda factor: factor.accounting != vals["accounting"]
            )
            # sudo: lines of remittances that the user may not see count too
            lines = changed.sudo().line_ids
            if lines.filtered(lambda line: line.state in HELD_STATES):
                raise UserError(
                    self.env._(
                        "Invoices are with the factor: make another contract for those "
                        "to come, with or without entries."
                    )
                )
        return super().write(vals)

    @api.constrains("partner_bank_id")
    def _check_payee(self):
        for factor in self.filtered("partner_bank_id"):
            if factor.partner_bank_id.partner_id != factor.partner_id:
                raise ValidationError(
                    self.env._(
                        "The account to be paid must be one of %(factor)s.",
                        factor=factor.partner_id.display_name,
                    )
                )

    @api.model
    def _get_running(self, company, day):
        """Return the contracts of a company that are in force on a day."""
        return self.search(
            Domain("company_id", "=", company.id)
            & Domain("active", "=", True)
            & (Domain("date_start", "=", False) | Domain("date_start", "<=", day))
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
        )

    def _is_in_force(self, day):
        """Return whether the contract is in force on a day."""
        self.ensure_one()
        begun = not self.date_start or self.date_start <= day
        ended = self.date_end and self.date_end < day
        return bool(self.active and begun and not ended)

    def _get_owner(self):
        """Return who looks after the contract, else the collection manager."""
        self.ensure_one()
        owner = self.user_id and self.user_id._collection_available(
            fields.Date.context_today(self)
        )
        return owner or self.company_id._get_collection_manager()
