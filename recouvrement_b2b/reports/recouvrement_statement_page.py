from collections import defaultdict

from odoo import api, models
from odoo.tools.misc import get_lang

from ..tools.aging import Aging

COLUMNS = ("date", "label", "ref", "due", "days", "original", "residual", "balance")


class RecouvrementStatementPage(models.AbstractModel):
    """What a statement of account says: all that a customer has not paid at a date.

    Plain values, ready to be laid out by ``statement_document``; see
    ``recouvrement.letter.page``.
    """

    _name = "recouvrement.statement.page"
    _description = "Statement of Account"

    @api.model
    def _get_pages(self, partners, company, as_of, references=None):
        """Return ``{partner id: values of the statement}``.

        :param partners: commercial entities
        :param references: ``{partner id: what the statement is called}``
        """
        items = defaultdict(list)
        found = self.env["account.move.line"]._collection_open_items(
            as_of, company, partners
        )
        self.env["recouvrement.assignment.line"]._name_payees(found)
        for item in found:
            items[item.commercial_id].append(item)
        self._prefetch(items)
        contacts = self.env["recouvrement.statement"]._get_contacts(partners)
        pages = {}
        for partner in partners:
            lang = get_lang(self.env, partner.lang or company.partner_id.lang).code
            page = self.with_context(lang=lang)
            reference = (references or {}).get(partner.id) or self._get_reference(
                partner, as_of
            )
            pages[partner.id] = page._get_values(
                partner.with_env(page.env),
                contacts[partner].with_env(page.env),
                company.with_env(page.env),
                as_of,
                items[partner.id],
                reference,
            )
        return pages

    def _get_reference(self, partner, as_of):
        """Return what a statement on demand is called."""
        return f"S{partner.id:06d}-{as_of:%Y%m%d}"

    @api.model
    def _get_action_pages(self, actions):
        """Return ``{action id: values of its statement}``, as of the action's date."""
        pages = {}
        for (company, as_of), group in actions.grouped(
            lambda action: (action.company_id, action.date_planned)
        ).items():
            names = {action.partner_id.id: action.name for action in group}
            found = self._get_pages(group.partner_id, company, as_of, names)
            pages |= {action.id: found[action.partner_id.id] for action in group}
        return pages

    def _prefetch(self, items):
        """Read what the documents are called, for all the customers at once."""
        line_ids = [item.line_id for group in items.values() for item in group]
        lines = self.env["account.move.line"].browse(line_ids)
        lines.fetch(["move_id", "name", "amount_currency"])
        lines.move_id.fetch(["name", "ref", "move_type", "invoice_date"])

    def _get_values(self, partner, contact, company, as_of, items, reference):
        """Return what one customer's statement shows; extend it to add values."""
        layout = self.env["recouvrement.layout"]
        day = layout._format_date(as_of)
        recipient = layout._address_lines(contact or partner, company)
        return {
            "template": "recouvrement_b2b.statement_document",
            "company": company.with_env(self.env),
            "lang": self.env.lang,
            "reference": reference,
            "partner": partner,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(company, as_of),
            "subject": self.env._("Statement of account at %(date)s", date=day),
            "sections": [
                self._get_section(partner, company, as_of, group)
                for group in self._group_items(company, items)
            ],
        }

    def _group_items(self, company, items):
        """Return the items by currency and by who is to be paid: one section each.

        The company's currency first, and what is to be paid to the company itself.
        """
        groups = defaultdict(list)
        for item in items:
            groups[item.currency_id, item.payee_id].append(item)
        currencies = self.env["res.currency"]

        def order(key):
            currency = currencies.browse(key[0])
            return currency != company.currency_id, currency.name, key[1]

        return [groups[key] for key in sorted(groups, key=order)]

    def _get_section(self, partner, company, as_of, items):
        """Return what is open in one currency: rows, running balance, ages."""
        layout = self.env["recouvrement.layout"]
        currency = self.env["res.currency"].browse(items[0].currency_id)
        # sudo: its account is for the customer
        payee = self.env["recouvrement.factor"].sudo().browse(items[0].payee_id or ())
        aging = Aging(currency.decimal_places)
        rows, balance = [], 0.0
        for item in sorted(items, key=lambda item: (item.date, item.line_id)):
            days = (as_of - item.date_due).days
            aging.add(item.residual, days)
            balance = currency.round(balance + item.residual)
            rows.append(self._get_row(item, days, balance, currency))
        amounts = [*aging.buckets, aging.credits, aging.balance]
        return {
            "currency_name": currency.name,
            "rows": rows,
            "has_references": layout._has_reference_column(rows),
            "is_dense": layout._is_dense(company, rows, COLUMNS),
            "aging": [layout._format_amount(each, currency) for each in amounts],
            "balance": layout._format_money(abs(aging.balance), currency),
            "is_owed": aging.balance > 0,
            "is_due": aging.due_now > 0,
            "amount": layout._format_money(aging.due_now or aging.balance, currency),
            "payee": payee._get_payee_sentence() if payee else "",
            "payment": aging.balance > 0
            and self._get_payment(partner, company, currency, aging.due_now, payee),
        }

    def _get_row(self, item, days, balance, currency):
        """Return one row, its figures written out."""
        layout = self.env["recouvrement.layout"]
        line = self.env["account.move.line"].browse(item.line_id)
        move = line.move_id
        label = (not item.is_invoice and (line.name or move.ref)) or move.name
        return {
            "label": label,
            "label_style": layout._label_style(label),
            "ref": item.is_invoice and move.ref or "",
            "date": layout._format_date(move.invoice_date or item.date),
            "due": layout._format_date(item.date_due) if item.residual > 0 else "",
            "days": days if days > 0 and item.residual > 0 else "",
            "original": layout._format_amount(line.amount_currency, currency),
            "residual": layout._format_amount(item.residual, currency),
            "balance": layout._format_amount(balance, currency),
        }

    def _get_payment(self, partner, company, currency, amount, payee):
        """Return how to pay what is due; see ``recouvrement.letter.page``.

        :param payee: factoring contract whose factor is to be paid, empty for us
        """
        banks = company.partner_id.bank_ids.filtered(
            lambda bank: bank.company_id in (company, company.browse())
        )
        suited = banks.filtered(lambda bank: bank.currency_id == currency) or banks
        bank = payee.partner_bank_id if payee else suited[:1]
        return self.env["recouvrement.letter.page"]._get_payment(
            company, bank, amount, currency, partner.ref or partner.name
        )
