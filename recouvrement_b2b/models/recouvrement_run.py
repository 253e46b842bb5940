import time

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger, split_every

from ..const import OUTCOMES, REASONS

PLANNING_PAUSE = 0.05  # seconds between two looks at a run that another worker plans
BATCH_SIZE = 500  # customers decided, and their actions created, in one transaction


class RecouvrementRun(models.Model):
    """One execution of the policies, for one company at one date.

    Its customers are cut into batches, each its own transaction, that several workers
    share. A run that was killed goes on where it stopped; a run of the day launched
    again decides again, and finds nothing more to do.
    """

    _name = "recouvrement.run"
    _description = "Collection Run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    collection_sending = fields.Boolean(related="company_id.collection_sending")
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    passes = fields.Integer(
        readonly=True, help="How many times the run was launched on this date."
    )
    batch_ids = fields.One2many("recouvrement.run.batch", "run_id", string="Batches")
    action_ids = fields.One2many("recouvrement.action", "run_id", string="Reminders")
    action_count = fields.Integer(compute="_compute_action_count")
    state = fields.Selection(
        [("running", "Under way"), ("done", "Done"), ("failed", "Done, with errors")],
        compute="_compute_counts",
    )
    customer_count = fields.Integer(
        "Customers", compute="_compute_counts", help="Customers who have open items."
    )
    item_count = fields.Integer("Open Items", compute="_compute_counts")
    chase_count = fields.Integer("Chased", compute="_compute_counts")
    wait_count = fields.Integer("Waiting", compute="_compute_counts")
    hold_count = fields.Integer("Held", compute="_compute_counts")
    exclude_count = fields.Integer("Excluded", compute="_compute_counts")
    reason_summary = fields.Text("Why", compute="_compute_counts")

    _one_a_day = models.Constraint(
        "UNIQUE(company_id, date)",
        "There is a run of this company for this date already: launch it again.",
    )

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.date} · {run.company_id.name}"

    @api.depends("action_ids")
    def _compute_action_count(self):
        counts = dict(
            self.env["recouvrement.action"]._read_group(
                Domain("run_id", "in", self.ids), ["run_id"], ["__count"]
            )
        )
        for run in self:
            run.action_count = counts.get(run, 0)

    @api.depends("batch_ids.state", "batch_ids.counts")
    def _compute_counts(self):
        for run in self:
            totals = {}
            # A run launched again opens new batches: the last pass is what holds.
            batches = run.batch_ids.filtered(lambda b, n=run.passes: b.number == n)
            for batch in batches:
                for key, count in (batch.counts or {}).items():
                    totals[key] = totals.get(key, 0) + count
            run.customer_count = sum(len(batch.partner_ids or ()) for batch in batches)
            outcomes = {outcome: 0 for outcome, _label in OUTCOMES}
            for key, count in totals.items():
                outcomes[key.partition(":")[0]] += count
            run.item_count = sum(outcomes.values())
            for outcome, count in outcomes.items():
                run[f"{outcome}_count"] = count
            run.reason_summary = run._summarise(totals)
            states = set(batches.mapped("state"))
            run.state = (
                "running"
                if "todo" in states
                else "failed"
                if "failed" in states
                else "done"
            )

    def _summarise(self, totals):
        """Return the reasons and their counts, the most frequent first."""
        return "\n".join(
            f"{count}: {self.env._(REASONS[key.partition(':')[2]])}"
            for key, count in sorted(totals.items(), key=lambda pair: -pair[1])
        )

    @api.model
    def launch(self, as_of=None, company=None):
        """Decide for all the customers of a company and create what is due.

        For today, e-mails and SMS that need no approval are then sent; for another
        date, everything is proposed and nothing goes out. Safe to call again at any
        time, and from several workers at once.

        :param as_of: date (or ISO text), today by default
        :param company: company or its id, the current one by default
        :return: the run
        """
        self.browse().check_access("create")
        company = self.env["recouvrement.policy"]._decision_company(company)
        today = fields.Date.context_today(self)
        date = fields.Date.to_date(as_of) or today
        if date == today:
            self.env["recouvrement.action"]._close_missed_calls(today, company)
            self.env["recouvrement.dispatch"]._recover_interrupted(company)
            self.env["recouvrement.dispatch"]._check_waiting(company)
        run = self._get_or_create(date, company)
        run._open_batches()
        run._process_batches()
        if date == today:
            dispatch = self.env["recouvrement.dispatch"]
            ready = dispatch._get_ready_domain() & Domain("run_id", "=", run.id)
            dispatch._send(self.env["recouvrement.action"].search(ready))
            run._tell_manager()
        return run

    @api.model
    def _get_or_create(self, date, company):
        """Return the run of that day; a concurrent worker may create it meanwhile."""
        key = Domain("company_id", "=", company.id) & Domain("date", "=", date)
        run = self.search(key)
        if run:
            return run
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                run = self.create({"company_id": company.id, "date": date})
        except UniqueViolation:
            self._commit()  # a new snapshot, in which the other's run is visible
            return self.search(key)
        self._commit()
        return run

    def _open_batches(self):
        """Cut the customers who have open items into batches, unless some are left.

        One worker at a time plans; the others wait for it and find its batches.
        """
        self.ensure_one()
        while not self._lock(self):
            self._commit()
            time.sleep(PLANNING_PAUSE)
        if not self.batch_ids.filtered(lambda batch: batch.state == "todo"):
            self.passes += 1
            ids = self._customers().ids
            self.env["recouvrement.run.batch"].create(
                [
                    {
                        "run_id": self.id,
                        "number": self.passes,
                        "partner_ids": list(chunk),
                    }
                    for chunk in split_every(BATCH_SIZE, ids)
                ]
            )
        self._commit()

    def _customers(self):
        """Return the commercial entities that have something open at the run's date."""
        lines = self.env["account.move.line"]
        domain = lines._get_collection_domain(self.company_id)
        if self.date < fields.Date.context_today(self):
            domain &= Domain("date", "<=", self.date)
        else:
            domain &= Domain("reconciled", "=", False)
        groups = lines._read_group(domain, ["partner_id"])
        partners = self.env["res.partner"].union(*(partner for (partner,) in groups))
        return partners.commercial_partner_id.sorted("id")

    @api.model
    def _lock(self, records, limit=None):
        """Return those of the records that this transaction could lock.

        None when others changed them since it began: look at them again, the next
        transaction sees them as they are.
        """
        try:
            with mute_logger("odoo.sql_db"):
                return records.try_lock_for_update(allow_referencing=True, limit=limit)
        except SerializationFailure:
            self.env.cr.rollback()
            return None

    def _tell_manager(self):
        """Give the manager what nobody else would see: errors, and ends of policies."""
        completed = sum(
            (batch.counts or {}).get("wait:policy_completed", 0)
            for batch in self.batch_ids
            if batch.number == self.passes
        )
        failed = self.batch_ids.filtered(
            lambda batch: batch.number == self.passes and batch.state == "failed"
        )
        if not completed and not failed:
            return
        note = self.env._(
            "%(completed)s items have been through all levels: decide what comes next. "
            "%(failed)s customers could not be decided: see the batches.",
            completed=completed,
            failed=len(failed),
        )
        task = "recouvrement_b2b.activity_run_review"
        manager = self.company_id._get_collection_manager()
        earlier = self.search([("company_id", "=", self.company_id.id)])
        earlier.activity_unlink([task])  # one task at a time, the latest
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            task, note=note, user_id=manager.id
        )

    def _process_batches(self):
        """Process the batches that nobody else is processing, until none is left."""
        while batch := self.env["recouvrement.run.batch"]._claim(self):
            batch._process()

    @api.model
    def _commit(self):
        """Make a step durable; tests run in one transaction of their own."""
        if not modules.module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _cron_daily(self):
        """Run the policies in force, in every company that they are for."""
        policies = self.env["recouvrement.policy"].search([("state", "=", "running")])
        companies = self.env["res.company"].search([("active", "=", True)])
        if all(policy.company_id for policy in policies):
            companies = companies.search([("id", "child_of", policies.company_id.ids)])
        cron = self.env["ir.cron"]
        for count, company in enumerate(companies, start=1):
            self.with_company(company).launch(company=company)
            cron._commit_progress(1, remaining=len(companies) - count)

    def action_launch(self):
        """Launch the run (again)."""
        self.ensure_one()
        self.launch(as_of=self.date, company=self.company_id)
        return True

    def action_open_launch(self):
        """Open the form that launches a run, for today or another date."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_run_launch_action"
        )

    def action_print_letters(self):
        """Print the approved letters of the run as one PDF."""
        return self.action_ids.action_print()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_acted(self):
        if self.action_ids:
            raise UserError(
                self.env._(
                    "A run that created reminders is part of their history: keep it."
                )
            )
