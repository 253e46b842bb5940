from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

BATCH_SIZE = 500  # customers whose statements are created in one transaction


class RecouvrementAction(models.Model):
    _inherit = "recouvrement.action"

    statement_month = fields.Date(
        readonly=True,
        copy=False,
        help="First day of the month of a monthly statement: one a customer and month.",
    )

    _one_statement = models.UniqueIndex(
        "(company_id, partner_id, statement_month) WHERE statement_month IS NOT NULL",
        "The customer's statement of this month exists already.",
    )


class RecouvrementStatement(models.AbstractModel):
    """Statements of account for all the customers who owe something, once a month.

    Each is an action, sent by the same dispatch as reminders, with the same evidence.
    """

    _name = "recouvrement.statement"
    _description = "Monthly Statements"

    @api.model
    def _cron_statement(self):
        """Create the month's statements of the companies that want them."""
        companies = self.env["res.company"].search(
            Domain("collection_statement_monthly", "=", True)
        )
        today = fields.Date.context_today(self)
        cron = self.env["ir.cron"]
        for count, company in enumerate(companies, start=1):
            self.with_company(company)._create_statements(company, today)
            cron._commit_progress(1, remaining=len(companies) - count)

    @api.model
    def _create_statements(self, company, as_of):
        """Create the statements of a month that are still missing, in batches.

        Run again after a kill it goes on where it stopped: the index allows one a
        customer and month. They go by e-mail; by letter to who has no address.

        :param as_of: date of the statements
        :return: the actions created
        """
        created = self.env["recouvrement.action"]
        owed = self._get_owed(company, as_of)
        missing = self._without_statement(company, as_of, list(owed))
        for ids in split_every(BATCH_SIZE, missing):
            partners = self.env["res.partner"].browse(ids)
            contacts = self._get_contacts(partners)
            created += created.with_context(
                tracking_disable=True,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
            ).create(
                [
                    self._prepare_vals(company, as_of, partner, contacts[partner], owed)
                    for partner in partners
                ]
            )
            self.env["recouvrement.run"]._commit()
        return created.with_env(self.env)

    def _get_owed(self, company, as_of):
        """Return ``{commercial entity id: balance}`` of those who owe something."""
        owed = defaultdict(float)
        lines = self.env["account.move.line"]
        for item in lines._collection_open_items(as_of, company):
            owed[item.commercial_id] += item.residual_company
        return {
            partner_id: company.currency_id.round(balance)
            for partner_id, balance in owed.items()
            if company.currency_id.compare_amounts(balance, 0.0) > 0
        }

    def _without_statement(self, company, as_of, partner_ids):
        """Return the ids of those who have not got the statement of the month."""
        groups = self.env["recouvrement.action"]._read_group(
            Domain("company_id", "=", company.id)
            & Domain("statement_month", "=", as_of.replace(day=1)),
            ["partner_id"],
        )
        done = {partner.id for (partner,) in groups}
        return [partner_id for partner_id in partner_ids if partner_id not in done]

    @api.model
    def _get_contacts(self, partners):
        """Return ``{commercial entity: its invoice address, else itself}``."""
        addresses = self.env["res.partner"].search_fetch(
            Domain("type", "=", "invoice")
            & Domain("commercial_partner_id", "in", partners.ids),
            ["commercial_partner_id", "email_normalized"],
            order="id desc",
        )
        own = {address.commercial_partner_id: address for address in addresses}
        return {partner: own.get(partner, partner) for partner in partners}

    def _prepare_vals(self, company, as_of, partner, contact, owed):
        """Return the values of one statement; extend it to add fields."""
        has_email = contact.email_normalized or partner.email_normalized
        return {
            "kind": "statement",
            "company_id": company.id,
            "channel": "email" if has_email else "letter",
            "state": "approved",
            "is_contact": False,
            "date_planned": as_of,
            "statement_month": as_of.replace(day=1),
            "partner_id": partner.id,
            "contact_id": contact.id,
            "lang": contact.lang or company.partner_id.lang,
            "user_id": partner._get_collector(company, as_of).id,
            "currency_id": company.currency_id.id,
            "amount": owed[partner.id],
            "amount_company": owed[partner.id],
        }
