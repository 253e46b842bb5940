from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..const import COLLECTION_READERS


class RecouvrementPlan(models.Model):
    """The agreement: printed, sent, and kept as it was sent."""

    _inherit = "recouvrement.plan"

    agreement_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, help="As it was sent."
    )

    def action_print(self):
        """Download the agreement: as it was sent, else as it stands."""
        self.ensure_one()
        content = self.agreement_id.raw or self._render_agreement()
        return self.env["recouvrement.download"]._action_open(
            self._get_file_name(), content
        )

    def action_export(self):
        """Download the plans and their instalments as a workbook."""
        content = self.env["recouvrement.xlsx"].plans(self)
        name = self.env._(
            "payment plans %(date)s", date=fields.Date.context_today(self)
        )
        return self.env["recouvrement.download"]._action_open(f"{name}.xlsx", content)

    def action_send_proposal(self):
        """Send the agreement to the customers by e-mail, to be signed."""
        self._check_states("proposed")
        for plan in self:
            if not plan._get_recipient():
                raise UserError(
                    self.env._(
                        "Give %(customer)s an e-mail address, or print the agreement.",
                        customer=plan.partner_id.display_name,
                    )
                )
            plan.sudo().agreement_id = plan._attach_agreement()  # see write
        mails = self._send_message("recouvrement_b2b.mail_template_plan_proposal")
        for mail in mails:
            mail.attachment_ids = [Command.link(mail.plan_id.agreement_id.id)]
        mails._check_sending()
        mails.action_send()
        return True

    def _render_agreement(self):
        """Return the agreement as a PDF."""
        self.ensure_one()
        values = self.env["recouvrement.plan.page"]._get_values(self)
        return self.env["recouvrement.document"]._render_all({0: values})[0]

    def _attach_agreement(self):
        self.ensure_one()
        return self.env["ir.attachment"].create(
            {
                "name": self._get_file_name(),
                "raw": self._render_agreement(),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _get_file_name(self):
        self.ensure_one()
        lang = self.contact_id.lang or self.partner_id.lang
        plan = self.with_context(lang=lang)
        name = plan.env._("Payment plan %(name)s.pdf", name=self.name.replace("/", "-"))
        return " ".join(name.split())


class AccountMove(models.Model):
    _inherit = "account.move"

    payment_plan_id = fields.Many2one(
        "recouvrement.plan",
        compute="_compute_payment_plan_id",
        groups=COLLECTION_READERS,
        help="The plan in force, or proposed, that pays this invoice.",
    )

    def _compute_payment_plan_id(self):
        lines = self.env["recouvrement.plan.line"].search(
            [("move_line_id.move_id", "in", self.ids), ("live", "=", True)]
        )
        plans = {line.move_id: line.plan_id for line in lines}
        for move in self:
            move.payment_plan_id = plans.get(move._origin, False)

    def action_payment_plan(self):
        """Open the form that makes a payment plan of the invoices."""
        lines = self._get_owed_lines()
        if not lines:
            raise UserError(self.env._("Nothing is owed on these invoices."))
        return self.env["recouvrement.plan.create"]._action_open(
            self.commercial_partner_id, lines
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_plan_ids = fields.One2many(
        "recouvrement.plan",
        "partner_id",
        string="Payment Plans",
        groups=COLLECTION_READERS,
    )

    def action_payment_plan(self):
        """Open the form that makes a payment plan with the customer."""
        return self.env["recouvrement.plan.create"]._action_open(self)


class RecouvrementAction(models.Model):
    _inherit = "recouvrement.action"

    def _text_payment_reference(self):
        # EXTENDS: as the agreement of the plan says
        return self.plan_id.name or super()._text_payment_reference()

    def _call_followups(self):
        # EXTENDS: who asks for a plan on the phone gets one
        return {**super()._call_followups(), "plan": self._action_plan}

    def _action_plan(self):
        """Open the form that makes a plan of what the call was about."""
        plans = self.env["recouvrement.plan.create"].with_company(self.company_id)
        return plans._action_open(self.partner_id, self.due_line_ids.move_line_id)
