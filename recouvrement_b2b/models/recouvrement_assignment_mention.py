import re

from odoo import models

from ..const import MENTIONED_STATES

SIREN_LENGTH, SIRET_LENGTH = 9, 14
SIREN_SCHEME = "0002"  # of ISO 6523
FACTOR_ROLE = "DL"  # UNCL 3035: factor
ASSIGNMENT_SUBJECT = "ACC"  # UNCL 4451: factor assignment clause


class RecouvrementFactor(models.Model):
    """What an invoice says of its assignment, once customers are told of it.

    By subrogation, no text is prescribed: it names the factor, to whom alone the
    payment settles the debt (French civil code, articles 1346-1 and 1346-5). For a
    Dailly assignment that is notified, it is prescribed (monetary and financial code,
    article R313-16).
    """

    _inherit = "recouvrement.factor"

    def _get_mention(self):
        """Return the mention in the language of the context."""
        self.ensure_one()
        return self.mention or "\n".join(
            self._get_dailly_mention()
            if self.kind == "dailly"
            else self._get_subrogation_mention()
        )

    def _get_subrogation_mention(self):
        """Return the sentences of an assignment by subrogation."""
        factor = self.partner_id.name
        sentences = [
            self.env._(
                "Please pay this invoice to %(factor)s alone, who receives it by "
                "subrogation in the rights of %(seller)s (articles 1346-1 and "
                "following of the French civil code): no other payment settles it.",
                factor=factor,
                seller=self.company_id.name,
            )
        ]
        if self.partner_bank_id:
            sentences.append(
                self.env._("By transfer: %(account)s.", account=self._get_account())
            )
        sentences.append(
            self.env._(
                "Kindly tell %(factor)s as well of any claim about this invoice.",
                factor=factor,
            )
        )
        return sentences

    def _get_dailly_mention(self):
        """Return the sentences that article R313-16 prescribes."""
        factor = self.partner_id
        address = factor._display_address(without_company=True)
        address = ", ".join(line.strip() for line in address.splitlines() if line)
        sentences = [
            self.env._(
                "The receivable of this invoice has been assigned to %(factor)s under "
                "articles L. 313-23 to L. 313-35 of the French monetary and financial "
                "code.",
                factor=factor.name,
            )
        ]
        values = {"factor": factor.name, "address": address or factor.name}
        if not self.partner_bank_id:
            sentences.append(
                self.env._(
                    "Payment must be made by cheque, bill of exchange or promissory "
                    "note to the order of %(factor)s, sent to %(address)s.",
                    **values,
                )
            )
        else:
            bank = self.partner_bank_id
            sentences.append(
                self.env._(
                    "Payment must be made by cheque, bill of exchange or promissory "
                    "note to the order of %(factor)s, sent to %(address)s, or by "
                    "transfer to account no. %(account)s with %(bank)s.",
                    account=self._get_account(),
                    bank=bank.bank_id.name or bank.acc_holder_name or factor.name,
                    **values,
                )
            )
        return sentences

    def _get_account(self):
        """Return the account to be paid, as it is printed."""
        bank = self.partner_bank_id
        number = bank.acc_number
        if bank.acc_type == "iban":
            pieces = re.findall(".{1,4}", bank.sanitized_acc_number)
            number = "IBAN " + " ".join(pieces)
        return ", ".join(
            filter(None, [number, bank.bank_bic and f"BIC {bank.bank_bic}"])
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_mentioned_factor(self):
        """Return the contract that an invoice tells of; none when it is confidential.

        What the factor was paid keeps saying so.
        """
        self.ensure_one()
        # sudo: whoever may print an invoice (the customer, on the portal) gets it
        line = self.sudo()._get_assignment_line()
        told = (
            self.move_type == "out_invoice"
            and line.state in MENTIONED_STATES
            and line.factor_id.notified
        )
        return line.factor_id if told else line.factor_id.browse()

    def _get_assignment_mention(self):
        """Return what the invoice says of its assignment, "" when nothing."""
        factor = self._get_mentioned_factor()
        return factor.with_context(lang=self.env.lang)._get_mention() if factor else ""

    def _get_payee_party(self):
        """Return the payee of an electronic invoice (EN 16931, BG-10): the factor."""
        factor = self._get_mentioned_factor()
        if not factor:
            return {}
        partner = factor.partner_id
        digits = re.sub(r"\D", "", partner.company_registry or "")
        is_french = len(digits) in (SIREN_LENGTH, SIRET_LENGTH)
        return {
            "name": partner.name,
            "role": FACTOR_ROLE,
            "registry": digits[:SIREN_LENGTH] if is_french else "",
            "scheme": SIREN_SCHEME,
        }

    def _get_assignment_note(self):
        """Return the note of an electronic invoice on its assignment (BG-1)."""
        mention = self._get_assignment_mention()
        return {"subject": ASSIGNMENT_SUBJECT, "text": mention} if mention else {}


class AccountEdiXmlUbl20(models.AbstractModel):
    """The payee and the note of an assigned invoice, in all the formats of UBL."""

    _inherit = "account.edi.xml.ubl_20"

    def _get_document_template(self, vals):
        # EXTENDS account_edi_ubl_cii: where the payee stands
        template = super()._get_document_template(vals)
        placed = {}
        for name, node in template.items():
            placed[name] = node
            if name == "cac:AccountingCustomerParty":
                placed["cac:PayeeParty"] = node["cac:Party"]
        return placed

    def _add_invoice_header_nodes(self, document_node, vals):
        # EXTENDS account_edi_ubl_cii: one note at most, which tells of the assignment
        result = super()._add_invoice_header_nodes(document_node, vals)
        note = vals["invoice"]._get_assignment_note()
        if note:
            own = (document_node.get("cbc:Note") or {}).get("_text")
            text = f"#{note['subject']}#{note['text']}"
            document_node["cbc:Note"] = {"_text": f"{text}\n{own}" if own else text}
        return result

    def _add_invoice_seller_supplier_party_nodes(self, document_node, vals):
        # EXTENDS account_edi_ubl_cii: the payee comes between the parties
        result = super()._add_invoice_seller_supplier_party_nodes(document_node, vals)
        payee = vals["invoice"]._get_payee_party()
        if payee:
            registry = {"_text": payee["registry"], "schemeID": payee["scheme"]}
            document_node["cac:PayeeParty"] = {
                "cac:PartyName": {"cbc:Name": {"_text": payee["name"]}},
                "cac:PartyLegalEntity": {
                    "cbc:CompanyID": registry if payee["registry"] else None
                },
            }
        return result
