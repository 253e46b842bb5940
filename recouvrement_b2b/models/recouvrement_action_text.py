from odoo import models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, str2bool
from odoo.tools.i18n import format_list

from ..const import FINISHED_STATES, NO_CONTACT_OUTCOMES

# What formats put in amounts; one of these makes an SMS cost two.
SMS_SPACES = str.maketrans(
    {
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{ZERO WIDTH NO-BREAK SPACE}": "",
    }
)


class RecouvrementAction(models.Model):
    """What the texts of messages ask of a reminder, in the language of the context.

    Called by the e-mail, SMS and letter templates, ``object._text_...()``; they write
    nothing.
    """

    _inherit = "recouvrement.action"

    def _text_name(self):
        """Return the name of the person written to; empty for a company, a service."""
        self.ensure_one()
        contact = self.contact_id or self.partner_id
        is_person = not contact.is_company and contact.type == "contact"
        return contact.name or "" if is_person else ""

    def _text_amount(self):
        """Return the amount asked, as the customer writes amounts."""
        self.ensure_one()
        return format_amount(self.env, self.amount, self.currency_id)

    def _text_sms_amount(self):
        """Return the amount with plain spaces."""
        return self._text_amount().translate(SMS_SPACES)

    def _text_lines(self, *kinds):
        """Return the items to show in a message, of some kinds, the oldest first."""
        self.ensure_one()
        return self.line_ids.filtered(lambda line: line.kind in kinds).sorted(
            lambda line: (line.date_due, line.id)
        )

    def _text_single(self):
        """Return the only item asked for; none when there are several."""
        lines = self._text_lines("due")
        return lines if len(lines) == 1 else lines.browse()

    def _text_oldest_date(self):
        """Return the due date of the oldest item, as the customer writes dates."""
        lines = self._text_lines("due")
        return format_date(self.env, lines[:1].date_due)

    def _text_past_dates(self, before=""):
        """Return the list of the dates on which these overdue items were reminded.

        Empty when none was, so that no message recalls what was not sent.

        :param before: what the language puts before each date
        """
        self.ensure_one()
        past = self.sudo().search(  # sudo: contacts made by colleagues count as well
            Domain("line_ids", "any", self._text_same_items_domain())
            & Domain("company_id", "=", self.company_id.id)
            & Domain("kind", "!=", "statement")
            & Domain("direction", "=", "out")
            & Domain("state", "in", FINISHED_STATES)
            & Domain("date_done", "<", self.date_planned)  # not this run's own e-mail
            & Domain("outcome", "not in", (*NO_CONTACT_OUTCOMES, "no_answer"))
        )
        dates = sorted({action.date_done for action in past})
        return format_list(
            self.env, [before + format_date(self.env, day) for day in dates]
        )

    def _text_same_items_domain(self):
        self.ensure_one()
        items = self._text_lines("due").move_line_id
        return (
            Domain("kind", "=", "due")
            & Domain("move_line_id", "in", items.ids)
            & Domain("days_overdue", ">", 0)
        )

    def _text_bank(self):
        """Return the account to pay on: the invoices', else the company's first."""
        self.ensure_one()
        moves = self._text_lines("due").move_id
        company = self.company_id.partner_id
        ours = moves.partner_bank_id.filtered(lambda bank: bank.partner_id == company)
        return ours[:1] or company.bank_ids[:1]

    def _text_payment_reference(self):
        """Return what the customer should quote: its invoice's reference, or ours."""
        move = self._text_single().move_id
        return move.payment_reference or move.name or self.name

    def _text_pay_online(self):
        """Tell whether invoices can be paid on the portal."""
        self.ensure_one()
        parameters = self.env["ir.config_parameter"].sudo()  # one flag, nothing secret
        if not str2bool(
            parameters.get_param("account_payment.enable_portal_payment"), False
        ):
            return False
        providers = self.env["payment.provider"].sudo()  # idem: is there one?
        return bool(
            providers.search_count(
                Domain("state", "=", "enabled")
                & Domain("company_id", "parent_of", self.company_id.id),
                limit=1,
            )
        )

    def _text_phone(self):
        """Return the number to call: the collector's, else the company's."""
        self.ensure_one()
        phone = self.user_id.sudo().phone  # sudo: it is meant to be given to customers
        return phone or self.company_id.phone or ""

    def _text_reply_to(self):
        """Return where answers go: the action's chatter, else the collector."""
        self.ensure_one()
        own = self.user_id.email_formatted or self.company_id.email_formatted
        return self._notify_get_reply_to(default=own)[self.id] or ""


class RecouvrementActionLine(models.Model):
    _inherit = "recouvrement.action.line"

    def _text_label(self):
        """Return the name under which the customer knows the item."""
        self.ensure_one()
        move = self.move_id
        if move.is_invoice(include_receipts=True):
            return move.name
        return self.move_line_id.name or move.ref or move.name or ""

    def _text_date(self):
        """Return the date of the document."""
        self.ensure_one()
        return self.move_id.invoice_date or self.move_line_id.date

    def _text_url(self):
        """Return the address of the invoice on the portal, if it was shared already.

        No access token is made here: to render a text must not change an invoice.
        """
        self.ensure_one()
        move = self.move_id.sudo()  # the token is for the customer, who is written to
        if not move.access_token or not move.is_invoice(include_receipts=True):
            return False
        return move.get_base_url() + move.get_portal_url()
