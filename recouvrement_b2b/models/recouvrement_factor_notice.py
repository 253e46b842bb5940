from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RecouvrementFactorNotice(models.Model):
    """Something about an assigned invoice that its factor has to be told.

    A dispute, a credit note, what the customer paid to us, promised or agreed, its
    insolvency: one notice an event. The owner of the contract is asked to tell, and a
    letter to the factor is ready.
    """

    _name = "recouvrement.factor.notice"
    _description = "Notice to a Factor"
    _order = "date desc, id desc"

    line_id = fields.Many2one(
        "recouvrement.assignment.line",
        string="Assigned Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    assignment_id = fields.Many2one(
        related="line_id.assignment_id", store=True, precompute=True, index=True
    )
    factor_id = fields.Many2one(
        related="line_id.factor_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="line_id.partner_id", string="Customer", store=True, precompute=True
    )
    move_id = fields.Many2one(related="line_id.move_id", string="Invoice")
    currency_id = fields.Many2one(related="line_id.currency_id")
    kind = fields.Selection(
        [
            ("dispute", "Disputed"),
            ("dispute_closed", "Dispute closed"),
            ("credit", "Credited"),
            ("payment", "Paid to us"),
            ("promise", "Promise to pay"),
            ("plan", "Payment plan"),
            ("insolvency", "Insolvency proceedings"),
        ],
        string="Event",
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    amount = fields.Monetary(readonly=True, help="What the event is about; 0: all.")
    note = fields.Char(string="Details")
    origin = fields.Char(
        required=True, readonly=True, help="The event, so that it is told once."
    )
    date_told = fields.Date(
        string="Told on", readonly=True, copy=False, help="Empty: still to be told."
    )

    _told_once = models.Constraint(
        "UNIQUE(line_id, kind, origin)", "The factor is told of an event once."
    )
    _to_tell_idx = models.Index("(factor_id) WHERE date_told IS NULL")

    @api.depends("kind", "move_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for notice in self:
            notice.display_name = f"{notice.move_id.name}: {kinds[notice.kind]}"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Notices come from what happens to invoices."))
        return super().create(vals_list)

    def _take_back(self):
        """Forget what was not told yet, and has become untrue."""
        untold = self.filtered(lambda notice: not notice.date_told)
        assignments = untold.assignment_id
        untold.unlink()
        left = self.search(
            Domain("assignment_id", "in", assignments.ids)
            & Domain("date_told", "=", False)
        )
        done = assignments - left.assignment_id
        done.activity_unlink(["recouvrement_b2b.activity_factor"])

    # --- telling ---

    def action_letter(self):
        """Download the letters to the factors, one a contract: they are told by it."""
        self.factor_id.check_access("write")
        pages = self.env["recouvrement.factor.notice.page"]._get_pages(self)
        documents = self.env["recouvrement.document"]
        pdfs = documents._render_all(pages)
        today = fields.Date.context_today(self)
        names = {}
        for factor in self.factor_id:
            names[factor] = self.env._(
                "Notice to %(factor)s %(date)s.pdf",
                factor=factor.partner_id.name,
                date=today,
            )
            factor.message_post(
                body=self.env._("Notice to the factor"),
                attachments=[(names[factor], pdfs[factor.id])],
            )
        self._become_told()
        name = names[self.factor_id[0]]
        if len(names) > 1:
            name = self.env._("Notices to factors %(date)s.pdf", date=today)
        content = documents._merge([pdfs[factor.id] for factor in names])
        return self.env["recouvrement.download"]._action_open(name, content)

    def action_told(self):
        """Record that the factors were told by other means."""
        self.factor_id.check_access("write")
        self._become_told()
        return True

    def _become_told(self):
        """Date the notices, and end what their owners were asked to do."""
        notices = self.sudo()  # sudo: notices change by these methods alone
        today = fields.Date.context_today(self)
        notices.filtered(lambda notice: not notice.date_told).date_told = today
        notices.line_id.notice_date = today
        left = notices.search(
            Domain("assignment_id", "in", notices.assignment_id.ids)
            & Domain("date_told", "=", False)
        )
        done = notices.assignment_id - left.assignment_id
        done.activity_feedback(["recouvrement_b2b.activity_factor"])


class RecouvrementAssignmentLine(models.Model):
    _inherit = "recouvrement.assignment.line"

    notice_ids = fields.One2many(
        "recouvrement.factor.notice", "line_id", string="Notices"
    )
    notice_date = fields.Date(
        string="Factor Told on", readonly=True, copy=False, help="The last time."
    )
    to_tell = fields.Boolean(
        string="To Tell the Factor",
        compute="_compute_to_tell",
        store=True,
        help="Something happened to the invoice that the factor was not told yet.",
    )

    @api.depends("notice_ids.date_told")
    def _compute_to_tell(self):
        for line in self:
            line.to_tell = any(not notice.date_told for notice in line.notice_ids)

    def _become_free(self):
        # EXTENDS: there is nothing to tell of what the factor has no more
        result = super()._become_free()
        self.sudo().notice_ids._take_back()  # sudo: notices follow what happens
        return result

    def _notify_factors(self, vals_list):
        """Note what the factors have to be told, once, and ask the owners to do so.

        :param vals_list: values of notices, with ``line_id``, ``kind`` and ``origin``
        """
        notices = self.env["recouvrement.factor.notice"].sudo()  # see its create
        known = {
            (notice.line_id.id, notice.kind, notice.origin)
            for notice in notices.search_fetch(
                Domain("line_id", "in", [vals["line_id"] for vals in vals_list]),
                ["line_id", "kind", "origin"],
            )
        }
        fresh = {}
        for vals in vals_list:
            key = vals["line_id"], vals["kind"], vals["origin"]
            if key not in known:
                fresh[key] = vals
        notices = notices.create(list(fresh.values()))
        for assignment, own in notices.grouped("assignment_id").items():
            assignment.activity_schedule(
                "recouvrement_b2b.activity_factor",
                user_id=assignment.factor_id._get_owner().id,
                summary=", ".join(own.mapped("display_name")),
            )
        return notices


class RecouvrementAssignment(models.Model):
    _inherit = "recouvrement.assignment"

    notice_count = fields.Integer("To Tell", compute="_compute_notice_count")

    def _compute_notice_count(self):
        counts = dict(
            self.env["recouvrement.factor.notice"]._read_group(
                Domain("assignment_id", "in", self.ids)
                & Domain("date_told", "=", False),
                ["assignment_id"],
                ["__count"],
            )
        )
        for assignment in self:
            assignment.notice_count = counts.get(assignment, 0)

    def action_tell_factor(self):
        """Open what the factor has to be told about the invoices of the remittance."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_factor_notice_action"
        )
        action["domain"] = [("assignment_id", "in", self.ids)]
        return action
