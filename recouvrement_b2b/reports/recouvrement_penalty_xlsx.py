from collections import defaultdict

from odoo import api, models
from odoo.tools import groupby

from ..const import VERIFICATIONS
from ..tools.workbook import Column, Sheets


class RecouvrementXlsx(models.AbstractModel):
    _inherit = "recouvrement.xlsx"

    @api.model
    def penalties(self, partners, company, as_of, interest_first=False):
        """Return the statements of penalties of customers as one XLSX.

        For each currency a sheet of invoices, one of rows and one of what was paid:
        amounts are formulas, so that they can be checked and what is under them
        changed.

        :param partners: commercial entities
        :param as_of: last day that counts
        :param interest_first: set payments against interest first
        """
        page = self.env["recouvrement.penalty.page"]
        late = page._get_late(partners, company, as_of, interest_first)
        groups = defaultdict(list)
        for partner in partners:
            for move, breakdown in late[partner.id]:
                groups[move.currency_id].append((partner, move, breakdown))
        sheets = Sheets()
        subtitle = self._get_penalty_subtitle(company, interest_first)
        for currency in sorted(
            groups or [company.currency_id],
            key=lambda each: (each != company.currency_id, each.name),
        ):
            self._add_penalties(sheets, subtitle, as_of, currency, groups[currency])
        self._add_penalty_credits(sheets, subtitle, partners, company, as_of)
        return sheets.close()

    def _get_penalty_subtitle(self, company, interest_first):
        """Return the rule of the figures, in one line."""
        _ = self.env._
        if interest_first:
            rule = _("payments lower the interest of the invoice first")
        else:
            rule = _("payments lower the principal first")
        return _(
            "%(company)s · interest = balance × rate × days ÷ days of the year · "
            "%(rule)s",
            company=company.name,
            rule=rule,
        )

    def _add_penalties(self, sheets, subtitle, as_of, currency, late):
        """Add the sheets of one currency.

        :param late: list of (customer, invoice, breakdown)
        """
        _ = self.env._
        day = self.env["recouvrement.layout"]._format_date(as_of)
        rows_name = _("%(currency)s rows", currency=currency.name)
        paid_name = _("%(currency)s payments", currency=currency.name)
        for name, title, columns, rows in (
            (
                currency.name,
                _("Late-payment penalties to %(date)s", date=day),
                self._get_penalty_columns(currency, rows_name, paid_name),
                [self._get_penalty_invoice(*each, currency) for each in late],
            ),
            (
                rows_name,
                _("Rows of interest to %(date)s", date=day),
                self._get_penalty_row_columns(currency),
                self._get_penalty_rows(late),
            ),
            (
                paid_name,
                _("Payments and credit notes to %(date)s", date=day),
                self._get_settlement_columns(),
                self._get_settlement_rows(late),
            ),
        ):
            sheets.add(
                name,
                f"{title}, {currency.name}",
                subtitle,
                columns,
                rows,
                _("Total"),
                currency.decimal_places,
            )

    # --- invoices ---

    def _get_penalty_columns(self, currency, rows_name, paid_name):
        """Return the columns of invoices; interest is the sum of the other sheets'."""
        _ = self.env._
        euro = self.env["recouvrement.penalty.terms"]._get_indemnity_currency()
        total = "{4}+{7}+{8}" if currency == euro else "{4}+{7}"
        return [
            Column(_("Customer"), width=34),
            Column(_("Invoice"), width=18),
            Column(_("Due date"), "date", 11),
            Column(_("Principal"), "money", 15),
            Column(_("Principal left"), "money", 15),
            Column(_("Interest"), "money", 13, self._sum_of(rows_name, "J")),
            Column(_("Interest paid"), "money", 13, self._sum_of(paid_name, "F")),
            Column(_("Interest left"), "money", 13, "{5}-{6}"),
            Column(_("Fixed indemnity (EUR)"), "money", 13),
            Column(_("Total"), "money", 15, total),
        ]

    def _sum_of(self, name, column):
        """Return the formula that sums a sheet's column over the row's invoice."""
        quoted = name.replace("'", "''")
        return f"SUMIF('{quoted}'!$B:$B,{{1}},'{quoted}'!${column}:${column})"

    def _get_penalty_invoice(self, partner, move, breakdown, currency):
        """Return the row of one invoice."""
        left = currency.round(breakdown["interest"] - breakdown["interest_paid"])
        total = breakdown["residual"] + left
        if currency.name == breakdown["indemnity_currency"]:
            total += breakdown["indemnity"]
        return [
            partner.name,
            move.name,
            move.invoice_date_due,
            breakdown["principal"],
            breakdown["residual"],
            breakdown["interest"],
            breakdown["interest_paid"],
            left,
            breakdown["indemnity"],
            currency.round(total),
        ]

    # --- rows ---

    def _get_penalty_row_columns(self, currency):
        """Return the columns of rows: the amount is balance x rate x days / year."""
        _ = self.env._
        amount = f"ROUND({{6}}*{{7}}*{{5}}/({{8}}*100),{currency.decimal_places})"
        return [
            Column(_("Customer"), width=34),
            Column(_("Invoice"), width=18),
            Column(_("Due date"), "date", 11),
            Column(_("From"), "date", 11),
            Column(_("To"), "date", 11),
            Column(_("Days"), "whole", 8),
            Column(_("Balance"), "amount", 15),
            Column(_("Rate, % a year"), "rate", 10),
            Column(_("Days of the year"), "whole", 10),
            Column(_("Interest"), "money", 13, amount),
            Column(_("Of which interest in the balance"), "amount", 13),
            Column(_("Terms"), width=30),
            Column(_("Source of the rate"), width=48),
            Column(_("Rate checked"), width=18),
        ]

    def _get_penalty_rows(self, late):
        """Return all the rows of invoices."""
        checked = {code: str(label) for code, label in VERIFICATIONS}
        checked |= dict(
            self.env["recouvrement.reference.rate"]
            ._fields["ecb_verified"]
            ._description_selection(self.env)
        )
        return [
            [
                partner.name,
                move.name,
                row["date_due"],
                row["date_from"],
                row["date_to"],
                row["days"],
                row["balance"],
                row["rate"],
                row["year"],
                row["amount"],
                row["capitalized"] or None,
                row["terms"],
                row["rate_source"],
                checked[row["rate_verified"]],
            ]
            for partner, move, breakdown in late
            for row in breakdown["rows"]
        ]

    # --- payments ---

    def _get_settlement_columns(self):
        """Return the columns of what was paid."""
        _ = self.env._
        return [
            Column(_("Customer"), width=34),
            Column(_("Invoice"), width=18),
            Column(_("Due date"), "date", 11),
            Column(_("Date"), "date", 11),
            Column(_("Kind"), width=14),
            Column(_("To interest"), "money", 14),
            Column(_("To principal"), "money", 14),
            Column(_("Amount"), "money", 14, "{5}+{6}"),
        ]

    def _get_settlement_rows(self, late):
        """Return what was paid on invoices, and against what it was set."""
        _ = self.env._
        return [
            [
                partner.name,
                move.name,
                each["date_due"],
                each["date"],
                _("Credit note") if each["is_credit_note"] else _("Payment"),
                each["interest"],
                each["principal"],
                each["amount"],
            ]
            for partner, move, breakdown in late
            for each in breakdown["settlements"]
        ]

    def _add_penalty_credits(self, sheets, subtitle, partners, company, as_of):
        """Add what lowers no invoice yet, when there is something."""
        _ = self.env._
        credits = self.env["recouvrement.penalty.page"]._get_credits(
            partners, company, as_of
        )
        found = [
            (currency, [partner.name, currency.round(amount)])
            for partner in partners
            for currency, amount in credits[partner.id].items()
        ]
        for currency, pairs in groupby(found, key=lambda pair: pair[0]):
            sheets.add(
                _("%(currency)s not allocated", currency=currency.name),
                _(
                    "Not allocated to an invoice, not deducted, %(currency)s",
                    currency=currency.name,
                ),
                subtitle,
                [Column(_("Customer"), width=34), Column(_("Amount"), "money", 15)],
                [row for _currency, row in pairs],
                _("Total"),
                currency.decimal_places,
            )
