from odoo import api, fields, models
from odoo.fields import Domain

from .recouvrement_promise import JUDGED_STATES


class RecouvrementPromise(models.Model):
    """Judge promises each day on what was paid, and anew when payments change."""

    _inherit = "recouvrement.promise"

    @api.model
    def _cron_judge(self):
        """Judge the open promises on what was paid."""
        today = fields.Date.context_today(self)
        promises = self.search(Domain("state", "=", "open"))
        promises._try_judge(today)
        self.env["ir.cron"]._commit_progress(len(promises), remaining=0)

    def _judge(self, today):
        """Bring promises to what the payments say: kept, broken, or open again."""
        self = self.sudo()  # see write: judging is nobody's hand
        payments = self.line_ids._get_payments()
        on_its_way = self.partner_id._get_paying(self.company_id, today)
        found = {}
        for promise in self.filtered(lambda promise: promise.state in JUDGED_STATES):
            paid, credited = promise._sum_settlements(payments.get(promise, ()))
            if promise.paid != paid:
                promise.paid = paid
                promise._lower_holds()
            waits = (promise.partner_id.id, promise.company_id.id) in on_its_way
            state = promise._get_state(paid, credited, today, waits)
            if state != promise.state:
                found.setdefault(state, self.browse())
                found[state] += promise
        for state, promises in found.items():
            getattr(promises, f"_become_{state}")()

    def _lower_holds(self):
        """Hold what is still promised of each item, and no more, as it is paid."""
        left = self.currency_id.round(self.amount - self.paid)
        for hold in self.hold_ids.filtered("amount").sorted("id"):
            if hold.closed_date:
                continue
            part = self.currency_id.round(min(left, hold.amount))
            left -= part
            if part:
                hold.amount = part

    def _sum_settlements(self, settlements):
        """Return (what was paid, what was credited) until the end of the tolerance."""
        self.ensure_one()
        sums = {True: 0.0, False: 0.0}
        for settlement in settlements:
            if settlement.date <= self.date_limit:
                sums[settlement.is_credit_note] += settlement.amount
        return tuple(self.currency_id.round(sums[key]) for key in (False, True))

    def _get_state(self, paid, credited, today, waits):
        """Return what became of a promise.

        Credited in full, nothing is left to promise: it is withdrawn, without thanks.

        :param paid: what was paid until the end of the tolerance
        :param credited: what was credited until then
        :param waits: money of the customer came in that is not matched yet
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(paid + credited, self.amount) >= 0:
            return "kept" if paid else "withdrawn"
        if today <= self.date_limit or (waits and self.state == "open"):
            return "open"
        if any(line._is_lost() for line in self.line_ids):
            return "withdrawn"  # nobody breaks a promise to pay what is cancelled
        return "partly_kept" if paid else "broken"

    def _become_kept(self):
        """End promises that were kept; thank, where the company does."""
        self._close("kept")
        self.activity_unlink(["recouvrement_b2b.activity_promise"])
        self._thank()

    def _become_withdrawn(self):
        self._close("withdrawn")

    def _become_open(self):
        """Open promises again of which a payment was returned before their date.

        Not when there is another promise on the items by now.
        """
        taken = self.filtered(lambda promise: promise.line_ids._get_taken())
        taken.state = "replaced"
        self = self - taken
        self.write({"state": "open", "date_judged": False})
        self.line_ids.live = True
        self._suspend()

    def _become_partly_kept(self):
        self._close("partly_kept")
        self._tell_owner(self.env._("Promise kept in part: call about the rest"))

    def _become_broken(self):
        self._close("broken")
        self._tell_owner(self.env._("Promise not kept: call the customer"))

    def _thank(self):
        """Prepare the thanks for promises that were kept, for companies that thank."""
        template = self.env.ref(
            "recouvrement_b2b.mail_template_promise_kept", raise_if_not_found=False
        )
        return self.env["recouvrement.action"].create(
            [
                promise._prepare_message(template, promise.paid)
                for promise in self
                if template
                and promise.company_id.collection_promise_thanks
                and promise._get_recipient()
            ]
        )
