from dataclasses import dataclass, field

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

BATCH = 100
DEMO_PARAMETER = "recouvrement_b2b.demo_portfolio"
# No chatter, tracking or follower on thousands of records: there is nothing to tell.
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "tracking_disable": True,
}


@dataclass(slots=True)
class Books:
    """What a portfolio has become in Odoo so far, while it is written.

    :ivar partners: customers by key
    :ivar users: collectors by key
    :ivar items: receivable journal items by customer and number of their document
    """

    portfolio: object
    company: object
    sales: object
    bank: object
    progress: object
    partners: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)
    terms: dict = field(default_factory=dict)

    def batches(self, label, things):
        """Yield things by batches, and say how far it is gone."""
        things = list(things)
        for start in range(0, len(things), BATCH):
            yield things[start : start + BATCH]
            done = min(start + BATCH, len(things))
            if self.progress:
                self.progress(label, done, len(things))


class RecouvrementPortfolio(models.AbstractModel):
    """Writes a portfolio of receivables through the ORM: the only model that does.

    The demo and the importer both end here. Everything is created, posted and
    reconciled in the caller's transaction, all or nothing: whatever stops it, a kill
    included, leaves the database as it was, so that it can simply be started again.
    """

    _name = "recouvrement.portfolio"
    _description = "Writer of Receivables"

    @api.model
    def _write_portfolio(self, portfolio, company=None, progress=None):
        """Write a portfolio into the books of a company.

        :param portfolio: ``tools.portfolio.Portfolio``
        :param progress: called as ``progress(label, done, total)``
        :return: Books
        """
        company = company or self.env.company
        # In sudo: who may import receivables may do so in the journals and rates of
        # the company, which an invoicing user only reads.
        self = self.sudo().with_company(company).with_context(**QUIET)
        books = Books(
            portfolio=portfolio,
            company=company.sudo(),
            sales=self._get_journal(portfolio, company, "sale"),
            bank=self._get_journal(portfolio, company, "bank"),
            progress=progress,
        )
        self._write_rates(books)
        self._write_collectors(books)
        self._write_customers(books)
        self._write_invoices(books)
        self._write_openings(books)
        self._write_payments(books)
        self._write_disputes(books)
        return books

    @api.model
    def _write_demo(self, portfolio, label, company=None, progress=None):
        """Write the demo portfolio once, and remember which.

        :param label: what it was made from, as it is remembered
        :return: Books, or False when one is there already
        """
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param(DEMO_PARAMETER):
            return False
        parameters.set_param(DEMO_PARAMETER, label)
        return self._write_portfolio(portfolio, company, progress)

    # === Company === #

    @api.model
    def _get_journal(self, portfolio, company, kind):
        """Return the journal to write in; what is imported has journals of its own."""
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(company), ("type", "=", kind)]
        if not portfolio.imported:
            journal = journals.search(domain, limit=1)
            if not journal:
                raise UserError(
                    self.env._(
                        "%(company)s has no journal of sales or no bank journal: load"
                        " its chart of accounts first.",
                        company=company.name,
                    )
                )
            return journal
        code, name = {
            "sale": ("IMPF", self.env._("Imported Invoices")),
            "bank": ("IMPB", self.env._("Imported Payments")),
        }[kind]
        return journals.search(
            [*domain, ("code", "=", code)], limit=1
        ) or journals.create(
            {"name": name, "code": code, "type": kind, "company_id": company.id}
        )

    @api.model
    def _write_rates(self, books):
        """Activate the currencies that are used, and add the rates that are missing."""
        Currency = self.env["res.currency"].with_context(active_test=False)
        names = {name for name, _day, _rate in books.portfolio.rates}
        currencies = {
            currency.name: currency
            for currency in Currency.search([("name", "in", list(names))])
        }
        for currency in currencies.values():
            currency.active = True
        root = books.company.root_id
        rates = self.env["res.currency.rate"]
        known = {
            (rate.currency_id.name, rate.name)
            for rate in rates.search([("company_id", "=", root.id)])
        }
        rates.create(
            [
                {
                    "name": day,
                    "currency_id": currencies[name].id,
                    "company_id": root.id,
                    "company_rate": float(rate),
                }
                for name, day, rate in books.portfolio.rates
                if (name, day) not in known
            ]
        )

    @api.model
    def _write_collectors(self, books):
        """Create the collectors that are not users yet; they have no password."""
        users = self.env["res.users"]
        wanted = books.portfolio.collectors
        found = users.search([("login", "in", [person.key for person in wanted])])
        books.users = {user.login: user for user in found}
        group = self.env.ref("recouvrement_b2b.recouvrement_group_user")
        for person in wanted:
            if person.key not in books.users:
                books.users[person.key] = users.create(
                    {
                        "login": person.key,
                        "name": person.name,
                        "email": person.email,
                        "lang": self.env.user.lang,
                        "company_id": books.company.id,
                        "company_ids": [Command.set(books.company.ids)],
                        "group_ids": [Command.link(group.id)],
                    }
                )

    # === Customers === #

    @api.model
    def _write_customers(self, books):
        """Find the customers by reference, else by name; create the others."""
        customers = books.portfolio.customers
        found = self._find_customers(customers, books.company)
        books.partners = {key: partners[0] for key, partners in found.items()}
        new = [customer for customer in customers if customer.key not in found]
        for batch in books.batches(self.env._("Customers"), new):
            values = [
                self._prepare_customer_vals(customer, books) for customer in batch
            ]
            partners = self.env["res.partner"].create(values)
            for customer, partner in zip(batch, partners, strict=True):
                books.partners[customer.key] = partner

    @api.model
    def _find_customers(self, customers, company):
        """Return the customers that Odoo knows; there may be several for a key.

        A name counts only for customers that have no reference in Odoo.
        """
        partners = self.env["res.partner"]
        domain = Domain("parent_id", "=", False) & Domain(
            partners._check_company_domain(company)
        )
        keys = [customer.key for customer in customers]
        names = [customer.name for customer in customers]
        by_ref = partners.search(domain & Domain("ref", "in", keys)).grouped("ref")
        by_name = partners.search(
            domain & Domain("ref", "=", False) & Domain("name", "in", names)
        ).grouped("name")
        found = {
            customer.key: by_ref.get(customer.key) or by_name.get(customer.name)
            for customer in customers
        }
        return {key: partners for key, partners in found.items() if partners}

    @api.model
    def _prepare_customer_vals(self, customer, books):
        collector = books.users.get(customer.collector, self.env["res.users"])
        return {
            "name": customer.name,
            "ref": customer.key,
            "is_company": True,
            "street": customer.street,
            "zip": customer.zip,
            "city": customer.city,
            "country_id": self._get_country(customer.country).id,
            "email": customer.email,
            "phone": customer.phone,
            "vat": customer.vat,
            "company_registry": customer.siret,
            "user_id": collector.id,
            "collector_id": collector.id,
            "child_ids": [
                Command.create(
                    {
                        "name": contact.name,
                        "type": contact.kind,
                        "email": contact.email,
                        "phone": contact.phone,
                        "function": contact.function,
                        "lang": customer.lang or self.env.lang,
                    }
                )
                for contact in customer.contacts
            ],
            **({"lang": customer.lang} if customer.lang else {}),
        }

    @api.model
    def _get_country(self, text):
        """Return a country by its code, else by its name in any language."""
        countries = self.env["res.country"]
        if len(text) == 2:  # Odoo cuts what is longer: Germany would be Georgia
            return countries.search([("code", "=", text.upper())], limit=1)
        names = [text, text.title()]
        installed = (code for code, _name in self.env["res.lang"].get_installed())
        for lang in ("en_US", *installed) if text else ():
            in_lang = countries.with_context(lang=lang)
            if found := in_lang.search([("name", "in", names)], limit=1):
                return found
        return countries
