from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RecouvrementStatementSend(models.TransientModel):
    """Send customers their statements of account now, or download them as one PDF."""

    _name = "recouvrement.statement.send"
    _description = "Send Statements of Account"
    _inherit = ["recouvrement.dialog"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    date = fields.Date(string="As of", required=True, default=fields.Date.context_today)

    @api.model
    def _action_open(self, partners):
        """Return the action that opens the form for customers."""
        customers = partners.commercial_partner_id
        wizard = self.create({"partner_ids": [Command.set(customers.ids)]})
        return wizard._open_dialog(self.env._("Statement of Account"))

    def action_download(self):
        """Download the statements as one PDF: nothing is sent or recorded."""
        self._check_input()
        document = self.env["recouvrement.document"]
        customers = self.partner_ids.commercial_partner_id
        pdfs = document._render_statements(customers, self.company_id, self.date)
        content = document._merge([pdfs[partner.id] for partner in customers])
        name = self.env._("statements %(date)s", date=self.date)
        return self.env["recouvrement.download"]._action_open(f"{name}.pdf", content)

    def action_send(self):
        """Send them by e-mail; who has no address gets a letter, to be printed."""
        self._check_input()
        statements = self._create_statements()
        mails = statements.filtered(lambda action: action.channel == "email")
        if mails:
            mails._check_sending()
            mails.action_send()
        return statements._notify_selection(self._message(statements), mails)

    def _check_input(self):
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The statement of a day to come is not known: choose another."
                )
            )

    def _create_statements(self):
        """Create one statement for each of the customers who owe something."""
        model = self.env["recouvrement.statement"]
        owed = model._get_owed(self.company_id, self.date)
        partners = self.partner_ids.commercial_partner_id.filtered(
            lambda partner: partner.id in owed
        )
        if not partners:
            raise UserError(self.env._("None of the customers owed anything that day."))
        contacts = model._get_contacts(partners)
        return self.env["recouvrement.action"].create(
            [
                {
                    **model._prepare_vals(
                        self.company_id, self.date, partner, contacts[partner], owed
                    ),
                    "statement_month": False,
                }
                for partner in partners
            ]
        )

    def _message(self, statements):
        """Say what became of the statements, and of those who owe nothing."""
        sent = statements.filtered(lambda action: action.state == "sent")
        letters = statements.filtered(lambda action: action.channel == "letter")
        rest = self.partner_ids.commercial_partner_id - statements.partner_id
        sentences = [self.env._("%(count)s statements sent.", count=len(sent))]
        if letters:
            sentences.append(
                self.env._("%(count)s letters to print.", count=len(letters))
            )
        if rest:
            sentences.append(
                self.env._("%(count)s customers owe nothing.", count=len(rest))
            )
        return " ".join(sentences)
