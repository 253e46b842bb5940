import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date

_logger = logging.getLogger(__name__)

LIVE_STATES = ("requested", "offered", "granted")
# How long a payment recorded late may still show that an offer was kept.
JUDGED_DAYS = 60


class RecouvrementPenaltyWaiver(models.Model):
    """Penalties that the company gives up, wholly or in part, and why.

    Asked for by a collector, granted by who has the right to. On condition
    (``condition_date``) it is the courteous offer that the field recommends: "we waive
    the penalties if you pay the invoices by this date". It is judged each day on what
    was paid, at the dates of the payments: kept, it is granted; else the penalties are
    claimed again by themselves.
    """

    _name = "recouvrement.penalty.waiver"
    _description = "Penalty Waiver"
    _order = "id desc"

    claim_id = fields.Many2one(
        "recouvrement.penalty.claim", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="claim_id.company_id")
    currency_id = fields.Many2one(related="claim_id.currency_id")
    interest = fields.Monetary(help="Part of the penalties that is given up.")
    indemnity = fields.Monetary(help="Part of the indemnities that is given up.")
    amount = fields.Monetary(compute="_compute_amount", store=True)
    reason = fields.Char(required=True)
    condition_date = fields.Date(
        string="If Paid by",
        help="The waiver holds if all the invoices are paid by this date.",
    )
    state = fields.Selection(
        [
            ("requested", "To approve"),
            ("refused", "Refused"),
            ("offered", "Offered"),
            ("granted", "Granted"),
            ("lapsed", "Not kept"),
            ("revoked", "Taken back"),
        ],
        default="requested",
        required=True,
        readonly=True,
        index=True,
    )
    is_live = fields.Boolean(
        compute="_compute_is_live", help="It takes something off the claim, or may."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    approver_id = fields.Many2one("res.users", string="Granted by", readonly=True)
    date_judged = fields.Date(readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Credit Note",
        readonly=True,
        help="Made when the penalties had been invoiced before.",
    )

    _positive = models.Constraint(
        "CHECK(interest >= 0 AND indemnity >= 0 AND interest + indemnity > 0)",
        "Waive an amount above zero.",
    )

    @api.depends("interest", "indemnity")
    def _compute_amount(self):
        for waiver in self:
            waiver.amount = waiver.interest + waiver.indemnity

    @api.depends("state")
    def _compute_is_live(self):
        for waiver in self:
            waiver.is_live = waiver.state in LIVE_STATES

    @api.constrains("interest", "indemnity", "state", "claim_id")
    def _check_amounts(self):
        """One cannot give up more than is claimed."""
        for claim in self.claim_id:
            live = claim.waiver_ids.filtered("is_live")
            for name in ("interest", "indemnity"):
                total = sum(live.mapped(name))
                if claim.currency_id.compare_amounts(total, claim[name]) > 0:
                    raise ValidationError(
                        self.env._(
                            "Claim %(name)s asks for %(claimed)s under %(what)s: no "
                            "more can be waived.",
                            name=claim.name,
                            claimed=claim.currency_id.format(claim[name]),
                            what=claim._fields[name].get_description(self.env)[
                                "string"
                            ],
                        )
                    )

    # --- approval ---

    @api.model
    def _may_approve(self, waivers=None):
        """Tell whether the user may grant waivers: managers; extend it for limits."""
        return self.env.su or self.env.user.has_group(
            "recouvrement_b2b.recouvrement_group_manager"
        )

    def _check_approver(self):
        if not self._may_approve(self):
            raise AccessError(
                self.env._("Only a collection manager may waive penalties.")
            )

    def _ask_for_approval(self):
        """Ask the collection manager to decide on the waivers."""
        for waiver in self:
            waiver.claim_id.activity_schedule(
                "recouvrement_b2b.activity_waiver",
                user_id=waiver.company_id._get_collection_manager().id,
                summary=self.env._(
                    "Waiver of %(amount)s to approve: %(reason)s",
                    amount=waiver.currency_id.format(waiver.amount),
                    reason=waiver.reason,
                ),
            )

    def action_approve(self):
        """Grant what was asked for; on condition, offer it until its date."""
        self._check_approver()
        self._check_states(("requested",))
        today = fields.Date.context_today(self)
        if any(waiver._is_past(today) for waiver in self):
            raise UserError(
                self.env._("The date of this offer is past: ask for it anew.")
            )
        self.approver_id = self.env.user
        offers = self.filtered("condition_date")
        offers.state = "offered"
        offers._log(self.env._("Offered: waived if the invoices are paid in time."))
        (self - offers)._grant()
        self._close_activities()

    def action_refuse(self):
        """Refuse what was asked for: the penalties stay claimed."""
        self._check_approver()
        self._check_states(("requested",))
        self._end("refused")

    def action_revoke(self):
        """Take waivers back: the penalties are claimed again."""
        self._check_approver()
        self._check_states(("offered", "granted"))
        self._end("revoked")

    def _check_states(self, states):
        if any(waiver.state not in states for waiver in self):
            raise UserError(
                self.env._("This waiver was decided otherwise since: look at it again.")
            )

    # --- effects ---

    def _grant(self):
        """Make the waivers good: by credit note where the penalties were invoiced."""
        self.state = "granted"
        self.date_judged = fields.Date.context_today(self)
        self._align()
        self._log(self.env._("Waived."))

    def _end(self, state):
        """End waivers: what had been credited, or left out, is invoiced again."""
        ended = self.filtered("is_live")
        granted = ended.filtered(lambda waiver: waiver.state == "granted")
        ended.state = state
        ended.date_judged = fields.Date.context_today(self)
        granted._align()
        labels = dict(self._fields["state"]._description_selection(self.env))
        ended._log(self.env._("Waiver: %(state)s.", state=labels[state].lower()))
        ended._close_activities()

    def _align(self):
        """Bring the invoices of the claims into step, one document a waiver."""
        for waiver in self:
            if waiver.claim_id.is_cancelled:
                continue
            # sudo: claims change by their methods alone, see their write
            move = waiver.claim_id.sudo()._align_bills(waiver)
            waiver.move_id = move if move.move_type == "out_refund" else False

    def _get_bill(self, total=None):
        """Return what is given up, as (label, quantity, price, account).

        :param total: of the two parts together; what was waived by default
        """
        self.ensure_one()
        claim = self.claim_id.with_context(lang=self.claim_id.partner_id.lang)
        accounts = claim._get_penalty_accounts()
        label = claim.env._("Waived as a courtesy")
        if self.state != "granted":
            label = claim.env._("Late-payment penalties")
        interest, indemnity = self.interest, self.indemnity
        if total is not None:
            interest = min(interest, total)
            indemnity = self.currency_id.round(total - interest)
        return [
            (label, 1, amount, account)
            for amount, account in zip((interest, indemnity), accounts, strict=True)
            if amount
        ]

    def _log(self, text):
        """Note on the claims what became of their waivers."""
        for waiver in self:
            amount = waiver.currency_id.format(waiver.amount)
            body = f"{text} {amount}: {waiver.reason}"
            waiver.claim_id._message_log(body=body)

    def _close_activities(self):
        self.claim_id.activity_unlink(["recouvrement_b2b.activity_waiver"])

    # --- offers: judged each day on what was paid ---

    @api.model
    def _cron_judge(self):
        """Judge the offers on the payments: kept, or not."""
        today = fields.Date.context_today(self)
        judged = self._get_offers(today)._judge(today)
        self.env["ir.cron"]._commit_progress(len(judged), remaining=0)

    @api.model
    def _get_offers(self, today):
        """Return the offers to judge, those of the last weeks once more.

        A payment may be recorded after the date, or be returned.
        """
        recent = Domain("condition_date", ">=", today - timedelta(days=JUDGED_DAYS))
        return self.search(
            Domain("condition_date", "!=", False)
            & Domain("claim_id.is_cancelled", "=", False)
            & (
                Domain("state", "=", "offered")
                | (Domain("state", "in", ("granted", "lapsed")) & recent)
            )
        )

    def _judge(self, today):
        """Grant the offers that were kept, let the others lapse when time is over.

        One that cannot be judged stops none of the others.

        :return: the waivers whose state changed
        """
        settled = self.claim_id._get_settled_dates()
        changed = self.browse()
        for waiver in self:
            day = settled[waiver.claim_id]
            try:
                with self.env.cr.savepoint():
                    if waiver._judge_one(day, today):
                        changed += waiver
            except (UserError, ValidationError) as error:
                _logger.warning("Offer %s is not judged: %s", waiver.id, error)
        return changed

    def _judge_one(self, day, today):
        """Judge one offer; tell whether its state changed.

        :param day: on which its invoices were all paid, False before
        """
        self.ensure_one()
        if day and day <= self.condition_date:
            return self.state != "granted" and self._keep(day)
        if self._is_over(today):
            self._lapse()
            return True
        return False

    def _keep(self, day):
        """Grant an offer that was kept, for what is left to waive by then."""
        self.ensure_one()
        if self.state == "lapsed":
            interest, indemnity = self.claim_id._get_left_to_waive()
            values = {
                "interest": min(self.interest, interest),
                "indemnity": min(self.indemnity, indemnity),
            }
            if not any(values.values()):
                return False
            self.write(values)
        self.state = "granted"
        self._extend(day)
        self._grant()
        return True

    def _is_past(self, today):
        """Tell whether the date of a condition has passed."""
        self.ensure_one()
        return bool(self.condition_date) and self.condition_date < today

    def _is_over(self, today):
        """Tell whether it is too late to keep an offer, payments on their way included.

        One that was granted is over as soon as a payment was returned after its date.
        """
        self.ensure_one()
        if self.state == "lapsed":
            return False
        patience = timedelta(days=self.company_id.collection_payment_wait_days)
        return today > self.condition_date + patience

    def _lapse(self):
        """Let offers lapse: the penalties are claimed as before, and somebody knows."""
        self._end("lapsed")
        for waiver in self:
            waiver.claim_id.activity_schedule(
                "recouvrement_b2b.activity_waiver",
                user_id=(waiver.claim_id.user_id or waiver.user_id).id,
                summary=self.env._(
                    "Not paid by %(date)s: the penalties are due again",
                    date=format_date(self.env, waiver.condition_date),
                ),
            )

    def _extend(self, day):
        """Add to the claim the days up to the payment, and waive them as well.

        Who keeps to an offer is not asked afterwards for the few days between it and
        the payment. Not when a part of the penalties only was offered.
        """
        self.ensure_one()
        claim = self.claim_id
        waived = sum(claim.waiver_ids.filtered("is_live").mapped("interest"))
        if claim.currency_id.compare_amounts(waived, claim.interest) < 0:
            return
        before = claim.interest
        claim._add_days(self.env["recouvrement.penalty"]._last_day(day))
        self.interest = claim.currency_id.round(self.interest + claim.interest - before)
