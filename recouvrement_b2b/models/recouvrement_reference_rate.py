from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..const import VERIFICATIONS

SEMESTER = relativedelta(months=6)


class RecouvrementReferenceRate(models.Model):
    """The official rates of one half-year, with where they come from.

    The ECB rate is the one in force on the first day of the half-year (French
    commercial code, article L441-10 II); the legal interest rate is fixed for each
    half-year by an arrêté (monetary and financial code, article L313-2). A half-year
    that is not here has no rate: nothing is extrapolated.
    """

    _name = "recouvrement.reference.rate"
    _description = "Reference Rate"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc"
    _rec_name = "date_from"

    date_from = fields.Date(
        string="From",
        required=True,
        help="First day of the half-year: 1 January or 1 July.",
    )
    date_to = fields.Date(
        string="To", compute="_compute_date_to", help="Last day of the half-year."
    )
    ecb_mro = fields.Float(
        string="ECB Refinancing Rate",
        digits=(7, 4),
        required=True,
        tracking=True,
        help="Main refinancing operations of the European Central Bank, in percent a "
        "year, as in force on the first day of the half-year.",
    )
    ecb_verified = fields.Selection(
        VERIFICATIONS,
        string="ECB Rate Checked",
        required=True,
        default="unverified",
        tracking=True,
    )
    ecb_source = fields.Char(string="Source of the ECB Rate", translate=True)
    legal_pro = fields.Float(
        string="Legal Rate",
        digits=(7, 4),
        required=True,
        tracking=True,
        help="Legal interest rate that applies to the claims of professionals, in "
        "percent a year.",
    )
    legal_part = fields.Float(
        string="Legal Rate, Individuals",
        digits=(7, 4),
        help="Legal interest rate for claims of natural persons outside a business.",
    )
    legal_verified = fields.Selection(
        VERIFICATIONS,
        string="Legal Rate Checked",
        required=True,
        default="unverified",
        tracking=True,
    )
    legal_source = fields.Char(string="Source of the Legal Rate", translate=True)
    note = fields.Char(translate=True)

    _date_from_unique = models.Constraint(
        "UNIQUE(date_from)", "There is a row for this half-year already: change it."
    )
    _legal_positive = models.Constraint(
        "CHECK(legal_pro >= 0 AND legal_part >= 0)",
        "The legal interest rate cannot be negative.",
    )
    _ecb_plausible = models.Constraint(
        "CHECK(ecb_mro > -5 AND ecb_mro < 25 AND legal_pro < 25)",
        "Give the rates in percent a year: 2.40 for 2.40 %.",
    )

    @api.depends("date_from")
    def _compute_date_to(self):
        for rate in self:
            rate.date_to = (
                rate.date_from + SEMESTER - relativedelta(days=1)
                if rate.date_from
                else False
            )

    @api.depends("date_from")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = self._semester_label(rate.date_from)

    @api.constrains("date_from")
    def _check_date_from(self):
        for rate in self:
            if (rate.date_from.month, rate.date_from.day) not in ((1, 1), (7, 1)):
                raise ValidationError(
                    self.env._(
                        "Reference rates are fixed on 1 January and 1 July: %(date)s "
                        "is neither.",
                        date=format_date(self.env, rate.date_from),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._keep_from_upgrades()
        rates._end_reminders()
        return rates

    def write(self, vals):
        result = super().write(vals)
        self._keep_from_upgrades()
        self._end_reminders()
        return result

    # --- reminder of 1 January and 1 July ---

    @api.model
    def _cron_ask(self):
        """Ask the collection managers for the rates of the half-year that begins."""
        activities = self._ask(fields.Date.context_today(self))
        self.env["ir.cron"]._commit_progress(len(activities), remaining=0)

    @api.model
    def _ask(self, day):
        """Ask each collection manager once for the rates of the half-year of a date.

        On its row, which exists but is not verified, else on the latest row. Nothing is
        asked when the rates are there and verified. Return the new activities.
        """
        start = self._semester_start(day)
        rate = self.search([("date_from", "=", start)])
        activities = self.env["mail.activity"]
        if rate and not rate._is_unverified():
            return activities
        target = rate or self.search([], limit=1)
        if not target:
            return activities
        asked = activities.search(self._get_reminder_domain([start])).user_id
        companies = self.env["res.company"].search([("active", "=", True)])
        managers = {company._get_collection_manager() for company in companies}
        for manager in sorted(managers - set(asked), key=lambda user: user.id):
            activities += target._ask_manager(manager, start, exists=bool(rate))
        return activities

    def _ask_manager(self, manager, start, exists):
        """Ask a collection manager for the rates of the half-year that starts."""
        translated = self.with_context(lang=manager.lang)
        label = translated._semester_label(start)
        if exists:
            summary = translated.env._("Verify the rates: %(semester)s", semester=label)
        else:
            summary = translated.env._("Enter the rates: %(semester)s", semester=label)
        return self.activity_schedule(
            "recouvrement_b2b.activity_rate",
            date_deadline=start,
            summary=summary,
            user_id=manager.id,
        )

    def _end_reminders(self):
        """Take back the reminders of the half-years that are verified now."""
        starts = [rate.date_from for rate in self if not rate._is_unverified()]
        # sudo: whoever enters the rates ends the reminders of all managers
        activities = self.env["mail.activity"].sudo()
        activities.search(self._get_reminder_domain(starts)).unlink()

    @api.model
    def _get_reminder_domain(self, starts):
        """Return the domain of the reminders of the half-years that start on dates."""
        kind = self.env.ref("recouvrement_b2b.activity_rate", raise_if_not_found=False)
        if not kind:  # while the module is being installed
            return Domain.FALSE
        return (
            Domain("res_model", "=", self._name)
            & Domain("activity_type_id", "=", kind.id)
            & Domain.OR(
                Domain("date_deadline", ">=", start)
                & Domain("date_deadline", "<", start + SEMESTER)
                for start in starts
            )
        )

    def _is_unverified(self):
        """Tell whether nobody has checked one of the rates yet."""
        self.ensure_one()
        return "unverified" in (self.ecb_verified, self.legal_verified)

    # --- upgrades of the module ---

    def _keep_from_upgrades(self):
        """Let an upgrade of the module leave what a person entered or corrected.

        The rows that the module brings have an external identifier, one a half-year:
        a row entered by a person takes the one that a later version would use.
        """
        if self.env.context.get("install_mode"):
            return
        # sudo: names are written by administrators only, rates by collection managers
        names = self.env["ir.model.data"].sudo()
        names._update_xmlids(
            [
                {
                    "xml_id": f"recouvrement_b2b.{rate._xml_name()}",
                    "record": rate,
                    "noupdate": True,
                }
                for rate in self
            ]
        )
        # A name that existed keeps its flag: say it again.
        names.search(
            Domain("model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("noupdate", "=", False)
        ).noupdate = True

    def _xml_name(self):
        self.ensure_one()
        half = 1 if self.date_from.month == 1 else 2
        return f"reference_rate_{self.date_from.year}_{half}"

    @api.model
    def _semester_start(self, day):
        """Return the first day of the half-year of a date."""
        return date(day.year, 1 if day.month <= 6 else 7, 1)

    @api.model
    def _semester_label(self, day):
        """Return the name of the half-year of a date: 2nd half of 2026."""
        if not day:
            return ""
        if day.month <= 6:
            return self.env._("1st half of %(year)s", year=day.year)
        return self.env._("2nd half of %(year)s", year=day.year)

    @api.model
    def _missing_message(self, day):
        """Return what to tell when the half-year of a date has no row."""
        return self.env._(
            "There is no reference rate for the %(semester)s: no penalty is computed "
            "with a guessed rate. Enter it under Configuration > Collection > "
            "Reference Rates.",
            semester=self._semester_label(day),
        )
