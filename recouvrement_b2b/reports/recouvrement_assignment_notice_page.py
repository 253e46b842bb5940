from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import get_lang

QUOTED = 2  # numbers of invoices that a customer can be asked to quote


class RecouvrementAssignmentNoticePage(models.AbstractModel):
    """What customers are told: their invoices are the factor's, who alone is paid.

    For a subrogation, the notification that makes it count against the customer (French
    civil code, article 1346-5). For a Dailly assignment the bank notifies (monetary and
    financial code, L313-28): the letter is in its name and with the words of R313-15.
    """

    _name = "recouvrement.assignment.notice.page"
    _description = "Notice of Assignment"

    @api.model
    def _get_pages(self, lines):
        """Return ``{(remittance id, customer id): values of its letter}``.

        :param lines: of signed remittances of notified contracts
        """
        self._check_payees(lines.factor_id)
        contacts = self.env["recouvrement.statement"]._get_contacts(lines.partner_id)
        pages = {}
        for (assignment, partner), group in lines.grouped(
            lambda line: (line.assignment_id, line.partner_id)
        ).items():
            lang = partner.lang or assignment.company_id.partner_id.lang
            page = self.with_context(lang=get_lang(self.env, lang).code)
            contact = contacts[partner] or partner
            pages[assignment.id, partner.id] = page._get_values(
                assignment.with_env(page.env),
                partner.with_env(page.env),
                contact.with_env(page.env),
                group.with_env(page.env),
            )
        return pages

    def _check_payees(self, factors):
        for factor in factors:
            if not factor.notified:
                raise UserError(
                    self.env._(
                        "%(contract)s is confidential: customers are not told.",
                        contract=factor.name,
                    )
                )
            if not factor.partner_bank_id:
                raise UserError(
                    self.env._(
                        "Choose the account to be paid on the contract %(contract)s.",
                        contract=factor.name,
                    )
                )

    def _get_values(self, assignment, partner, contact, lines):
        """Return what the letter to one customer shows; extend it to add values."""
        layout = self.env["recouvrement.layout"]
        factor, company = assignment.factor_id, assignment.company_id
        currency = assignment.currency_id
        recipient = layout._address_lines(contact, company)
        day = assignment.date_signed or assignment.date
        total = sum(lines.mapped("outstanding"))
        return {
            "template": "recouvrement_b2b.assignment_notice_document",
            "company": company,
            "lang": self.env.lang,
            "reference": f"{assignment.name}-{partner.id}",
            "customer_reference": partner.ref,
            "object": assignment,
            "factor": factor,
            "recipient": recipient,
            "is_crowded": layout._is_crowded(recipient),
            "place_and_date": layout._place_and_date(company, day),
            "subject": self.env._(
                "Your invoices are assigned to %(factor)s: new payee",
                factor=factor.partner_id.name,
            ),
            "texts": self._get_texts(assignment, lines),
            "currency_name": currency.name,
            "rows": [self._get_row(line) for line in lines.sorted("date_due")],
            "total": layout._format_amount(total, currency),
            "amount": layout._format_money(total, currency),
            "payment": total > 0 and self._get_payment(assignment, lines, total),
        }

    def _get_texts(self, assignment, lines):
        """Return what is said above and below the invoices."""
        factor = assignment.factor_id
        seller = assignment.company_id.name
        values = {"seller": seller, "factor": factor.partner_id.name}
        if factor.kind == "dailly":
            address = self.env["recouvrement.plan.page"]._get_party(
                assignment.company_id.partner_id
            )
            notice = self.env._(
                "In the name of %(factor)s, we notify you of what follows: “Under the "
                "conditions of articles L313-23 to L313-35 of the French monetary and "
                "financial code, %(address)s, has assigned to us the claims below, "
                "which you owe it. In accordance with article L313-28, we ask you to "
                "cease, from this notification on, all payment of these claims to "
                "%(seller)s. Your debt is therefore to be paid by transfer to the "
                "order of %(factor)s, on the account below.”",
                address=address,
                **values,
            )
        else:
            notice = self.env._(
                "%(factor)s has paid us the invoices below and is subrogated in our "
                "rights (French civil code, articles 1346-1 and following). This "
                "letter is the notification that article 1346-5 provides for.",
                **values,
            )
        order = self.env._(
            "From now on, only a payment to %(factor)s discharges you, even where "
            "an invoice that you have shows another account. What you have paid "
            "us before this letter stays paid.",
            **values,
        )
        complaint = self.env._(
            "Please tell %(factor)s, and us, at once of any complaint about these "
            "invoices.",
            **values,
        )
        return {"before": [notice, order], "after": [complaint]}

    def _get_row(self, line):
        """Return one invoice, its figures written out."""
        layout = self.env["recouvrement.layout"]
        label = line.move_id.name or ""
        return {
            "label": label,
            "label_style": layout._label_style(label),
            "is_credit": line.outstanding < 0,
            "ref": line.move_id.ref or "",
            "date": layout._format_date(line.move_id.invoice_date),
            "due": layout._format_date(line.date_due),
            "amount": layout._format_amount(line.outstanding, line.currency_id),
        }

    def _get_payment(self, assignment, lines, total):
        """Return how to pay the factor: its account and, in euros, a code to scan."""
        numbers = lines.move_id.mapped("name")
        return self.env["recouvrement.letter.page"]._get_payment(
            assignment.company_id,
            assignment.factor_id.partner_bank_id,
            total,
            assignment.currency_id,
            " ".join(numbers) if len(numbers) <= QUOTED else assignment.name,
            numbers,
        )
