import csv
import io
import logging
from collections import Counter

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)

LOG_COLUMNS = (
    "move_id",
    "line_id",
    "partner_id",
    "policy_id",
    "date_due",
    "days_overdue",
    "residual",
    "amount_to_chase",
    "currency_id",
    "outcome",
    "reason",
    "level_id",
    "next_date",
)


class RecouvrementRunBatch(models.Model):
    """Customers of a run that are decided together, in one transaction.

    Either all of it is written or nothing: a batch that was killed is still to do.
    """

    _name = "recouvrement.run.batch"
    _description = "Collection Run Batch"
    _order = "run_id, number, id"

    run_id = fields.Many2one(
        "recouvrement.run", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer("Pass", help="1 for the first launch of the day, then 2...")
    partner_ids = fields.Json("Customers")
    state = fields.Selection(
        [("todo", "To do"), ("done", "Done"), ("failed", "Failed")], default="todo"
    )
    counts = fields.Json(help="Number of items by outcome and reason.")
    error = fields.Text()
    log_id = fields.Many2one("ir.attachment", "Decision Log", ondelete="set null")

    def action_download_log(self):
        """Download what was decided about each item of the batch."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.log_id.id}?download=true",
            "target": "download",
        }

    @api.model
    def _claim(self, run):
        """Return a batch, locked for this worker; empty when none is left."""
        domain = Domain("run_id", "=", run.id) & Domain("state", "=", "todo")
        while (mine := run._lock(self.search(domain), limit=1)) is None:
            continue
        return mine

    def _process(self):
        """Decide for the customers and create what is due, all or nothing.

        A batch that fails is cut into single customers, so that one whose data is bad
        stops neither the others nor the run.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._decide_and_create()
        except SerializationFailure:
            self.env.cr.rollback()  # somebody acted on these items meanwhile: again
            return
        except Exception as error:
            _logger.exception("Collection batch %s failed", self.id)
            self._isolate(error)
        self.env["recouvrement.run"]._commit()

    def _isolate(self, error):
        """Cut a failed batch into one batch per customer, or keep its error."""
        if len(self.partner_ids) > 1:
            self.create(
                [
                    {
                        "run_id": self.run_id.id,
                        "number": self.number,
                        "partner_ids": [partner_id],
                    }
                    for partner_id in self.partner_ids
                ]
            )
            self.unlink()
        else:
            self.write({"state": "failed", "error": str(error)})

    def _decide_and_create(self):
        run = self.run_id
        partners = self.env["res.partner"].browse(self.partner_ids)
        decisions, credits_found = self.env["recouvrement.decision"]._decide_all(
            policies=self.env["recouvrement.policy"],
            as_of=run.date,
            company=run.company_id,
            partners=partners,
        )
        self.env["recouvrement.action.builder"]._create_actions(
            run, decisions, credits_found
        )
        counts = Counter(f"{each.outcome}:{each.reason}" for each in decisions)
        self.write({"state": "done", "counts": dict(counts)})
        self._log(decisions)

    def _log(self, decisions):
        """Keep what was decided, with its reason, for each item."""
        if not decisions:
            return
        text = io.StringIO()
        writer = csv.DictWriter(text, LOG_COLUMNS, extrasaction="ignore", delimiter=";")
        writer.writeheader()
        writer.writerows(decision.as_dict() for decision in decisions)
        self.log_id = self.env["ir.attachment"].create(
            {
                "name": f"decisions-{self.run_id.date}-{self.id}.csv",
                "raw": text.getvalue().encode(),
                "mimetype": "text/csv",
                "res_model": self.run_id._name,
                "res_id": self.run_id.id,
            }
        )
