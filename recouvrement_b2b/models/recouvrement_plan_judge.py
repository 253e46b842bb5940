from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every
from odoo.tools.misc import format_date

from .recouvrement_plan import AGREED_STATES

BATCH_SIZE = 200  # plans judged in one transaction
CREDIT_JOURNALS = ("bank", "cash", "credit")


class RecouvrementPlan(models.Model):
    """Judge plans each day, on what was paid at the dates of the payments.

    The rule is cumulative: what was paid to date against what came due to date. An
    instalment missed is followed by a notice, then by the end of the plan, as the
    agreement says; who catches up in time goes on.
    """

    _inherit = "recouvrement.plan"

    @api.model
    def _cron_judge(self):
        """Judge the plans in force, in batches."""
        plans = self.search(Domain("state", "in", ("proposed", *AGREED_STATES)))
        today = fields.Date.context_today(self)
        cron = self.env["ir.cron"]
        done = 0
        for ids in split_every(BATCH_SIZE, plans.ids):
            self.browse(ids)._try_judge(today)
            done += len(ids)
            cron._commit_progress(len(ids), remaining=len(plans) - done)

    def _judge(self, today):
        """Bring plans to what the payments say, at a date.

        Run twice it does nothing more. Completed plans whose payment was returned go on
        again; those that ended otherwise are left as they are.
        """
        plans = self.sudo().filtered(  # see write: judging is nobody's hand
            lambda plan: plan.state in ("proposed", "completed", *AGREED_STATES)
        )
        plans._match_payments()
        plans._refresh_instalments(today)
        plans.filtered(
            lambda plan: plan.state == "completed" and plan.remaining > 0
        )._reopen()
        plans.filtered(
            lambda plan: (
                plan.state == "proposed" and plan.currency_id.is_zero(plan.remaining)
            )
        )._close("completed", self.env._("paid in full"))
        plans._end_offers(today)
        plans._resume_paused(today)
        agreed = plans.filtered(lambda plan: plan.state in AGREED_STATES)
        agreed._start(today)
        paid = agreed.filtered(lambda plan: plan.currency_id.is_zero(plan.remaining))
        paid._complete()
        going = (agreed - paid).filtered(lambda plan: plan.state == "active")
        going._judge_missed(today)
        going = going.filtered(lambda plan: plan.state == "active")
        going._remind(today)
        (agreed - paid).filtered(lambda plan: plan.state in AGREED_STATES)._suspend()

    def _refresh_instalments(self, today):
        """Set what was paid against the instalments."""
        payments = self.line_ids._get_payments()
        for plan in self:
            plan.instalment_ids.sorted(
                lambda instalment: (instalment.date_due, instalment.id)
            )._refresh(payments.get(plan, []), today)

    def _end_offers(self, today):
        """End the proposals that got no answer: collection goes on, somebody knows."""
        ended = self.filtered(
            lambda plan: plan.state == "proposed" and plan.valid_until < today
        )
        for plan in ended.filtered("previous_id"):
            plan.valid_until = False
        ended._close("cancelled", self.env._("not accepted in time"))
        ended._tell_owner(self.env._("The customer did not answer the proposed plan"))

    def _resume_paused(self, today):
        """Go on with the plans whose pause is over."""
        over = self.filtered(
            lambda plan: plan.state == "paused" and plan.paused_until < today
        )
        over.write({"state": "active", "paused_until": False})

    def _start(self, today):
        """Start the plans whose first instalment comes, or that got a payment."""
        self.filtered(
            lambda plan: (
                plan.state == "accepted"
                and (
                    plan.paid
                    or plan.next_date - timedelta(days=plan.reminder_days) <= today
                )
            )
        ).state = "active"

    # --- missed instalments ---

    def _judge_missed(self, today):
        """Give notice of missed instalments, then end the plan, as was agreed."""
        on_its_way = self.partner_id._get_paying(self.company_id, today)
        disputes = self.env["recouvrement.dispute"].search(
            Domain("move_id", "in", self.line_ids.move_id.ids)
            & Domain("date_closed", "=", False)
        )
        for plan in self:
            missed = plan.instalment_ids.filtered(
                lambda instalment: instalment.state == "missed"
            )
            if not missed:
                plan.date_notice = False
            elif (plan.partner_id.id, plan.company_id.id) in on_its_way:
                continue
            elif plan.line_ids.move_id & disputes.move_id:
                continue  # what is contested is answered first, by its owner
            elif any(line._is_lost() for line in plan.line_ids):
                continue  # an invoice is being changed, the owner knows
            elif plan._is_broken(missed, today):
                plan._default()
            elif (
                not plan.date_notice
                and plan.notice_days
                and len(missed) >= plan.default_after
            ):
                plan._give_notice(missed, today)

    def _is_broken(self, missed, today):
        """Tell whether the agreement allows to end the plan."""
        self.ensure_one()
        if len(missed) < self.default_after:
            return False
        if not self.notice_days:
            return True
        return bool(self.date_notice) and (
            today > self.date_notice + timedelta(days=self.notice_days)
        )

    def _give_notice(self, missed, today):
        """Ask the customer to catch up, and tell the owner."""
        self.ensure_one()
        self.date_notice = today
        self._send_message("recouvrement_b2b.mail_template_plan_notice", missed[:1])
        self._tell_owner(
            self.env._(
                "Instalment of %(date)s missed: call before the plan ends on %(end)s",
                date=format_date(self.env, missed[0].date_due),
                end=format_date(self.env, today + timedelta(days=self.notice_days + 1)),
            )
        )

    # --- payments ---

    def _match_payments(self):
        """Match the customers' free payments with the items of the plans.

        The oldest item first. Only payments made since the plan was proposed: an older
        one was left free for a reason.
        """
        plans = self.filtered(
            lambda plan: plan.match_payments and plan.state in AGREED_STATES
        )
        if not plans:
            return
        free = self.env["account.move.line"].search(
            Domain("partner_id.commercial_partner_id", "in", plans.partner_id.ids)
            & Domain("company_id", "in", plans.company_id.ids)
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", "<", 0)
            & Domain("journal_id.type", "in", CREDIT_JOURNALS)
            & Domain("move_id.collection_transfer", "=", False)
        )
        by_customer = free.grouped(
            lambda line: (line.partner_id.commercial_partner_id, line.company_id)
        )
        for plan in plans:
            payments = by_customer.get((plan.partner_id, plan.company_id))
            if payments:
                plan._match(payments)

    def _match(self, payments):
        """Match payments of one customer, in the plan's currency and accounts."""
        self.ensure_one()
        items = self.line_ids.move_line_id.filtered(lambda line: not line.reconciled)
        payments = payments.filtered(
            lambda line: (
                not line.reconciled
                and line.currency_id == self.currency_id
                and line.date >= self.date_proposed
            )
        )
        for account, lines in items.grouped("account_id").items():
            own = payments.filtered(
                lambda line, account=account: line.account_id == account
            )
            for item in lines.sorted(
                lambda line: (line.date_maturity or line.date, line.id)
            ):
                if own:
                    (own + item).reconcile()
                    own = own.filtered(lambda line: not line.reconciled)

    # --- messages ---

    def _remind(self, today):
        """Remind customers of the instalment that comes, once each."""
        for plan in self.filtered("reminder_days"):
            coming = plan.instalment_ids.filtered(
                lambda instalment, plan=plan: (
                    instalment.state in ("due", "partly")
                    and not instalment.date_reminded
                    and instalment.date_due - timedelta(days=plan.reminder_days)
                    <= today
                )
            )[:1]
            if coming:
                coming.date_reminded = today
                plan._send_message(
                    "recouvrement_b2b.mail_template_plan_reminder", coming
                )

    def _send_message(self, template, instalment=None):
        """Prepare a message about the plans, sent and recorded as all others are.

        Who has no e-mail address is left to the owner.

        :param template: external identifier of the e-mail template
        :return: the actions
        """
        template = self.env.ref(template, raise_if_not_found=False)
        if not template:
            return self.env["recouvrement.action"]
        for plan in self - self.filtered(lambda plan: plan._get_recipient()):
            plan._tell_owner(
                self.env._("No e-mail address: tell the customer by other means")
            )
        return self.env["recouvrement.action"].create(
            [
                plan._prepare_instalment_message(template, instalment)
                for plan in self
                if plan._get_recipient()
            ]
        )

    def _prepare_instalment_message(self, template, instalment):
        """Return the values of a message about an instalment, else about the rest."""
        if not instalment:
            return self._prepare_message(template, self.remaining)
        due = instalment.amount - instalment.paid
        values = self._prepare_message(template, due)
        return values | {"instalment_id": instalment.id}


class RecouvrementAction(models.Model):
    _inherit = "recouvrement.action"

    kind = fields.Selection(
        selection_add=[("plan", "Payment plan")], ondelete={"plan": "cascade"}
    )
    plan_id = fields.Many2one(
        "recouvrement.plan",
        string="Payment Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    instalment_id = fields.Many2one(
        "recouvrement.instalment", readonly=True, ondelete="set null"
    )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _judge_commitments(self):
        # EXTENDS: an instalment is paid as soon as its payment is matched
        # sudo: who records a payment need not have rights on collection
        lines = (
            self.env["recouvrement.plan.line"]
            .sudo()
            .search(
                Domain("move_line_id", "in", self.ids)
                & Domain("plan_id.state", "in", ("completed", *AGREED_STATES))
            )
        )
        plans = lines.plan_id
        if plans:
            plans._refresh_instalments(fields.Date.context_today(self))
            plans.filtered(
                lambda plan: plan.state == "completed" and plan.remaining > 0
            )._reopen()
        return super()._judge_commitments()
