from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import COLLECTION_READERS


class AccountMove(models.Model):
    _inherit = "account.move"

    credit_note_effect = fields.Selection(
        [
            ("invoice", "From the date of the invoice"),
            ("own", "From its own date"),
        ],
        string="Lowers Penalties",
        default="invoice",
        help="From the date of the invoice: the credit note corrects an error, what it "
        "credits was never owed. From its own date: a commercial gesture.",
    )
    collection_transfer = fields.Boolean(
        string="Transfer of Receivables",
        copy=False,
        readonly=True,
        help="The entry moves receivables to another account (factor, doubtful debts): "
        "in the books they are settled, but the customer has not paid.",
    )
    formal_notice_date = fields.Date(
        string="Formal Notice",
        copy=False,
        help="Date of the first formal notice (mise en demeure) to pay this invoice: "
        "set when one is sent; enter it when you sent it by other means.",
    )
    penalty_claim_id = fields.Many2one(
        "recouvrement.penalty.claim",
        readonly=True,
        index="btree_not_null",
        groups=COLLECTION_READERS,
        help="The invoice bills these penalties, or credits them, and bears none.",
    )
    late_penalty_amount = fields.Monetary(
        string="Late Penalties",
        compute="_compute_late_penalty",
        groups=COLLECTION_READERS,
        help="Interest for late payment to this day, in the currency of the invoice, "
        "claimed or not. It does not end with the payment of the invoice.",
    )
    late_penalty_indemnity = fields.Monetary(
        string="Fixed Indemnity",
        currency_field="late_penalty_indemnity_currency_id",
        compute="_compute_late_penalty",
        groups=COLLECTION_READERS,
        help="For recovery costs: once for an invoice that was late, in euros.",
    )
    late_penalty_indemnity_currency_id = fields.Many2one(
        "res.currency", compute="_compute_late_penalty", groups=COLLECTION_READERS
    )
    late_penalty_problem = fields.Char(
        compute="_compute_late_penalty",
        groups=COLLECTION_READERS,
        help="Why penalties cannot be computed to this day.",
    )

    @api.depends(
        "line_ids.amount_residual",
        "line_ids.date_maturity",
        "invoice_date",
        "state",
        "formal_notice_date",
        "penalty_claim_id",
        "commercial_partner_id.penalty_terms_id",
        "commercial_partner_id.insolvency_date",
    )
    def _compute_late_penalty(self):
        today = fields.Date.context_today(self)
        penalties = self.env["recouvrement.penalty"]
        answer, missing = penalties._compute(self._origin, today)
        euro = self.env["recouvrement.penalty.terms"]._get_indemnity_currency()
        rates = self.env["recouvrement.reference.rate"]
        for move in self:
            own = answer.get(move._origin.id) or penalties._new_breakdown("")
            gap = missing.get(move._origin.id)
            move.late_penalty_amount = own["interest"]
            move.late_penalty_indemnity = own["indemnity"]
            move.late_penalty_indemnity_currency_id = euro
            move.late_penalty_problem = gap and rates._missing_message(gap)

    def penalty_breakdown(self, as_of=None):
        """Return the late-payment penalties of the invoices, row by row.

        For each invoice id: ``principal`` (its amount with tax), ``residual`` (what is
        left of it), ``rows``, ``settlements``, ``interest``, ``interest_paid``,
        ``indemnity`` (in euros whatever the invoice's currency; 0 when nothing was
        late: no day bore penalties, as when a dispute suspends them all),
        ``indemnity_currency``, ``total`` (interest and indemnity; False when their
        currencies differ) and ``currency`` (codes: ``EUR``). A row is a balance at a
        rate over days: ``line_id, date_due, date_from, date_to, days, year,
        balance, capitalized, rate, amount, terms, rate_source, rate_verified``; days
        are both included, the rate is in percent a year (of ``year`` days), the balance
        and the amount in the invoice's currency. The sum of the rows is the interest.
        A settlement is what was paid or credited: ``line_id, date_due, date, amount,
        interest, principal, is_credit_note``; here all of it went to the principal.

        The unpaid amount with tax is lowered at the date of each payment (and by credit
        notes as they say). Penalties do not end with the payment of the principal.
        Rules: French commercial code, article L441-10 II, or the customer's terms.

        :param as_of: date (or ISO text) that is the last day counted; today by default.
            Payments after it are ignored.
        :raise UserError: when ``as_of`` is no date, or no reference rate is known for
            one of the days
        """
        day = self._get_penalty_day(as_of)
        self.check_access("read")
        penalties = self.env["recouvrement.penalty"]
        answer, missing = penalties._compute(self, day)
        penalties._check_missing(missing)
        for move in self:
            if move.id not in answer:
                answer[move.id] = penalties._new_breakdown(move.currency_id.name)
        return answer

    def unlink(self):
        """Delete with the invoices the rows of penalties that do not stand."""
        # sudo: rows are written by claims alone
        rows = self.env["recouvrement.penalty.claim.line"].sudo()
        rows.search(Domain("move_id", "in", self.ids))._release_invoices()
        return super().unlink()

    @api.model
    def _get_penalty_day(self, as_of):
        """Return the day that was asked for: a date, or text as programs send it."""
        if as_of is None or as_of is False or as_of == "":
            return fields.Date.context_today(self)
        try:
            if not isinstance(as_of, (str, date)):
                raise TypeError(as_of)
            return fields.Date.to_date(as_of)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "Give the day of the penalties as a date, such as 2026-06-30: "
                    "%(value)s is none.",
                    value=as_of,
                )
            ) from error

    def action_claim_penalties(self):
        """Open the form that claims the penalties of the invoices."""
        return self.env["recouvrement.penalty.claim.create"]._action_open(
            self.commercial_partner_id, self
        )

    def penalty_rows(self, as_of=False):
        """Return ``penalty_breakdown`` as a list, with each ``move_id`` (for RPC)."""
        breakdowns = self.penalty_breakdown(as_of)
        return [{"move_id": move.id, **breakdowns[move.id]} for move in self]
