from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..tools.receivables_columns import parse_mapping
from ..tools.receivables_csv import Problem, read
from ..tools.receivables_messages import FILE_MESSAGES, ROW_MESSAGES
from ..tools.receivables_text import ReceivablesError


@dataclass(slots=True)
class ImportReport:
    """What an import has found and done.

    :ivar errors: ``(row, column, sentence)`` of everything that was refused
    :ivar counts: ``{what: {"read": n, "refused": n, "imported": n}}``
    :ivar written: whether the books were touched
    """

    reading: object
    errors: list = field(default_factory=list)
    counts: dict = field(default_factory=dict)
    written: bool = False


class RecouvrementPortfolio(models.AbstractModel):
    """Imports a file of receivables: reads it, checks it, writes it."""

    _inherit = "recouvrement.portfolio"

    @api.model
    def _import_receivables(
        self,
        data,
        options,
        company=None,
        skip_bad_rows=False,
        dry_run=False,
        progress=None,
    ):
        """Import the receivables of a file into the books of a company.

        Nothing is written where a row is refused, unless the bad rows are to be left
        out.

        :param data: bytes of the file
        :param options: ``tools.receivables_csv.Options``
        :param dry_run: read and check only
        :return: ImportReport
        :raise UserError: the file as a whole cannot be read
        """
        company = company or self.env.company
        if not self.env.su and company not in self.env.companies:
            # What follows writes in sudo: the company is checked here.
            raise AccessError(
                self.env._("You do not work in the company that you import into.")
            )
        reading = self._call_reader(read, data, options)
        problems = reading.problems + self._check_receivables(reading, company)
        bad_rows = {problem.row for problem in problems}
        portfolio = reading.portfolio(without=bad_rows)
        report = ImportReport(reading, self._describe(problems, reading))
        if portfolio.invoices and not dry_run and (skip_bad_rows or not problems):
            self._write_portfolio(portfolio, company, progress)
            report.written = True
        report.counts = self._count(reading, portfolio, report.written)
        return report

    @api.model
    def _parse_mapping(self, text):
        """Return the mapping that a text says, JSON or INI."""
        return self._call_reader(parse_mapping, text) if text.strip() else {}

    @api.model
    def _call_reader(self, function, *args):
        """Call a pure function; what it cannot read is told to the user."""
        try:
            return function(*args)
        except ReceivablesError as error:
            raise UserError(self._get_sentence(FILE_MESSAGES, error)) from error

    @api.model
    def _get_sentence(self, messages, problem):
        text = self.env._(messages[problem.code])  # pylint: disable=gettext-variable
        return text % problem.values

    @api.model
    def _describe(self, problems, reading):
        """Return ``(row, column, sentence)`` of problems, in order of row."""
        return [
            (
                problem.row,
                reading.columns.get(problem.field, problem.field),
                self._get_sentence(ROW_MESSAGES, problem),
            )
            for problem in sorted(problems, key=lambda problem: problem.row)
        ]

    @api.model
    def _count(self, reading, portfolio, written):
        """Return how many of each were read, refused and imported."""
        read_and_kept = {
            "invoices": (reading.row_count, len(portfolio.invoices)),
            "payments": (reading.payments_seen, len(portfolio.payments)),
            "customers": (len(reading.customers_seen), len(portfolio.customers)),
        }
        return {
            what: {
                "read": seen,
                "refused": seen - kept,
                "imported": kept if written else 0,
            }
            for what, (seen, kept) in read_and_kept.items()
        }

    @api.model
    def _get_summary(self, report):
        """Return the sentences that say what was found in a file and what was done."""
        reading, counts = report.reading, report.counts
        sentences = [
            self.env._(
                "File: %(encoding)s, delimiter “%(delimiter)s”, dates %(style)s.",
                encoding=reading.encoding,
                delimiter=reading.delimiter.replace("\t", "tab"),
                style=reading.date_style,
            )
        ]
        if reading.shift_days:
            sentences.append(
                self.env._("Dates moved by %s days.", f"{reading.shift_days:+d}")
            )
        sentences += [
            self.env._(
                "Invoices: %(read)s read, %(refused)s refused, %(imported)s imported.",
                **counts["invoices"],
            ),
            self.env._(
                "Payments: %(read)s read, %(refused)s refused, %(imported)s imported.",
                **counts["payments"],
            ),
            self.env._(
                "Customers: %(read)s read, %(refused)s refused, %(imported)s imported.",
                **counts["customers"],
            ),
        ]
        if reading.payments_later:
            sentences.append(
                self.env._(
                    "%s payments of after today are left out: their invoices are open.",
                    reading.payments_later,
                )
            )
        return sentences

    @api.model
    def _get_column_summary(self, reading):
        """Return the sentences that say which columns were read, and which not."""
        known = reading.columns.values()
        unused = [name for name in reading.header if name and name not in known]
        columns = (f"{field} = {name}" for field, name in reading.columns.items())
        sentences = [self.env._("Columns: %s.", ", ".join(columns))]
        if unused:
            sentences.append(self.env._("Not used: %s.", ", ".join(unused)))
        return sentences

    # === What only the books can tell === #

    @api.model
    def _check_receivables(self, reading, company):
        """Return the problems of rows that could be read, but may not be written."""
        invoices = [row.invoice for row in reading.rows]
        if not invoices:
            return []
        customers = {row.customer.key: row.customer for row in reading.rows}
        found = self.sudo()._find_customers(list(customers.values()), company)
        return [
            *self._check_customers(reading, found),
            *self._check_known(invoices, found, company),
            *self._check_currencies(invoices, company),
            *self._check_lock_dates(reading.rows, company),
        ]

    @api.model
    def _check_customers(self, reading, found):
        """Refuse customers that are several in Odoo, and countries that are none."""
        column = "customer" if "customer" in reading.columns else "customer_name"
        problems, countries = [], {"": True}
        for row in reading.rows:
            namesakes = len(found.get(row.customer.key, ()))
            if namesakes > 1:
                values = {"count": namesakes}
                problems.append(Problem(row.number, column, "customers", values))
            text = row.customer.country
            if text not in countries:
                countries[text] = bool(self._get_country(text))
            if not countries[text]:
                values = {"value": text}
                problems.append(Problem(row.number, "country", "country", values))
        return problems

    @api.model
    def _check_known(self, invoices, found, company):
        """Refuse the invoices that an earlier import has brought."""
        partners = self.env["res.partner"].union(*found.values())
        moves = self.env["account.move"].sudo()  # whoever imported them
        known = moves._read_group(
            [
                ("company_id", "=", company.id),
                ("commercial_partner_id", "in", partners.ids),
                ("imported_number", "in", [invoice.number for invoice in invoices]),
                ("state", "!=", "cancel"),
            ],
            ["commercial_partner_id", "imported_number"],
        )
        known = {(partner.id, number) for partner, number in known}
        return [
            Problem(invoice.row, "number", "imported")
            for invoice in invoices
            if any(
                (partner.id, invoice.number) in known
                for partner in found.get(invoice.customer, ())
            )
        ]

    @api.model
    def _check_currencies(self, invoices, company):
        """Refuse currencies that are not active, or that have no rate yet."""
        currencies = {
            currency.name: currency for currency in self.env["res.currency"].search([])
        }
        rates = dict(
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [("company_id", "in", [False, company.root_id.id])],
                ["currency_id"],
                ["name:min"],
            )
        )
        problems = []
        for invoice in invoices:
            name = invoice.currency or company.currency_id.name
            currency = currencies.get(name)
            values = {"value": name, "date": invoice.date}
            if not currency:
                problems.append(
                    Problem(invoice.row, "currency", "unknown_currency", values)
                )
            elif currency != company.currency_id and (
                currency not in rates or rates[currency] > invoice.date
            ):
                problems.append(Problem(invoice.row, "currency", "no_rate", values))
            elif invoice.amount % Decimal(str(currency.rounding)):
                problems.append(Problem(invoice.row, "amount", "rounding", values))
        return problems

    @api.model
    def _check_lock_dates(self, rows, company):
        """Refuse what Odoo would silently date after the closing of the books."""
        company = company.sudo()
        locked = max(company.user_fiscalyear_lock_date, company.user_hard_lock_date)
        sales = max(locked, company.user_sale_lock_date)
        problems = []
        for row in rows:
            if row.invoice.date <= sales:
                values = {"date": sales}
                problems.append(Problem(row.number, "date", "locked", values))
            if row.payment and row.payment.date <= locked:
                values = {"date": locked}
                problems.append(Problem(row.number, "settled", "locked", values))
        return problems
