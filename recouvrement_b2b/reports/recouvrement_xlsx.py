from collections import defaultdict

from odoo import api, fields, models

from ..tools.aging import Aging
from ..tools.workbook import Column, Sheets


class RecouvrementXlsx(models.AbstractModel):
    """The workbooks that collectors and accountants take with them."""

    _name = "recouvrement.xlsx"
    _description = "Collection Workbooks"

    # --- worklist ---

    @api.model
    def worklist(self, actions):
        """Return the worklist as XLSX: one sheet a currency, in the order given."""
        sheets = Sheets()
        _ = self.env._
        company = ", ".join(actions.company_id.mapped("name")) or self.env.company.name
        today = fields.Date.context_today(self)
        subtitle = f"{company} · {self.env['recouvrement.layout']._format_date(today)}"
        groups = actions.grouped("currency_id")
        groups = groups or {self.env.company.currency_id: actions}
        for currency, group in sorted(groups.items(), key=lambda pair: pair[0].name):
            sheets.add(
                currency.name,
                _("Worklist, %(currency)s", currency=currency.name),
                subtitle,
                self._get_worklist_columns(),
                [self._get_worklist_row(action) for action in group],
                _("Total"),
                currency.decimal_places,
            )
        return sheets.close()

    def _get_worklist_columns(self):
        """Return the columns of the worklist; extend it with `_get_worklist_row`."""
        _ = self.env._
        return [
            Column(_("Customer"), width=34),
            Column(_("Reference"), width=11),
            Column(_("Date"), "date", 11),
            Column(_("Level"), width=28),
            Column(_("Channel"), width=11),
            Column(_("State"), width=13),
            Column(_("Collector"), width=22),
            Column(_("Recipient"), width=30),
            Column(_("Phone"), width=18),
            Column(_("Items"), "whole", 8),
            Column(_("Days late"), "whole", 10),
            Column(_("Amount asked"), "money", 16),
            Column(_("Priority"), "whole", 9),
            Column(_("Why this priority"), width=44),
            Column(_("Remark"), width=40),
        ]

    def _get_worklist_row(self, action):
        """Return one row of the worklist."""
        contact = action.contact_id or action.partner_id
        names = {
            name: dict(action._fields[name]._description_selection(self.env))
            for name in ("channel", "state")
        }
        return [
            action.partner_id.name,
            action.name,
            action.date_planned,
            action.level_id.name,
            names["channel"][action.channel],
            names["state"][action.state],
            action.user_id.name,
            contact.email if action.channel == "email" else contact.display_name,
            contact.phone or action.partner_id.phone,
            len(action.due_line_ids),
            max(action.days_overdue, 0),
            action.currency_id.round(action.amount),
            action.priority,
            action.priority_note,
            action.state_reason,
        ]

    # --- aged balance ---

    @api.model
    def aged_balance(self, company, as_of=None, partners=None):
        """Return the aged balance as XLSX.

        One sheet for all in the company's currency, then one for each currency of the
        items. Credits (credit notes, payments that are not allocated) have a column of
        their own, so that each bucket shows what is really owed in it.

        :param as_of: date, today by default
        :param partners: commercial entities, all by default
        """
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        items = self.env["account.move.line"]._collection_open_items(
            as_of, company, partners
        )
        groups = defaultdict(list)
        for item in items:
            groups[item.currency_id].append(item)
        currencies = self.env["res.currency"].browse(groups).sorted("name")
        sheets = Sheets()
        _ = self.env._
        self._add_balance(
            sheets, _("All currencies"), company, as_of, items, company.currency_id,
            "residual_company",
        )  # fmt: skip
        for currency in currencies:
            self._add_balance(
                sheets, currency.name, company, as_of, groups[currency.id], currency,
                "residual",
            )  # fmt: skip
        return sheets.close()

    def _add_balance(self, sheets, name, company, as_of, items, currency, field):
        """Add a sheet of customers and ages, the largest balance first."""
        _ = self.env._
        day = self.env["recouvrement.layout"]._format_date(as_of)
        sheets.add(
            name,
            _("Aged balance at %(date)s", date=day),
            _(
                "%(company)s · %(sheet)s, amounts in %(currency)s",
                company=company.name,
                sheet=name,
                currency=currency.name,
            ),
            self._get_balance_columns(),
            self._get_balance_rows(company, as_of, items, currency, field),
            _("Total"),
            currency.decimal_places,
        )

    def _get_balance_columns(self):
        """Return the columns of an aged balance."""
        _ = self.env._
        return [
            Column(_("Customer"), width=38),
            Column(_("Number"), width=14),
            Column(_("Collector"), width=22),
            Column(_("Oldest, days late"), "whole", 10),
            Column(_("Not due"), "money", 15),
            Column(_("1-30 days"), "money", 15),
            Column(_("31-60 days"), "money", 15),
            Column(_("61-90 days"), "money", 15),
            Column(_("Over 90 days"), "money", 15),
            Column(_("Credits, not allocated"), "money", 15),
            Column(_("Balance"), "balance", 16),
        ]

    def _get_balance_rows(self, company, as_of, items, currency, field):
        """Return one row a customer."""
        agings = defaultdict(lambda: Aging(currency.decimal_places))
        for item in items:
            days = (as_of - item.date_due).days
            agings[item.commercial_id].add(getattr(item, field), days)
        partners = self.env["res.partner"].with_company(company).browse(agings)
        return [
            [
                partner.name or partner.display_name,
                partner.ref,
                partner.collector_id.name,
                agings[partner.id].oldest,
                *agings[partner.id].buckets,
                agings[partner.id].credits,
                None,
            ]
            for partner in partners.sorted(
                lambda partner: (-agings[partner.id].balance, partner.name or "")
            )
        ]
