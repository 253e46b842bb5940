from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import VERIFICATIONS


class RecouvrementPenaltyClaimLine(models.Model):
    """One row of a claim: interest of a balance over days, or a fixed indemnity."""

    _name = "recouvrement.penalty.claim.line"
    _description = "Row of Penalty Claim"
    _order = "claim_id, move_id, kind desc, date_due, date_from, id"

    claim_id = fields.Many2one(
        "recouvrement.penalty.claim", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="claim_id.company_id")
    currency_id = fields.Many2one(related="claim_id.currency_id")
    kind = fields.Selection(
        [("interest", "Interest"), ("indemnity", "Indemnity")],
        required=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        ondelete="restrict",
        index=True,
    )
    move_line_id = fields.Many2one(
        "account.move.line", string="Item", ondelete="restrict", index="btree_not_null"
    )
    date_due = fields.Date(string="Due Date")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    days = fields.Integer()
    year = fields.Integer(default=365, help="What the days are divided by.")
    balance = fields.Monetary()
    capitalized = fields.Monetary(string="Of Which Interest")
    rate = fields.Float(string="Rate (%)", digits=(7, 4))
    amount = fields.Monetary()
    terms = fields.Char(help="Name of the penalty terms, as it was then.")
    legal_reference = fields.Char(help="Text of law or clause of the terms.")
    after_notice = fields.Boolean(
        help="The terms counted from a formal notice, not from the due date."
    )
    fixed_at_start = fields.Boolean(
        string="Rate of the First Day",
        help="The rate stays as on the first day, whatever the half-year.",
    )
    rate_source = fields.Char(string="Source of the Rate")
    rate_verified = fields.Selection(VERIFICATIONS, string="Rate Checked")
    live = fields.Boolean(
        default=True, help="False once the claim is cancelled: may be claimed again."
    )

    # Two ranges, since PostgreSQL compares them without an extension.
    _interest_once = models.Constraint(
        "EXCLUDE USING gist (int4range(move_line_id, move_line_id, '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) "
        "WHERE (live AND kind = 'interest')",
        "Penalties of some of these days were claimed already.",
    )
    _indemnity_once = models.UniqueIndex(
        "(move_id) WHERE live AND kind = 'indemnity'",
        "The fixed indemnity of an invoice is claimed once.",
    )

    # --- making and letting go ---

    @api.model_create_multi
    def create(self, vals_list):
        """Keep with the rows the rule of the terms of their customer, as it is now."""
        claims = self.env["recouvrement.penalty.claim"].browse(
            dict.fromkeys(vals["claim_id"] for vals in vals_list)
        )
        rules = {}
        for company, group in claims.grouped("company_id").items():
            terms = self.env["recouvrement.penalty.terms"]._for_customers(
                group.partner_id, company
            )
            for claim in group:
                rules[claim.id] = self._prepare_rule(terms[claim.partner_id], claim)
        return super().create([vals | rules[vals["claim_id"]] for vals in vals_list])

    @api.model
    def _prepare_rule(self, terms, claim):
        """Return what a row keeps of its terms, in the language of the customer."""
        if not terms:
            return {}
        lang = claim.partner_id.lang or claim.company_id.partner_id.lang
        terms = terms.with_context(lang=lang)
        return {
            "terms": terms.display_name,
            "legal_reference": terms.legal_reference,
            "after_notice": terms.starts == "notice",
            "fixed_at_start": terms._is_fixed_at_start(),
        }

    def _release_items(self):
        """Let go of items that are about to be deleted."""
        self._release(self.filtered(lambda row: row.claim_id.state == "draft"))
        self.exists().move_line_id = False

    def _release_invoices(self):
        """Let go of invoices that are about to be deleted."""
        self._release(self)

    def _release(self, rows):
        """Delete rows of claims that were never made, or were given up.

        :raise UserError: when some of these are of a claim that stands
        """
        for row in self:
            if row.live and row.claim_id.state != "draft":
                raise UserError(
                    self.env._(
                        "Penalties of %(invoice)s were claimed with %(claim)s: cancel "
                        "that claim before you delete the invoice or change its due "
                        "dates.",
                        invoice=row.move_id.display_name,
                        claim=row.claim_id.name,
                    )
                )
        rows.unlink()

    # --- what was claimed ---

    @api.model
    def _get_claimed_days(self, moves, until=None):
        """Return ``{line id: last day claimed}`` of the items of invoices.

        :param until: a claim: only what was claimed before it
        """
        domain = (
            Domain("move_id", "in", moves.ids)
            & Domain("live", "=", True)
            & Domain("kind", "=", "interest")
        )
        if until:
            domain &= Domain("claim_id.date_to", "<", until.date_to)
            domain &= Domain("claim_id", "!=", until.id)
        groups = self._read_group(domain, ["move_line_id"], ["date_to:max"])
        return {line.id: last.toordinal() for line, last in groups}

    @api.model
    def _get_indemnified(self, moves):
        """Return the invoices whose fixed indemnity was claimed."""
        groups = self._read_group(
            Domain("move_id", "in", moves.ids)
            & Domain("live", "=", True)
            & Domain("kind", "=", "indemnity"),
            ["move_id"],
        )
        return moves.browse(move.id for (move,) in groups)

    @api.model
    def _prepare_interest(self, move, row):
        """Return the values of a row of interest, from one of ``penalty_breakdown``."""
        names = ("date_due", "date_from", "date_to", "days", "balance", "capitalized")
        names += ("rate", "amount", "terms", "rate_source", "rate_verified", "year")
        return {
            "kind": "interest",
            "move_id": move.id,
            "move_line_id": row["line_id"],
            **{name: row[name] for name in names},
        }

    def _as_row(self):
        """Return a row of interest as ``penalty_breakdown`` gives it."""
        self.ensure_one()
        names = self._prepare_interest(self.move_id, defaultdict(bool))
        row = {name: self[name] for name in names if name not in ("kind", "move_id")}
        return row | {"line_id": self.move_line_id.id}

    @api.model
    def _prepare_indemnity(self, move, amount):
        """Return the values of the row of a fixed indemnity."""
        return {
            "kind": "indemnity",
            "move_id": move.id,
            "date_due": move.invoice_date_due,
            "amount": amount,
        }
