import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import CHANNELS, FINISHED_STATES
from ..tools.open_item import Contact


class RecouvrementActionLine(models.Model):
    """An open item as it stood when a customer was contacted about it.

    Written by the run, refreshed just before sending, never afterwards: it is the
    history of the invoice and part of the evidence.
    """

    _name = "recouvrement.action.line"
    _description = "Reminder Item"
    _order = "date_due, id"
    _log_access = False  # by whom and when: that of the action

    action_id = fields.Many2one(
        "recouvrement.action", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="action_id.company_id")
    move_line_id = fields.Many2one(
        "account.move.line", string="Item", ondelete="set null", index="btree_not_null"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", ondelete="set null", index="btree_not_null"
    )
    kind = fields.Selection(
        [
            ("due", "Asked for"),
            ("overdue", "Also overdue"),
            ("upcoming", "Not due yet"),
            ("credit", "In the customer's favour"),
        ],
        required=True,
        default="due",
        help="Its part in the message: what is asked for, or information.",
    )
    level_id = fields.Many2one("recouvrement.level", ondelete="restrict")
    level_days = fields.Integer(help="Days of the level when the contact was prepared.")
    channel = fields.Selection(CHANNELS)
    cycle = fields.Integer()
    live = fields.Boolean(
        help="The contact is under way or done; one per item, level, channel and cycle."
    )
    date_due = fields.Date(readonly=True)
    days_overdue = fields.Integer(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True)
    residual = fields.Monetary(readonly=True, help="What remained of the item.")
    amount = fields.Monetary(
        readonly=True,
        help="What was asked for: the rest after held amounts and credits.",
    )
    state = fields.Selection(related="action_id.state")
    date_done = fields.Date(related="action_id.date_done")
    user_id = fields.Many2one(related="action_id.user_id")

    _one_live = models.UniqueIndex(
        "(move_line_id, level_id, channel, cycle) WHERE live",
        "This item is already in a reminder of this level by this channel.",
    )

    @api.depends("move_id", "level_id")
    def _compute_display_name(self):
        for line in self:
            parts = [line.move_id.display_name, line.level_id.display_name]
            line.display_name = " · ".join(filter(None, parts))

    def action_open_invoice(self):
        """Open the entry that the item belongs to."""
        self.ensure_one()
        return self.move_id.get_formview_action()

    @api.model
    def _insert(self, rows):
        """Insert lines from dictionaries of column values, in one statement.

        In SQL because the ORM inserts 100 rows a statement: a large run writes tens of
        thousands of lines. The model has no computed field to store and nothing may
        hook on lines: others extend the action.
        """
        if not rows:
            return
        table = SQL.identifier(self._table)
        columns = SQL(", ").join(map(SQL.identifier, rows[0]))
        self.env.execute_query(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(columns)s "
                "FROM json_populate_recordset(NULL::%(table)s, %(rows)s) RETURNING id",
                table=table,
                columns=columns,
                rows=json.dumps(rows, default=fields.Date.to_string),
            )
        )
        self.invalidate_model()

    @api.model
    def _collection_contacts(self, items, as_of, sending=()):
        """Return ``{line id: contacts}`` of the items' present cycles, at a date.

        What failed counts until somebody has corrected or cancelled it. A call that was
        not made in time counts as made on its last day: the next level may come.

        :param sending: ids of actions to leave out
        """
        cycles = {item.line_id: item.cycle for item in items}
        self.flush_model()
        self.env["recouvrement.action"].flush_model()
        domain = (
            Domain("move_line_id", "in", list(cycles))
            & Domain("level_id", "!=", False)
            & Domain("action_id.state", "!=", "cancelled")
            & Domain("action_id", "not in", list(sending))
        )
        if as_of < fields.Date.context_today(self):
            domain &= Domain("action_id.date_planned", "<=", as_of)
        query = self._search(domain)
        action = query.join(
            self._table, "action_id", "recouvrement_action", "id", "contact"
        )
        names = ("move_line_id", "level_id", "level_days", "channel", "cycle")
        extra = ("state", "date_planned", "date_done", "call_deadline")
        rows = self.env.execute_query(
            query.select(
                *(SQL.identifier(self._table, name) for name in names),
                *(SQL.identifier(action, name) for name in extra),
            )
        )
        contacts = defaultdict(list)
        for *values, state, planned, done, deadline in rows:
            line_id, *_level, cycle = values
            if (cycle or 0) != cycles[line_id]:
                continue
            if state in FINISHED_STATES and done and done > as_of:
                state = "approved"
            if state == "approved" and deadline and deadline < as_of:
                state, done = "done", deadline
            day = done if state in FINISHED_STATES and done else planned
            contacts[line_id].append(Contact(*values[:4], cycle or 0, state, day))
        return contacts
