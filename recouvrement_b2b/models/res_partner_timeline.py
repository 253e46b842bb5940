from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..const import COLLECTION_READERS, FINISHED_STATES

EVENTS = 40  # the latest; older ones are in the lists behind the buttons


class ResPartner(models.Model):
    """What happened with a customer, in one line of time: who did what, and when."""

    _inherit = "res.partner"

    collection_timeline = fields.Html(
        compute="_compute_collection_timeline",
        sanitize=False,  # our own template, with values escaped
        groups=COLLECTION_READERS,
    )
    collection_promise_count = fields.Integer(
        compute="_compute_collection_commitments", groups=COLLECTION_READERS
    )
    collection_plan_count = fields.Integer(
        compute="_compute_collection_commitments", groups=COLLECTION_READERS
    )
    collection_claim_count = fields.Integer(
        compute="_compute_collection_commitments", groups=COLLECTION_READERS
    )

    @api.depends_context("company", "uid")
    def _compute_collection_commitments(self):
        mine = Domain("company_id", "=", self.env.company.id) & Domain(
            "partner_id", "in", self.commercial_partner_id.ids
        )
        for name, model in (
            ("collection_promise_count", "recouvrement.promise"),
            ("collection_plan_count", "recouvrement.plan"),
            ("collection_claim_count", "recouvrement.penalty.claim"),
        ):
            counts = dict(
                self.env[model]._read_group(mine, ["partner_id"], ["__count"])
            )
            for partner in self:
                partner[name] = counts.get(partner.commercial_partner_id, 0)

    @api.depends_context("company", "uid", "lang")
    def _compute_collection_timeline(self):
        for partner in self:
            events = partner._get_timeline_events() if partner.id else []
            events = sorted(events, key=lambda event: event["date"], reverse=True)
            for event in events:
                event["day"] = format_date(self.env, event["date"])
            partner.collection_timeline = bool(events) and self.env["ir.qweb"]._render(
                "recouvrement_b2b.partner_timeline", {"events": events[:EVENTS]}
            )

    def _get_timeline_events(self):
        """Return the events of one customer; extend it to add some.

        Each has a ``date``, an ``icon``, a ``text``, a ``state`` (muted, info, success,
        warning or danger) and the ``url`` of what it is about.
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        mine = Domain("company_id", "=", self.env.company.id) & Domain(
            "partner_id", "=", customer.id
        )
        return [
            *self._get_reminder_events(mine),
            *self._get_promise_events(mine),
            *self._get_plan_events(mine),
            *self._get_claim_events(mine),
            *self._get_dispute_events(mine),
            *self._get_factoring_events(customer),
        ]

    def _prepare_event(self, date, icon, text, state, path, record):
        """Return one event; its link opens the record."""
        return {
            "date": date,
            "icon": icon,
            "text": text,
            "state": state,
            "url": f"/odoo/{path}/{record.id}",
        }

    def _get_reminder_events(self, mine):
        actions = self.env["recouvrement.action"].search(
            mine
            & Domain("state", "in", FINISHED_STATES)
            & Domain("date_done", "!=", False),
            order="date_done desc",
            limit=EVENTS,
        )
        channels = dict(actions._fields["channel"]._description_selection(self.env))
        return [
            self._prepare_event(
                action.date_done,
                "fa-paper-plane-o",
                action._contact_summary(channels[action.channel]),
                "muted",
                "collection-reminders",
                action,
            )
            for action in actions
        ]

    def _get_promise_events(self, mine):
        promises = self.env["recouvrement.promise"].search(mine, limit=EVENTS)
        _ = self.env._
        states = dict(promises._fields["state"]._description_selection(self.env))
        styles = {"kept": "success", "broken": "danger", "partly_kept": "warning"}
        events = []
        for promise in promises:
            amount = promise.currency_id.format(promise.amount)
            day = format_date(self.env, promise.date_promised)
            text = _("Promise of %(amount)s for %(date)s", amount=amount, date=day)
            found = [(promise.date_made, text, "info")]
            if promise.date_judged:
                text = f"{text}: {states[promise.state].lower()}"
                style = styles.get(promise.state, "muted")
                found.append((promise.date_judged, text, style))
            events += [
                self._prepare_event(
                    date, "fa-handshake-o", text, state, "collection-promises", promise
                )
                for date, text, state in found
            ]
        return events

    def _get_plan_events(self, mine):
        plans = self.env["recouvrement.plan"].search(mine, limit=EVENTS)
        states = dict(plans._fields["state"]._description_selection(self.env))
        events = []
        for plan in plans:
            name = f"{plan.name}, {plan.currency_id.format(plan.total)}"
            ended = {"completed": "success", "defaulted": "danger"}
            found = [
                (plan.date_proposed, states["proposed"], "info"),
                (plan.date_accepted, states["accepted"], "info"),
                (
                    plan.date_closed,
                    states[plan.state],
                    ended.get(plan.state, "muted"),
                ),
            ]
            events += [
                self._prepare_event(
                    date,
                    "fa-calendar-check-o",
                    self.env._(
                        "Payment plan %(plan)s: %(state)s",
                        plan=name,
                        state=label.lower(),
                    ),
                    style,
                    "payment-plans",
                    plan,
                )
                for date, label, style in found
                if date
            ]
        return events

    def _get_claim_events(self, mine):
        claims = self.env["recouvrement.penalty.claim"].search(
            mine & Domain("date_claimed", "!=", False), limit=EVENTS
        )
        states = dict(claims._fields["state"]._description_selection(self.env))
        return [
            self._prepare_event(
                claim.date_claimed,
                "fa-percent",
                self.env._(
                    "Penalties claimed, %(amount)s: %(state)s",
                    amount=claim.currency_id.format(claim.amount),
                    state=states[claim.state].lower(),
                ),
                "warning" if claim.amount_due else "muted",
                "penalty-claims",
                claim,
            )
            for claim in claims
        ]

    def _get_dispute_events(self, mine):
        disputes = self.env["recouvrement.dispute"].search(mine, limit=EVENTS)
        states = dict(disputes._fields["state"]._description_selection(self.env))
        events = []
        for dispute in disputes:
            name = f"{dispute.name}, {dispute.move_id.name}"
            found = [(dispute.date_open, states["open"], "warning")]
            if dispute.date_closed:
                found.append((dispute.date_closed, states[dispute.state], "muted"))
            events += [
                self._prepare_event(
                    date,
                    "fa-commenting-o",
                    self.env._(
                        "Dispute %(dispute)s: %(state)s",
                        dispute=name,
                        state=label.lower(),
                    ),
                    style,
                    "collection-disputes",
                    dispute,
                )
                for date, label, style in found
            ]
        return events

    def _get_factoring_events(self, customer):
        """Return what happened to the customer's invoices with factors."""
        operations = self.env["recouvrement.factor.operation"].search(
            Domain("company_id", "=", self.env.company.id)
            & Domain("line_id.partner_id", "=", customer.id)
            & Domain("state", "=", "posted"),
            limit=EVENTS,
        )
        kinds = dict(operations._fields["kind"]._description_selection(self.env))
        styles = {
            "customer_payment": "success",
            "return": "warning",
            "refusal": "warning",
        }
        return [
            self._prepare_event(
                operation.date,
                "fa-university",
                self.env._(
                    "%(factor)s, %(invoice)s, %(amount)s: %(what)s",
                    factor=operation.factor_id.name,
                    invoice=operation.line_id.move_id.name,
                    amount=operation.currency_id.format(operation.amount),
                    what=kinds[operation.kind].lower(),
                ),
                styles.get(operation.kind, "info"),
                "factoring-remittances",
                operation.assignment_id,
            )
            for operation in operations
        ]

    # --- lists ---

    def action_view_collection_promises(self):
        """Open the promises of the customer."""
        return self._action_view_own("recouvrement_promise_action")

    def action_view_payment_plans(self):
        """Open the payment plans of the customer."""
        return self._action_view_own("recouvrement_plan_action")

    def action_view_penalty_claims(self):
        """Open the penalty claims of the customer."""
        return self._action_view_own("recouvrement_penalty_claim_action")

    def _action_view_own(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"recouvrement_b2b.{name}"
        )
        return action | {
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }
