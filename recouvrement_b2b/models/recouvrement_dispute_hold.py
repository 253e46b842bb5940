from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

# What its holds follow of a dispute.
FOLLOWED_FIELDS = {"scope", "amount", "answer_date", "user_id", "date_closed"}


class RecouvrementDispute(models.Model):
    """A dispute suspends what is disputed, and nothing else, for as long as it lasts.

    One hold for each open item of the invoice. Of a partial amount, what is due last
    is held first: what is not disputed is due at the earliest dates.
    """

    _inherit = "recouvrement.dispute"

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes._sync_holds()
        return disputes

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & FOLLOWED_FIELDS:
            self._sync_holds()
        return result

    def _get_open_items(self):
        """Return ``{entry id: its open items}`` of the customers of the disputes."""
        # sudo: what is open does not depend on who asks
        lines = self.env["account.move.line"].sudo()
        today = fields.Date.context_today(self)
        open_items = defaultdict(list)
        for company, disputes in self.sudo().grouped("company_id").items():
            for item in lines._collection_open_items(
                today, company, disputes.partner_id
            ):
                open_items[item.move_id].append(item)
        return open_items

    def _sync_holds(self, open_items=None):
        """Open, change and end the holds, as the disputes now are.

        :param open_items: see ``_get_open_items``, read if None
        """
        # sudo: who handles a dispute may have no right on the holds of the customer
        disputes = self.sudo()
        if open_items is None:
            open_items = disputes._get_open_items()
        # An invoice that is being corrected is no open item: its holds wait for it.
        disputes = disputes.filtered(
            lambda dispute: dispute.date_closed or dispute.move_id.state != "draft"
        )
        holds = disputes.env["recouvrement.hold"].search(
            Domain("dispute_id", "in", disputes.ids) & Domain("closed_date", "=", False)
        )
        known = {(hold.dispute_id, hold.move_line_id.id): hold for hold in holds}
        create, change = [], defaultdict(holds.browse)
        for dispute in disputes.filtered(lambda dispute: not dispute.date_closed):
            for item, amount in dispute._get_held_amounts(open_items):
                hold = known.pop((dispute, item.line_id), None)
                vals = dispute._prepare_hold_vals(amount)
                if not hold:
                    create.append(dispute._prepare_new_hold_vals(item, vals))
                elif hold._differs(vals):
                    change[tuple(vals.items())] |= hold
        for vals, changed in change.items():
            changed._follow_dispute(dict(vals))
        holds.browse().union(*known.values()).action_close(
            self.env._("nothing is disputed any more")
        )
        holds.create(create)

    def _get_held_amounts(self, open_items):
        """Return ``[(open item, amount to hold)]``, zero for a whole item."""
        self.ensure_one()
        items = [item for item in open_items.get(self.move_id.id, ()) if item.residual]
        if self.scope == "whole":
            return [(item, 0.0) for item in items]
        left, held = self.amount, []
        for item in sorted(items, key=lambda item: item.date_due, reverse=True):
            share = self.currency_id.round(min(left, item.residual))
            if share > 0:
                held.append((item, share))
                left -= share
        return held

    def _prepare_hold_vals(self, amount):
        """Return what a hold follows of its dispute."""
        return {
            "amount": amount,
            "review_date": self.answer_date,
            "user_id": self.user_id.id,
        }

    def _prepare_new_hold_vals(self, item, vals):
        """Return the values of the hold of one item; the first starts with the dispute,
        one that comes after a return to collection starts today.
        """
        today = fields.Date.context_today(self)
        return {
            **vals,
            "dispute_id": self.id,
            "company_id": self.company_id.id,
            "move_line_id": item.line_id,
            "reason": "dispute",
            "note": self.reason_id.name,
            "date_start": today if self.hold_ids else self.date_open,
        }
