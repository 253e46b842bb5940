from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain


class RecouvrementPenaltyClaim(models.Model):
    """How claims are made: the rows that were not claimed yet, customer by customer."""

    _inherit = "recouvrement.penalty.claim"

    @api.model
    def _claim_customers(
        self, partners, as_of, company=None, moves=None, kinds=("interest", "indemnity")
    ):
        """Return draft claims of what customers owe and was not claimed yet.

        One a customer and currency: interest in the currency of the invoices,
        indemnities in euros. A draft that exists is computed anew.

        :param partners: customers
        :param as_of: last day that counts
        :param moves: invoices to claim on; all those of the customers by default
        :param kinds: what to claim
        """
        company = company or self.env.company
        partners = partners.commercial_partner_id
        drafts = self.search(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "in", partners.ids)
            & Domain("state", "=", "draft")
        )
        existing = {
            (draft.partner_id.id, draft.currency_id.id): draft for draft in drafts
        }
        # sudo: rows are written by claims alone, never by hand
        lines = self.env["recouvrement.penalty.claim.line"].sudo()
        drafts.line_ids.with_env(lines.env).unlink()
        rows = {
            key: own
            for key, values in self._get_rows(partners, as_of, company, moves).items()
            if (own := [row for row in values if row["kind"] in kinds])
        }
        fresh = self.create(
            [
                self._prepare_vals(company, *key, as_of)
                for key in rows
                if key not in existing
            ]
        )
        claims = fresh + self.browse(
            existing[key].id for key in rows if key in existing
        )
        (drafts - claims).unlink()
        claims.date_to = as_of
        for claim in claims:
            for row in rows[claim.partner_id.id, claim.currency_id.id]:
                row["claim_id"] = claim.id
        lines.create([row for values in rows.values() for row in values])
        return claims.sorted()

    @api.model
    def _prepare_vals(self, company, partner_id, currency_id, as_of):
        """Return the values of a new claim."""
        return {
            "company_id": company.id,
            "partner_id": partner_id,
            "currency_id": currency_id,
            "date_to": as_of,
        }

    @api.model
    def _get_rows(self, partners, as_of, company, moves=None):
        """Return ``{(customer id, currency id): values of rows}`` not claimed yet."""
        if moves is None:
            moves = self._get_late_invoices(partners, as_of, company)
        moves = moves.filtered(lambda move: move.company_id == company)
        lines = self.env["recouvrement.penalty.claim.line"].sudo()  # of all claims
        answer, missing = self.env["recouvrement.penalty"]._compute(
            moves, as_of, lines._get_claimed_days(moves)
        )
        self.env["recouvrement.penalty"]._check_missing(missing)
        euro = self.env["recouvrement.penalty.terms"]._get_indemnity_currency()
        indemnified = lines._get_indemnified(moves)
        rows = defaultdict(list)
        for move in moves:
            breakdown = answer.get(move.id)
            if not breakdown:
                continue
            customer = move.commercial_partner_id.id
            rows[customer, move.currency_id.id] += [
                lines._prepare_interest(move, row) for row in breakdown["rows"]
            ]
            if breakdown["indemnity"] and move not in indemnified:
                rows[customer, euro.id].append(
                    lines._prepare_indemnity(move, breakdown["indemnity"])
                )
        return {key: values for key, values in rows.items() if values}

    @api.model
    def _get_late_invoices(self, partners, as_of, company):
        """Return the posted invoices of customers that came due before a date."""
        return self.env["account.move"].search(
            Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & Domain("state", "=", "posted")
            & Domain("company_id", "=", company.id)
            & Domain("commercial_partner_id", "in", partners.ids)
            & Domain("penalty_claim_id", "=", False)
            & Domain("line_ids.date_maturity", "<", as_of)
        )

    def _add_days(self, day):
        """Add the rows of the days after the claim, up to another one."""
        self.ensure_one()
        moves = self.line_ids.move_id
        rows = self._get_rows(self.partner_id, day, self.company_id, moves)
        own = rows.get((self.partner_id.id, self.currency_id.id), [])
        # sudo: rows are written by claims alone
        self.env["recouvrement.penalty.claim.line"].sudo().create(
            [{**row, "claim_id": self.id} for row in own if row["kind"] == "interest"]
        )
        self.date_to = max(self.date_to, day)

    def _get_drift(self):
        self.ensure_one()
        own = self.line_ids.filtered(lambda line: line.kind == "interest")
        if not own:
            return 0.0
        spans = {}
        for line in own:
            first, last = spans.get(
                line.move_line_id.id, (line.date_from, line.date_to)
            )
            spans[line.move_line_id.id] = (
                min(first, line.date_from),
                max(last, line.date_to),
            )
        since = {key: first.toordinal() - 1 for key, (first, _last) in spans.items()}
        answer, missing = self.env["recouvrement.penalty"]._compute(
            own.move_id, self.date_to, since
        )
        if missing:
            return 0.0
        now = sum(
            row["amount"]
            for breakdown in answer.values()
            for row in breakdown["rows"]
            if row["line_id"] in spans
        )
        return self.currency_id.round(now - self.interest)
