from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..const import FINISHED_STATES, PENALTIES_SHOWN

# Claims that a letter does not ask for again: they are decided, or have an invoice.
SETTLED_STATES = ("partly_waived", "waived", "invoiced", "paid")


class RecouvrementAction(models.Model):
    """The late-payment penalties that a reminder shows or claims.

    They come in addition to the amount asked, which never holds them.
    """

    _inherit = "recouvrement.action"

    penalty_date = fields.Date(
        string="Penalties to",
        compute="_compute_penalties",
        help="Last day that counts in the penalties: that of the reminder, or the last "
        "one of which the reference rate is known.",
    )
    penalty_interest = fields.Monetary(
        string="Interest",
        compute="_compute_penalties",
        help="Late-payment interest of the invoices asked for.",
    )
    penalty_indemnity = fields.Monetary(
        string="Fixed Indemnities",
        currency_field="penalty_indemnity_currency_id",
        compute="_compute_penalties",
        help="For recovery costs, in euros whatever the currency.",
    )
    penalty_indemnity_currency_id = fields.Many2one(
        "res.currency", compute="_compute_penalties"
    )
    penalty_unverified = fields.Boolean(
        string="With a Rate Not Verified",
        compute="_compute_penalties",
        help="Whether a reference rate of the interest was not verified yet.",
    )

    @api.depends("level_id.penalties", "state", "date_done")
    def _compute_penalties(self):
        found = self._get_penalties()
        euro = self.env["recouvrement.penalty.terms"]._get_indemnity_currency()
        for action in self:
            day, breakdowns = found.get(action.id, (False, {}))
            sums = {
                name: sum(breakdown[name] for breakdown in breakdowns.values())
                for name in ("interest", "indemnity")
            }
            action.penalty_date = day
            action.penalty_interest = action.currency_id.round(sums["interest"])
            action.penalty_indemnity = sums["indemnity"]
            action.penalty_indemnity_currency_id = euro
            action.penalty_unverified = any(
                row["rate_verified"] == "unverified"
                for breakdown in breakdowns.values()
                for row in breakdown["rows"]
            )

    def _get_penalties(self):
        """Return ``{action id: (last day, {invoice id: breakdown})}``.

        What the texts and the annex of reminders show, of the invoices asked for; only
        of those whose level shows penalties and that owe some. What was waived is left
        out. The only place that knows it: extend it to show something else.
        """
        answer = {}
        shown = self.filtered(
            lambda action: action.level_id.penalties in PENALTIES_SHOWN
        )
        for day, group in shown.grouped(lambda action: action._contact_day()).items():
            last = self.env["recouvrement.penalty"]._last_day(day)
            moves = group.due_line_ids.move_id
            breakdowns = self._compute_breakdowns(moves, last)
            for action in group:
                own = {
                    move.id: breakdowns[move.id]
                    for move in action.due_line_ids.move_id
                    if move.id in breakdowns
                }
                if own:
                    answer[action.id] = last, own
        return answer

    def _contact_day(self):
        """Return the day of the reminder: when it was sent, else today."""
        self.ensure_one()
        if self.state in FINISHED_STATES and self.date_done:
            return self.date_done
        return fields.Date.context_today(self)

    @api.model
    def _compute_breakdowns(self, moves, as_of):
        """Return ``{invoice id: breakdown}`` of those that owe penalties.

        An invoice with a day of which the rate is not known is left out: nothing is
        shown in part.
        """
        since, indemnified = self._get_waived(moves)
        penalties = self.env["recouvrement.penalty"]
        breakdowns, missing = penalties._compute(moves, as_of, since)
        for move in indemnified:
            if move.id in breakdowns:
                breakdowns[move.id]["indemnity"] = 0.0
                penalties._add_total(breakdowns[move.id])
        return {
            move_id: breakdown
            for move_id, breakdown in breakdowns.items()
            if (breakdown["rows"] or breakdown["indemnity"]) and move_id not in missing
        }

    @api.model
    def _get_waived(self, moves):
        """Return ``{line id: last day settled}``, and the invoices whose indemnity was.

        Those of claims that were waived, in part too, or invoiced: they are asked for
        by themselves.
        """
        groups = (
            self.env["recouvrement.penalty.claim.line"]
            .sudo()  # of all claims
            ._read_group(
                Domain("move_id", "in", moves.ids)
                & Domain("live", "=", True)
                & Domain("claim_id.state", "in", SETTLED_STATES),
                ["move_id", "move_line_id", "kind"],
                ["date_to:max"],
            )
        )
        days = {
            line.id: last.toordinal()
            for _move, line, kind, last in groups
            if kind == "interest"
        }
        indemnified = [
            move.id for move, _line, kind, _last in groups if kind == "indemnity"
        ]
        return days, moves.browse(indemnified)

    # --- claims ---

    def _claim_penalties(self):
        """Claim the penalties of the reminders that claim them and went out.

        What was claimed before is left out: a second channel of the same level, or a
        later letter, takes only what came after.
        """
        claiming = self.filtered(
            lambda action: (
                action.level_id.penalties == "claim"
                and action.channel in ("email", "letter")
                and action.outcome != "skipped"
            )
        )
        for (company, day), group in claiming.grouped(
            lambda action: (action.company_id, action._contact_day())
        ).items():
            claims = self.env["recouvrement.penalty.claim"]._claim_customers(
                group.partner_id,
                self.env["recouvrement.penalty"]._last_day(day),
                company,
                group.due_line_ids.move_id,
                freeze=True,
            )
            for claim in claims.sudo():  # claims change by methods alone
                own = group.filtered(
                    lambda action, claim=claim: (
                        action.partner_id.commercial_partner_id == claim.partner_id
                    )
                )
                claim.action_id = own[:1]

    # --- texts ---

    def _text_penalties(self):
        """Return what the penalties come to, in words; empty when there are none.

        A rate that is not verified yet is told.
        """
        self.ensure_one()
        _ = self.env._
        values = {
            "interest": format_amount(
                self.env, self.penalty_interest, self.currency_id
            ),
            "date": format_date(self.env, self.penalty_date),
            "indemnity": format_amount(
                self.env, self.penalty_indemnity, self.penalty_indemnity_currency_id
            ),
        }
        if self.penalty_interest and self.penalty_indemnity:
            text = _(
                "%(interest)s of late-payment interest to %(date)s and %(indemnity)s "
                "of fixed indemnities.",
                **values,
            )
        elif self.penalty_interest:
            text = _("%(interest)s of late-payment interest to %(date)s.", **values)
        elif self.penalty_indemnity:
            text = _("%(indemnity)s of fixed indemnities.", **values)
        else:
            text = ""
        if self.penalty_unverified:
            text += " " + _(
                "One of the rates has not been checked against its official text yet."
            )
        return text

    # --- formal notices ---

    def _record_formal_notices(self):
        """Date the invoices that these reminders are the first formal notice for."""
        notices = self.filtered(
            lambda action: (
                action.level_id.formal_notice and action.channel in ("email", "letter")
            )
        )
        for day, group in sorted(notices.grouped("date_done").items()):
            # sudo: collectors may not write on invoices
            moves = group.sudo().due_line_ids.move_id
            moves.filtered(
                lambda move: move.is_invoice() and not move.formal_notice_date
            ).formal_notice_date = day
