from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

# Accounts of the French chart: income of trade receivables, penalties received.
INTEREST_CODE, INDEMNITY_CODE = "7631", "7581"


class RecouvrementPenaltyClaim(models.Model):
    """Invoices of penalties, and credit notes of what is waived afterwards.

    They bear no VAT: penalties pay for no supply (French tax code, article 256), and
    go to a journal of their own.
    """

    _inherit = "recouvrement.penalty.claim"

    def _get_moves(self, state):
        """Return the invoices and credit notes of the claims in a state."""
        # sudo: the state of a claim does not depend on who looks at it
        return self.sudo().invoice_ids.filtered(lambda move: move.state == state)

    def _get_bills(self):
        """Return the posted invoices of the claims, credit notes left out."""
        return self._get_moves("posted").filtered(
            lambda move: move.move_type == "out_invoice"
        )

    def _get_billed(self):
        """Return what is invoiced of the claims, less what was credited."""
        total = sum(
            move.amount_total * (1 if move.move_type == "out_invoice" else -1)
            for move in self._get_moves("posted")
        )
        return self.currency_id.round(total) if self.currency_id else total

    def action_invoice(self):
        """Invoice the claims: one posted invoice each, without VAT."""
        self.check_access("write")
        self._check_states("claimed", "partly_waived")
        for claim in self:
            claim._check_invoice()
        moves = self._bill("out_invoice", {claim: claim._get_bill() for claim in self})
        if len(moves) == 1:
            return moves.get_formview_action()
        return self.action_view_invoices()

    def _check_invoice(self):
        """Tell what has to be done before the claim can be invoiced."""
        self.ensure_one()
        if self.offer_date:
            raise UserError(
                self.env._(
                    "%(name)s is offered to be waived until %(date)s: wait until then, "
                    "or take the offer back.",
                    name=self.name,
                    date=format_date(self.env, self.offer_date),
                )
            )
        self._check_currency_rate()

    def _check_currency_rate(self):
        """Refuse a currency without a rate to this day: Odoo would take one for one.

        That holds for the currency in which the rates of the others are given as well:
        its rate of 1 is to be entered.
        """
        if self.currency_id == self.company_id.currency_id:
            return
        rate = self.env["res.currency.rate"].search(
            Domain("currency_id", "=", self.currency_id.id)
            & Domain("company_id", "in", (False, self.company_id.root_id.id))
            & Domain("name", "<=", fields.Date.context_today(self)),
            limit=1,
        )
        if not rate:
            raise UserError(
                self.env._(
                    "Enter a rate of %(currency)s before you invoice %(name)s: 1 if "
                    "the rates of the other currencies are given in it.",
                    currency=self.currency_id.name,
                    name=self.name,
                )
            )

    def _get_bill(self):
        """Return what is to invoice, as (label, quantity, price, account) in order."""
        self.ensure_one()
        interest, indemnity = self._get_penalty_accounts()
        claim = self.with_context(lang=self.partner_id.lang)
        bill = []
        for move, rows in self.line_ids.grouped("move_id").items():
            by_kind = rows.grouped("kind")
            own = by_kind.get("interest")
            if own:
                label = claim.env._(
                    "Late-payment penalties on %(invoice)s, %(first)s to %(last)s",
                    invoice=move.name,
                    first=format_date(claim.env, min(own.mapped("date_from"))),
                    last=format_date(claim.env, max(own.mapped("date_to"))),
                )
                bill.append((label, 1, sum(own.mapped("amount")), interest))
            if "indemnity" in by_kind:
                label = claim.env._(
                    "Fixed indemnity for recovery costs, %(invoice)s", invoice=move.name
                )
                price = sum(by_kind["indemnity"].mapped("amount"))
                bill.append((label, 1, price, indemnity))
        granted = self.waiver_ids.filtered(lambda waiver: waiver.state == "granted")
        return bill + [
            (label, -1, price, account)
            for waiver in granted
            for label, _quantity, price, account in waiver._get_bill()
        ]

    def _bill(self, move_type, bills):
        """Create and post invoices or credit notes of penalties, without VAT.

        :param bills: ``{claim: [(label, quantity, price, account)]}``
        :return: account.move
        """
        moves = self.env["account.move"].create(
            [
                claim._prepare_move(move_type, bill)
                for claim, bill in bills.items()
                if bill
            ]
        )
        moves.action_post()
        return moves

    def _prepare_move(self, move_type, bill):
        """Return the values of an invoice or credit note; extend it to add fields."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        contact = self.partner_id.address_get(["invoice"])["invoice"]
        claim = self.with_context(lang=self.partner_id.lang)
        return {
            "move_type": move_type,
            "company_id": self.company_id.id,
            "journal_id": self._get_penalty_journal(self.company_id).id,
            "partner_id": contact,
            "currency_id": self.currency_id.id,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_origin": self.name,
            "penalty_claim_id": self.id,
            "narration": claim._get_narration(),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": label,
                        "quantity": quantity,
                        "price_unit": price,
                        "account_id": account.id,
                        "tax_ids": [Command.clear()],
                    }
                )
                for label, quantity, price, account in bill
            ],
        }

    def _get_narration(self):
        """Return what an invoice or credit note says below its lines."""
        self.ensure_one()
        narration = self.env._(
            "Penalties and indemnities for late payment are outside the scope of "
            "VAT (French tax code, article 256)."
        )
        if "unverified" in self.line_ids.mapped("rate_verified"):
            narration += " " + self.env._(
                "One of the rates has not been checked against its official text yet."
            )
        return narration

    @api.model
    def _get_penalty_journal(self, company):
        """Return the company's journal of penalties, made when it has none."""
        if not company.penalty_journal_id:
            # sudo: who may invoice penalties need not be able to make journals
            company.sudo().penalty_journal_id = (
                self.env["account.journal"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Late-payment penalties"),
                        "code": self._get_journal_code(company),
                        "type": "sale",
                        "company_id": company.id,
                    }
                )
            )
        return company.penalty_journal_id

    @api.model
    def _get_journal_code(self, company):
        """Return a code that no journal of the company has: PEN, PEN2..."""
        taken = set(
            self.env["account.journal"]
            .sudo()  # those that the user may not see are taken as well
            .with_context(active_test=False)
            .search(Domain("company_id", "=", company.id))
            .mapped("code")
        )
        codes = ["PEN", *(f"PEN{number}" for number in range(2, 100))]
        return next(code for code in codes if code not in taken)

    def _get_penalty_accounts(self):
        """Return (income account of interest, income account of indemnities)."""
        self.ensure_one()
        company = self.company_id
        return (
            company.penalty_interest_account_id
            or self._find_account(company, INTEREST_CODE),
            company.penalty_indemnity_account_id
            or self._find_account(company, INDEMNITY_CODE),
        )

    @api.model
    def _find_account(self, company, code):
        """Return the first account of a code, in the French chart."""
        accounts = self.env["account.account"].with_company(company)
        account = accounts.search(
            Domain(accounts._check_company_domain(company))
            & Domain("code", "=like", f"{code}%"),
            limit=1,
        )
        if not account:
            raise UserError(
                self.env._(
                    "Choose the accounts of penalties and of indemnities under "
                    "Invoicing > Configuration > Settings > Collection: %(company)s "
                    "has no account %(code)s.",
                    company=company.name,
                    code=code,
                )
            )
        return account

    def _align_bills(self, waiver):
        """Credit what is billed too much since a waiver, or bill what is missing.

        :return: the credit note or invoice, nothing where the claim is not billed
        """
        self.ensure_one()
        if not self._get_bills():
            return self.env["account.move"]
        gap = self.currency_id.round(self._get_billed() - self._get_owed())
        if not gap:
            return self.env["account.move"]
        move_type = "out_refund" if gap > 0 else "out_invoice"
        move = self._bill(move_type, {self: waiver._get_bill(abs(gap))})
        lines = (move + self._get_bills())._get_receivable_lines()
        lines = lines.filtered(lambda line: not line.reconciled)
        if gap > 0:
            for items in lines.grouped("account_id").values():
                items.reconcile()
        return move


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        # EXTENDS account: penalties are not invoiced twice, whoever posts the invoice
        posted = super()._post(soft)
        bills = posted.filtered(
            lambda move: move.move_type == "out_invoice" and move.penalty_claim_id
        )
        for claim in bills.penalty_claim_id:
            owed = 0.0 if claim.is_cancelled else claim._get_owed()
            if claim.currency_id.compare_amounts(claim._get_billed(), owed) > 0:
                raise UserError(
                    self.env._(
                        "The penalties of %(name)s are invoiced already, or were given "
                        "up: this invoice cannot be posted.",
                        name=claim.name,
                    )
                )
        return posted
