from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.misc import formatLang, get_lang

TOGETHER = 25  # rows: the table of an invoice with fewer stays on one page
NARROW = 13  # characters: longer amounts need smaller letters


class RecouvrementPenaltyPage(models.AbstractModel):
    """What a statement of penalties says: every row, so that anybody can compute it.

    Plain values, ready to be laid out by ``penalty_document``; see
    ``recouvrement.letter.page``, whose annex is made of the same sections.
    """

    _name = "recouvrement.penalty.page"
    _description = "Statement of Penalties"

    # --- what is stated ---

    @api.model
    def _get_late(self, partners, company, as_of, interest_first=False):
        """Return ``{partner id: [(invoice, breakdown)]}``, the oldest due first.

        All the invoices of a company that owe penalties at a date, paid ones too.

        :param partners: commercial entities
        :raise UserError: when no reference rate is known for one of the days
        """
        claims = self.env["recouvrement.penalty.claim"]
        moves = claims._get_late_invoices(partners, as_of, company)
        moves.fetch(["name", "ref", "invoice_date_due", "commercial_partner_id"])
        penalties = self.env["recouvrement.penalty"]
        breakdowns, missing = penalties._compute(
            moves, as_of, interest_first=interest_first
        )
        penalties._check_missing(missing)
        late = defaultdict(list)
        for move in self._in_order(moves):
            breakdown = breakdowns.get(move.id)
            if breakdown and (breakdown["rows"] or breakdown["indemnity"]):
                late[move.commercial_partner_id.id].append((move, breakdown))
        return late

    def _in_order(self, moves):
        """Return invoices in order of due date."""
        return moves.sorted(lambda move: (str(move.invoice_date_due), move.id))

    @api.model
    def _get_credits(self, partners, company, as_of):
        """Return ``{partner id: {currency: what is not matched to an invoice}}``."""
        credits = defaultdict(lambda: defaultdict(float))
        currencies = self.env["res.currency"]
        for item in self.env["account.move.line"]._collection_open_items(
            as_of, company, partners
        ):
            if item.residual < 0:
                currency = currencies.browse(item.currency_id)
                credits[item.commercial_id][currency] -= item.residual
        return credits

    @api.model
    def _get_claims(self, partners, company, as_of):
        """Return ``{partner id: its claims made until a date}``, the oldest first."""
        claims = self.env["recouvrement.penalty.claim"].search(
            Domain("partner_id", "in", partners.ids)
            & Domain("company_id", "=", company.id)
            & Domain("state", "not in", ("draft", "cancelled"))
            & Domain("date_claimed", "<=", as_of),
            order="date_claimed, id",
        )
        groups = claims.grouped("partner_id")
        return {
            partner.id: groups.get(partner, claims.browse()) for partner in partners
        }

    # --- pages ---

    @api.model
    def _get_pages(self, partners, company, as_of, interest_first=False):
        """Return ``{partner id: values of the statement}``.

        :param partners: commercial entities
        :param interest_first: set payments against interest first
        """
        contacts = self.env["recouvrement.statement"]._get_contacts(partners)
        terms = self.env["recouvrement.penalty.terms"]._for_customers(partners, company)
        credits = self._get_credits(partners, company, as_of)
        claims = self._get_claims(partners, company, as_of)
        pages = {}
        for lang, group in partners.grouped(
            lambda partner: partner.lang or company.partner_id.lang
        ).items():
            page = self.with_context(lang=get_lang(self.env, lang).code)
            late = page._get_late(group, company, as_of, interest_first)
            for partner in group:
                pages[partner.id] = page._get_values(
                    partner.with_env(page.env),
                    contacts[partner].with_env(page.env),
                    company.with_env(page.env),
                    as_of,
                    late[partner.id],
                    terms[partner].with_env(page.env),
                    interest_first,
                ) | {
                    "credits": page._get_credit_note(credits[partner.id]),
                    "claims": page._get_claim_rows(claims[partner.id]),
                }
        return {partner.id: pages[partner.id] for partner in partners}

    def _get_values(
        self, partner, contact, company, as_of, late, terms, interest_first
    ):
        """Return what one customer's statement shows; extend it to add values."""
        layout = self.env["recouvrement.layout"]
        today = fields.Date.context_today(self)
        recipient = layout._address_lines(contact, company)
        return {
            "template": "recouvrement_b2b.penalty_document",
            "company": company,
            "lang": self.env.lang,
            "reference": f"P{partner.id:06d}-{as_of:%Y%m%d}",
            "partner": partner,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(company, today),
            "subject": self.env._(
                "Statement of late-payment penalties to %(date)s",
                date=layout._format_date(as_of),
            ),
            "is_to_come": as_of > today,
            "sections": self._get_sections(company, late, interest_first),
            "rule": self._get_rule(terms),
            "is_interest_first": interest_first,
        }

    @api.model
    def _get_annexes(self, actions):
        """Return ``{action id: values of its annex}``, of those that show penalties."""
        found = actions._get_penalties()
        actions = actions.browse(found)
        terms = {}
        for company, group in actions.grouped("company_id").items():
            of_company = self.env["recouvrement.penalty.terms"]._for_customers(
                group.partner_id.commercial_partner_id, company
            )
            terms |= {(company, partner): own for partner, own in of_company.items()}
        annexes = {}
        for action in actions:
            day, breakdowns = found[action.id]
            moves = self._in_order(self.env["account.move"].browse(breakdowns))
            late = [(move, breakdowns[move.id]) for move in moves]
            own = terms[action.company_id, action.partner_id.commercial_partner_id]
            annexes[action.id] = {
                "title": self.env._(
                    "Annex: late-payment penalties to %(date)s",
                    date=self.env["recouvrement.layout"]._format_date(day),
                ),
                "is_short": day < action._contact_day(),
                "sections": self._get_sections(action.company_id, late),
                "rule": self._get_rule(own),
            }
        return annexes

    def _get_rule(self, terms):
        """Return how the penalties of a customer are computed, in plain values."""
        return {
            "terms": terms.name,
            "legal_reference": terms.legal_reference,
            "is_actual": terms.day_count == "actual",
            "is_capitalized": terms.capitalize,
            "is_after_notice": terms.starts == "notice",
            "is_fixed_at_start": terms and terms._is_fixed_at_start(),
        }

    def _get_credit_note(self, credits):
        """Say how much lowers no invoice yet; nothing when there is nothing."""
        layout = self.env["recouvrement.layout"]
        amounts = [
            layout._format_money(amount, currency)
            for currency, amount in credits.items()
        ]
        return amounts and self.env._(
            "Payments or credit notes that are not allocated to an invoice yet "
            "(%(amounts)s) are not deducted here.",
            amounts=format_list(self.env, amounts),
        )

    def _get_claim_rows(self, claims):
        """Return what was claimed already, written out."""
        layout = self.env["recouvrement.layout"]
        states = dict(claims._fields["state"]._description_selection(self.env))
        return [
            {
                "name": claim.name,
                "date": layout._format_date(claim.date_claimed),
                "until": layout._format_date(claim.date_to),
                "amount": layout._format_money(claim.amount, claim.currency_id),
                "waived": claim.waived
                and layout._format_money(claim.waived, claim.currency_id),
                "state": states[claim.state],
            }
            for claim in claims
        ]

    # --- one currency ---

    @api.model
    def _get_sections(self, company, late, interest_first=False):
        """Return what is owed, one section a currency, the company's own first.

        :param late: list of (invoice, breakdown)
        """
        groups = defaultdict(list)
        for move, breakdown in late:
            groups[move.currency_id].append((move, breakdown))
        return [
            self._get_section(currency, groups[currency], interest_first)
            for currency in sorted(
                groups, key=lambda each: (each != company.currency_id, each.name)
            )
        ]

    def _get_section(self, currency, late, interest_first):
        """Return the invoices of one currency, their rows and totals, written out."""
        layout = self.env["recouvrement.layout"]
        rates = {}
        invoices = [
            self._get_invoice(move, breakdown, currency, rates)
            for move, breakdown in late
        ]
        sums = {
            name: currency.round(sum(breakdown[name] for _, breakdown in late))
            for name in ("principal", "residual", "interest", "interest_paid")
        }
        left = currency.round(sums["interest"] - sums["interest_paid"])
        indemnity = sum(breakdown["indemnity"] for _, breakdown in late)
        euro = self.env["recouvrement.penalty.terms"]._get_indemnity_currency()
        total = sums["residual"] + left + (indemnity if currency == euro else 0)
        texts = {
            name: layout._format_amount(amount, currency)
            for name, amount in {**sums, "interest_left": left}.items()
        }
        width = max(len(text) for text in texts.values())
        return {
            "currency_name": currency.name,
            "total_label": self.env._("Total in %(currency)s", currency=currency.name),
            "is_euro": currency == euro,
            "invoices": invoices,
            "has_paid_interest": interest_first,
            "is_dense": interest_first or width > NARROW,
            "totals": texts | {"indemnity": layout._format_amount(indemnity, euro)},
            "principal": layout._format_money(sums["residual"], currency),
            "interest": layout._format_money(left, currency),
            "indemnity": layout._format_money(indemnity, euro),
            "penalties": layout._format_money(left + indemnity, currency),
            "total": layout._format_money(total, currency),
            "rates": list(rates.values()),
            "has_unverified": any(rate["is_unverified"] for rate in rates.values()),
            "has_capitalized": any(
                row["capitalized"] for _, breakdown in late for row in breakdown["rows"]
            ),
        }

    def _get_invoice(self, move, breakdown, currency, rates):
        """Return one invoice: rows and payments in the order in which they came."""
        layout = self.env["recouvrement.layout"]
        euro = self.env["recouvrement.penalty.terms"]._get_indemnity_currency()
        left = breakdown["interest"] - breakdown["interest_paid"]
        amounts = {
            name: breakdown[name]
            for name in ("principal", "residual", "interest", "interest_paid")
        }
        dates = {
            each["date_due"] for each in breakdown["rows"] + breakdown["settlements"]
        }
        return {
            "title": self.env._(
                "Invoice %(name)s, principal %(amount)s",
                name=move.name,
                amount=layout._format_amount(breakdown["principal"], currency),
            ),
            "label": move.name,
            "label_style": layout._label_style(move.name),
            "ref": move.ref or "",
            "due": format_list(
                self.env, [layout._format_date(day) for day in sorted(dates)]
            ),
            "events": self._get_events(breakdown, currency, rates),
            "is_short": len(breakdown["rows"]) < TOGETHER,
            "interest_left": layout._format_amount(left, currency),
            "indemnity": layout._format_amount(breakdown["indemnity"], euro),
            **{
                name: layout._format_amount(amount, currency)
                for name, amount in amounts.items()
            },
        }

    def _get_events(self, breakdown, currency, rates):
        """Return the rows of an invoice, and what was paid, by due date then date."""
        found = [
            ((row["date_due"], row["line_id"], row["date_to"], 0), row)
            for row in breakdown["rows"]
        ] + [
            ((each["date_due"], each["line_id"], each["date"], 1), each)
            for each in breakdown["settlements"]
        ]
        found.sort(key=lambda pair: pair[0])
        return [
            self._get_row(event, currency, rates)
            if "rate" in event
            else self._get_payment(event, currency)
            for _key, event in found
        ]

    def _get_row(self, row, currency, rates):
        """Return one row of balance x rate x days."""
        layout = self.env["recouvrement.layout"]
        rate = self._get_rate(row, rates)
        return {
            "is_payment": False,
            "due": layout._format_date(row["date_due"]),
            "from": layout._format_date(row["date_from"]),
            "to": layout._format_date(row["date_to"]),
            "days": row["days"],
            "year": row["year"],
            "balance": layout._format_amount(row["balance"], currency),
            "capitalized": row["capitalized"]
            and layout._format_amount(row["capitalized"], currency),
            "rate": rate["rate"],
            "number": rate["number"],
            "is_unverified": rate["is_unverified"],
            "amount": layout._format_amount(row["amount"], currency),
        }

    def _get_rate(self, row, rates):
        """Return the rate of a row, numbered, as listed below the invoices."""
        key = row["rate"], row["terms"], row["rate_source"], row["rate_verified"]
        if key not in rates:
            digits = max(2, len(f"{row['rate']:.4f}".rstrip("0").partition(".")[2]))
            rates[key] = {
                "number": len(rates) + 1,
                "rate": formatLang(self.env, row["rate"], digits=digits),
                "terms": row["terms"],
                "source": row["rate_source"],
                "is_unverified": row["rate_verified"] == "unverified",
            }
        return rates[key]

    def _get_payment(self, settlement, currency):
        """Return what was paid, and against what it was set."""
        _, layout = self.env._, self.env["recouvrement.layout"]
        amounts = {
            name: layout._format_amount(settlement[name], currency)
            for name in ("amount", "interest", "principal")
        }
        if settlement["is_credit_note"]:
            text = _("Credit note: %(amount)s", **amounts)
        elif settlement["interest"]:
            text = _(
                "Payment: %(amount)s, of which %(interest)s to interest and "
                "%(principal)s to principal",
                **amounts,
            )
        else:
            text = _("Payment: %(amount)s", **amounts)
        return {
            "is_payment": True,
            "due": layout._format_date(settlement["date_due"]),
            "date": layout._format_date(settlement["date"]),
            "text": text,
        }
