from odoo import api, fields, models
from odoo.fields import Domain

from ..const import COLLECTION_READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_profile_id = fields.Many2one(
        "recouvrement.profile",
        string="Payer Profile",
        company_dependent=True,
        groups=COLLECTION_READERS,
        help="How to talk to this customer, and which policy it follows when none is "
        "chosen above. Empty it to have it set by rule again.",
    )
    collection_profile_manual = fields.Boolean(
        string="Profile Set by Hand",
        company_dependent=True,
        groups=COLLECTION_READERS,
        help="No rule changes a profile that a person has set.",
    )
    collection_payment_habits = fields.Char(
        string="Payment Habits",
        compute="_compute_collection_payment_habits",
        groups=COLLECTION_READERS,
    )

    @api.depends_context("company")
    def _compute_collection_payment_habits(self):
        profiles = self.env["recouvrement.profile"]
        today = fields.Date.context_today(self)
        customers = self.commercial_partner_id
        found = profiles._get_figures(self.env.company, today, customers)
        for partner in self:
            figures = found[partner.commercial_partner_id._origin.id]
            partner.collection_payment_habits = profiles._explain(figures)

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS: a profile given at once was given by a person
        for vals in vals_list:
            if vals.get("collection_profile_id"):
                vals.setdefault("collection_profile_manual", True)
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS: who sets a profile keeps it from the rules, who empties it does not
        if "collection_profile_id" not in vals or self.env.context.get(
            "collection_profile_rule"
        ):
            return super().write(vals)
        vals = {
            "collection_profile_manual": bool(vals["collection_profile_id"]),
            **vals,
        }
        before = {partner: partner.collection_profile_id for partner in self}
        result = super().write(vals)
        changed = self.filtered(lambda each: each.collection_profile_id != before[each])
        by_hand = self.env._("by hand")
        changed._log_collection_profile(before, dict.fromkeys(changed.ids, by_hand))
        return result

    def _set_collection_profile(self, profile, reasons):
        """Set what a rule found.

        :param reasons: ``{partner id: sentence}``
        """
        before = {partner: partner.collection_profile_id for partner in self}
        by_rule = self.with_context(collection_profile_rule=True)
        by_rule.collection_profile_id = profile
        self._log_collection_profile(before, reasons)

    def _log_collection_profile(self, before, reasons):
        """Tell in the chatter of each customer what its profile became, and why."""
        none = self.env._("none")
        self._message_log_batch(
            {
                partner.id: self.env._(
                    "Payer profile: %(before)s → %(after)s (%(reason)s)",
                    before=before[partner].name or none,
                    after=partner.collection_profile_id.name or none,
                    reason=reasons[partner.id],
                )
                for partner in self
            }
        )

    def action_collection_profile_rule(self):
        """Have the profile set by rule, now and from now on."""
        customers = self.commercial_partner_id
        customers.collection_profile_manual = False
        self.env["recouvrement.profile"]._assign(self.env.company, customers)


class RecouvrementAction(models.Model):
    _inherit = "recouvrement.action"

    profile_id = fields.Many2one(
        "recouvrement.profile",
        string="Payer Profile",
        compute="_compute_profile_id",
        search="_search_profile_id",
    )
    profile_hints = fields.Html(
        related="profile_id.call_hints", string="Listen and Offer"
    )

    @api.depends("partner_id", "company_id")
    def _compute_profile_id(self):
        for company, actions in self.grouped("company_id").items():
            # sudo: who handles the reminder may know how to talk to the customer
            for action in actions.sudo():
                partner = action.partner_id.with_company(company)
                action.profile_id = partner.collection_profile_id

    def _search_profile_id(self, operator, value):
        return Domain("partner_id.collection_profile_id", operator, value)
