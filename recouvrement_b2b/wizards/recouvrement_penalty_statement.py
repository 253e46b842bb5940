from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RecouvrementPenaltyStatement(models.TransientModel):
    """Download the statements of late-payment penalties of customers, to a date."""

    _name = "recouvrement.penalty.statement"
    _description = "Statement of Penalties"
    _inherit = ["recouvrement.dialog"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many("res.partner", string="Customers")
    date = fields.Date(
        string="Computed to",
        required=True,
        default=fields.Date.context_today,
        help="Last day that counts. A day to come is computed as if nothing more were "
        "paid until then.",
    )
    imputation = fields.Selection(
        selection=lambda self: self._get_imputations(),
        string="Payments Go",
        required=True,
        compute="_compute_imputation",
        store=True,
        precompute=True,
        readonly=False,
        help="Interest first is the rule of the French civil code (article 1343-1) "
        "when nothing else was agreed.",
    )

    @api.model
    def _get_imputations(self):
        """Return the choices of the company's setting, in the user's language."""
        setting = self.env["res.company"]._fields["penalty_imputation"]
        return setting._description_selection(self.env)

    @api.depends("company_id")
    def _compute_imputation(self):
        for wizard in self:
            wizard.imputation = wizard.company_id.penalty_imputation

    @api.model
    def _action_open(self, partners):
        """Return the action that opens the form for customers."""
        customers = partners.commercial_partner_id
        wizard = self.create({"partner_ids": [Command.set(customers.ids)]})
        return wizard._open_dialog(self.env._("Statement of Penalties"))

    def action_pdf(self):
        """Download the statements as one PDF, each customer's on pages of its own."""
        customers = self._get_customers()
        document = self.env["recouvrement.document"]
        pdfs = document._render_penalties(customers, *self._get_parameters())
        return self._download("pdf", document._merge(list(pdfs.values())))

    def action_xlsx(self):
        """Download the statements as one workbook, whose amounts are formulas."""
        content = self.env["recouvrement.xlsx"].penalties(
            self._get_customers(), *self._get_parameters()
        )
        return self._download("xlsx", content)

    def _get_customers(self):
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        return self.partner_ids.commercial_partner_id

    def _get_parameters(self):
        """Return (company, last day, interest first)."""
        return self.company_id, self.date, self.imputation == "interest_first"

    def _download(self, extension, content):
        name = self.env._("penalties %(date)s", date=self.date)
        return self.env["recouvrement.download"]._action_open(
            f"{name}.{extension}", content
        )
