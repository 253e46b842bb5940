from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class RecouvrementPenaltyClaim(models.Model):
    """How claims are made: the rows that were not claimed yet, customer by customer."""

    _inherit = "recouvrement.penalty.claim"

    @api.model
    def _claim_customers(
        self,
        partners,
        as_of,
        company=None,
        moves=None,
        kinds=("interest", "indemnity"),
        freeze=False,
    ):
        """Return claims of what customers owe and was not claimed yet.

        One a customer and currency: interest in the currency of the invoices,
        indemnities in euros. A draft that exists is computed anew, with the invoices
        that it has; a claim that is frozen at once leaves drafts alone, apart from its
        own invoices.

        :param partners: customers
        :param as_of: last day that counts
        :param moves: invoices to claim on; all those of the customers by default
        :param kinds: what to claim
        :param freeze: claimed at once (a letter says it); invoices of which a rate is
            not known are left out then
        """
        company = company or self.env.company
        partners = partners.commercial_partner_id
        partners.with_company(company).mapped("collector_id")  # read for all at once
        claims = self.sudo()  # see write; whose customers they are is checked below
        drafts = claims._get_drafts(partners, company)
        if freeze:
            drafts.line_ids.filtered(lambda line: line.move_id in moves).unlink()
        else:
            if moves is not None:
                moves |= drafts.line_ids.move_id.with_env(moves.env)
            drafts.line_ids.unlink()
        rows = self._get_rows(partners, as_of, company, moves, strict=not freeze)
        rows = {
            key: own
            for key, values in rows.items()
            if (own := [row for row in values if row["kind"] in kinds])
        }
        made = claims._make(rows, drafts.browse() if freeze else drafts, as_of, freeze)
        (drafts - made).filtered(lambda draft: not draft.line_ids).unlink()
        made = made.with_env(self.env).sorted()
        made.check_access("write")
        return made

    @api.model
    def _get_drafts(self, partners, company):
        """Return the drafts of customers."""
        return self.search(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "in", partners.ids)
            & Domain("state", "=", "draft")
        )

    def _make(self, rows, drafts, as_of, freeze):
        """Return the claims that hold rows: drafts that exist, and new ones.

        :param rows: ``{(customer id, currency id): values}``; one company
        """
        existing = {
            (draft.partner_id.id, draft.currency_id.id): draft for draft in drafts
        }
        company = (
            self.env["account.move"]
            .browse(values[0]["move_id"] for values in rows.values())[:1]
            .company_id
        )
        extra = {"date_claimed": fields.Date.context_today(self)} if freeze else {}
        made = self.with_context(
            mail_create_nosubscribe=True, mail_auto_subscribe_no_notify=True
        ).create(
            [
                self._prepare_vals(company, *key, as_of) | extra
                for key in rows
                if key not in existing
            ]
        )
        made += self.browse(existing[key].id for key in rows if key in existing)
        made.date_to = as_of
        for claim in made:
            for row in rows[claim.partner_id.id, claim.currency_id.id]:
                row["claim_id"] = claim.id
        made.line_ids.create([row for values in rows.values() for row in values])
        return made

    def _compute_again(self):
        """Compute the rows of drafts again, of the same invoices to the same day."""
        # sudo: rows are written by claims alone, never by hand
        for claim in self.sudo():
            kinds = set(claim.line_ids.mapped("kind"))
            moves = claim.line_ids.move_id
            claim.line_ids.unlink()
            rows = claim._get_rows(
                claim.partner_id, claim.date_to, claim.company_id, moves
            )
            claim.line_ids.create(
                [
                    row | {"claim_id": claim.id}
                    for row in rows.get((claim.partner_id.id, claim.currency_id.id), ())
                    if row["kind"] in kinds
                ]
            )

    @api.model
    def _prepare_vals(self, company, partner_id, currency_id, as_of):
        """Return the values of a new claim."""
        return {
            "company_id": company.id,
            "partner_id": partner_id,
            "currency_id": currency_id,
            "date_to": as_of,
            "user_id": self._get_responsible(partner_id, company, as_of).id,
        }

    @api.model
    def _get_responsible(self, partner_id, company, day):
        """Return who follows a claim up: the collector, else who makes it."""
        partner = self.env["res.partner"].browse(partner_id)
        maker = self.env.user
        if maker == self.env.ref("base.user_root"):
            maker = company._get_collection_manager()
        return partner._get_collector(company, day) or maker

    @api.model
    def _get_rows(self, partners, as_of, company, moves=None, strict=True):
        """Return ``{(customer id, currency id): values of rows}`` not claimed yet.

        :param strict: refuse when a rate is not known, instead of leaving out
        """
        if moves is None:
            moves = self._get_late_invoices(partners, as_of, company)
        moves = moves.filtered(lambda move: move.company_id == company)
        lines = self.env["recouvrement.penalty.claim.line"].sudo()  # of all claims
        answer, missing = self.env["recouvrement.penalty"]._compute(
            moves, as_of, lines._get_claimed_days(moves)
        )
        if strict:
            self.env["recouvrement.penalty"]._check_missing(missing)
        moves = moves.filtered(lambda move: move.id not in missing)
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
        self.sudo().date_to = max(self.date_to, day)  # sudo: see write

    def _get_drift(self):
        """Return what the claimed days and indemnities would make now, less then."""
        self.ensure_one()
        lines = self.line_ids
        items = lines.move_line_id
        before = lines.sudo()._get_claimed_days(lines.move_id, until=self)
        answer, missing = self.env["recouvrement.penalty"]._compute(
            lines.move_id, self.date_to, before
        )
        if missing:
            return 0.0
        now = 0.0
        indemnified = lines.filtered(lambda line: line.kind == "indemnity").move_id
        for move_id, breakdown in answer.items():
            now += sum(
                row["amount"]
                for row in breakdown["rows"]
                if row["line_id"] in items.ids
            )
            if move_id in indemnified.ids:
                now += breakdown["indemnity"]
        return self.currency_id.round(now - self.amount)

    # --- offers ---

    def _get_settled_dates(self):
        """Return ``{claim: day on which its invoices were all paid}``, False before.

        The day of the last payment, as the payments are dated.
        """
        lines = self.env["account.move.line"].sudo()  # as for everybody
        items = lines.search(
            Domain("move_id", "in", self.line_ids.move_id.ids)
            & Domain("account_id.account_type", "=", "asset_receivable")
        ).grouped("move_id")
        answer = {}
        for claim in self:
            own = lines.union(
                *(items.get(move, lines) for move in claim.line_ids.move_id)
            )
            payments = own.matched_credit_ids.credit_move_id
            paid = (
                own
                and all(line.reconciled for line in own)
                # moved to another account, the customer has not paid
                and not any(payments.move_id.mapped("collection_transfer"))
            )
            days = payments.mapped("date")
            answer[claim] = max(days, default=False) if paid else False
        return answer
