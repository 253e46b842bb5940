import re

from odoo import api, models
from odoo.tools.misc import get_lang

from ..tools.words import amount_in_words

# What a French registration number is, by its number of digits.
REGISTRATIONS = {9: "SIREN", 14: "SIRET"}


class RecouvrementPlanPage(models.AbstractModel):
    """What the agreement of a payment plan says, ready to be laid out.

    An acknowledgement of debt (amount in words and in figures: French civil code,
    article 1376), the items, the instalments, and what happens if they are not paid.
    """

    _name = "recouvrement.plan.page"
    _description = "Agreement of a Payment Plan"

    @api.model
    def _get_values(self, plan):
        """Return what the agreement shows; extend it to add values."""
        contact = plan.contact_id or plan.partner_id
        lang = get_lang(self.env, contact.lang or plan.company_id.partner_id.lang).code
        page = self.with_context(lang=lang)
        return page._get_page(plan.with_env(page.env), contact.with_env(page.env))

    def _get_page(self, plan, contact):
        layout = self.env["recouvrement.layout"]
        recipient = layout._address_lines(contact, plan.company_id)
        day = plan.date_proposed or plan.create_date.date()
        return {
            "template": "recouvrement_b2b.plan_document",
            "company": plan.company_id,
            "lang": self.env.lang,
            "reference": plan.name,
            "object": plan,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(plan.company_id, day),
            "subject": self.env._("Payment plan and acknowledgement of debt"),
            "currency_name": plan.currency_id.name,
            "items": [self._get_item(line) for line in plan.line_ids],
            "items_total": layout._format_amount(plan.total, plan.currency_id),
            "instalments": [
                {
                    "number": number,
                    "date": layout._format_date(instalment.date_due),
                    "amount": layout._format_amount(
                        instalment.amount, plan.currency_id
                    ),
                }
                for number, instalment in enumerate(
                    plan.instalment_ids.sorted("date_due"), start=1
                )
            ],
            "texts": self._get_texts(plan, contact),
        }

    # --- what the parties agree, sentence by sentence ---

    def _get_texts(self, plan, contact):
        """Return the paragraphs by clause; extend it to change one."""
        return {
            "parties": self._get_parties(plan, contact),
            "debt": [self._get_debt(plan)],
            "instalments": [
                self.env._(
                    "The creditor accepts that the debtor pays this sum as follows, "
                    "each instalment reaching the creditor's account on its date at "
                    "the latest. The debtor may pay earlier at any time."
                )
            ],
            "payment": self._get_means(plan),
            "penalties": [self._get_penalties(plan)],
            "default": [
                self._get_default(plan),
                self.env._(
                    "A debtor that foresees a difficulty tells the creditor before the "
                    "date: both parties can then change the dates in writing."
                ),
            ],
            "general": self._get_general(plan),
            "originals": self.env._(
                "Made in two originals, one for each party, or signed electronically "
                "and kept by each party on a durable medium (French civil code, "
                "article 1375)."
            ),
        }

    def _get_parties(self, plan, contact):
        """Return who agrees, as the civil code asks to be able to tell."""
        debtor = self._get_party(plan.partner_id)
        if contact == plan.partner_id:
            second = self.env._("and %(debtor)s, the debtor,", debtor=debtor)
        else:
            second = self.env._(
                "and %(debtor)s, the debtor, represented by %(name)s, who declares to "
                "have the power to bind it,",
                debtor=debtor,
                name=contact.name,
            )
        seller = self._get_party(plan.company_id.partner_id)
        return [
            self.env._("Between %(creditor)s, the creditor,", creditor=seller),
            second,
            self.env._("the following is agreed."),
        ]

    def _get_debt(self, plan):
        """Return the acknowledgement, in figures and words (civil code, 1376)."""
        figures = self.env["recouvrement.layout"]._format_money(
            plan.total, plan.currency_id
        )
        words = amount_in_words(plan.total, plan.currency_id.name, self.env.lang)
        return self.env._(
            "The debtor acknowledges that it owes the creditor the sum of %(amount)s, "
            "made up as follows:",
            amount=f"{figures} ({words})" if words else figures,
        )

    def _get_means(self, plan):
        """Return where the instalments are to be paid; [] without a bank account."""
        payee = plan._get_payee()
        sentences = [payee._get_payee_sentence()] if payee else []
        payment = self._get_payment(plan)
        if not payment:
            return sentences
        account = payment["number"]
        if payment["is_iban"]:
            account = f"IBAN {account}"
        if payment["bic"]:
            account += f", BIC {payment['bic']}"
        return sentences + [
            self.env._(
                "By transfer to %(holder)s, %(account)s, with the reference "
                "%(reference)s. Payments are set against the oldest of these items "
                "first.",
                holder=payment["holder"],
                account=account,
                reference=payment["reference"],
            )
        ]

    def _get_penalties(self, plan):
        """Return what becomes of late-payment penalties during the plan."""
        if plan.penalty_regime == "suspended":
            return self.env._(
                "From the signature, late-payment penalties on these items are "
                "suspended as long as the instalments are paid. If the plan ends "
                "because they are not, the penalties are due for the whole time, as if "
                "they had not been suspended."
            )
        if plan.penalty_regime == "running":
            return self.env._(
                "Late-payment penalties on these items go on as the law and the "
                "invoices provide, on what remains unpaid; they are not included in "
                "the instalments, unless listed above."
            )
        return self.env._(
            "The creditor waives the late-payment penalties on these items for the "
            "time of this plan. Those that ran before remain due, unless listed above "
            "or waived in writing."
        )

    def _get_default(self, plan):
        """Return the acceleration clause: with or without notice, after how many."""
        values = {"count": plan.default_after, "grace": plan.grace_days}
        if plan.notice_days and plan.default_after == 1:
            return self.env._(
                "If one single instalment is not paid within %(grace)s days of its "
                "date, the whole of the remaining sum falls due %(notice)s days after "
                "a formal notice to pay that has remained without effect.",
                notice=plan.notice_days,
                **values,
            )
        if plan.notice_days:
            return self.env._(
                "If %(count)s instalments are not paid within %(grace)s days of their "
                "dates, the whole of the remaining sum falls due %(notice)s days "
                "after a formal notice to pay that has remained without effect.",
                notice=plan.notice_days,
                **values,
            )
        if plan.default_after == 1:
            return self.env._(
                "If one single instalment is not paid within %(grace)s days of its "
                "date, the whole of the remaining sum falls due at once, without any "
                "formal notice being needed, as the parties expressly agree.",
                **values,
            )
        return self.env._(
            "If %(count)s instalments are not paid within %(grace)s days of their "
            "dates, the whole of the remaining sum falls due at once, without any "
            "formal notice being needed, as the parties expressly agree.",
            **values,
        )

    def _get_general(self, plan):
        """Return what else the parties agree, with the terms particular to them."""
        sentences = [
            self.env._(
                "This agreement makes no novation (French civil code, article 1330): "
                "the items listed keep their nature, their securities and their "
                "original due dates between the parties. The creditor's other rights "
                "are reserved."
            )
        ]
        return sentences + (plan.note or "").splitlines()

    def _get_party(self, partner):
        """Return how an agreement names a party: name, registration, address."""
        vat = partner.vat and self.env._("VAT %(number)s", number=partner.vat)
        parts = [partner.name, self._get_registration(partner), vat]
        address = partner._display_address(without_company=True)
        lines = [line.strip() for line in address.splitlines()]
        return ", ".join(filter(None, parts + lines))

    def _get_registration(self, partner):
        """Return the number of a party in its register; in France, which one it is."""
        number = partner.company_registry or ""
        label = REGISTRATIONS.get(len(re.sub(r"\D", "", number)))
        if not label or partner.country_id.code not in ("FR", False):
            return number
        return f"{label} {number}"

    def _get_item(self, line):
        """Return one item that the plan pays, its figures written out."""
        layout = self.env["recouvrement.layout"]
        label = line.move_id.name or line.claim_id.name or line.move_line_id.name or ""
        if line.claim_id:
            label = self.env._("Late-payment penalties %(name)s", name=label)
        return {
            "label": label,
            "date": layout._format_date(line.move_id.invoice_date),
            "due": layout._format_date(line.date_due),
            "amount": layout._format_amount(line.amount, line.currency_id),
        }

    def _get_payment(self, plan):
        """Return how to pay the instalments."""
        company = plan.company_id
        banks = company.partner_id.bank_ids.filtered(
            lambda bank: bank.company_id in (company, company.browse())
        )
        suited = banks.filtered(lambda bank: bank.currency_id == plan.currency_id)
        payee = plan._get_payee()
        bank = payee.partner_bank_id if payee else (suited or banks)[:1]
        return self.env["recouvrement.letter.page"]._get_payment(
            company, bank, 0.0, plan.currency_id, plan.name
        )
