from collections import defaultdict

from odoo import api, fields, models

from ..tools.priority import priority_points

# Open items that are not asked for in a message, but shown in it for information.
# What is held, excluded or being paid is not mentioned.
INFORMATION_REASONS = (
    "to_approve",
    "waiting_action",
    "to_correct",
    "contacted_recently",
    "level_not_reached",
    "policy_completed",
    "closed_day",
)


class RecouvrementActionBuilder(models.AbstractModel):
    """Turn decisions into actions: who is written to, about which items.

    Grouping is the policy's. The message speaks at the highest level among the items
    due for one; each item advances on its own level.
    """

    _name = "recouvrement.action.builder"
    _description = "Reminder Builder"

    @api.model
    def _create_actions(self, run, decisions, credit_items):
        """Create the actions of a run, and their lines, in a few statements.

        :param decisions: all the decisions of some customers, whatever their outcome
        :param credit_items: open credits of the same customers
        :return: the actions
        """
        groups = defaultdict(list)
        for decision in decisions:
            if decision.outcome == "chase":
                groups[self._message_key(decision)].append(decision)
        if not groups:
            return self.env["recouvrement.action"]
        context = self._around(decisions, credit_items)
        contacts = self._invoice_contacts(run.company_id, groups)
        vals_list, sources = [], []
        for key, due in groups.items():
            level = self._highest_level(due)
            for channel in level._channels():
                vals = self._prepare_action_vals(run, due, level, channel)
                vals["contact_id"] = contacts[key].id
                vals["lang"] = contacts[key].lang or run.company_id.partner_id.lang
                vals_list.append(vals)
                sources.append((key, due))
        # Nothing to track or announce on records that are born in hundreds.
        actions = (
            self.env["recouvrement.action"]
            .with_context(
                tracking_disable=True,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
            )
            .create(vals_list)
        )
        rows = []
        for action, (key, due) in zip(actions, sources, strict=True):
            rows += self._prepare_lines(action, due, *context(key))
        self.env["recouvrement.action.line"]._insert(rows)
        actions = self.env["recouvrement.action"].browse(actions.ids)
        actions._open_calls()
        return actions

    @api.model
    def _refresh(self, actions, decisions, credit_items):
        """Bring actions about to be sent up to date with fresh decisions.

        What was paid, held or excluded since leaves the action.

        :return: ``{action: reason}`` of those that have nothing left to ask for
        """
        by_line = {decision.item.line_id: decision for decision in decisions}
        context = self._around(decisions, credit_items)
        rows, empty = [], {}
        for action in actions:
            due, gone = [], "paid"
            for line in action.line_ids.filtered("level_id"):
                decision = by_line.get(line.move_line_id.id)
                if decision and self._still_asked(decision, line):
                    # as it was prepared, whatever the level has become
                    decision.level_id = line.level_id.id
                    decision.level_days = line.level_days
                    due.append(decision)
                elif decision:
                    gone = decision.reason
            if not any(self._is_asked(action.level_id, decision) for decision in due):
                empty[action] = gone
                continue
            action.write(self._prepare_amounts(action.company_id, due, action.level_id))
            key = self._message_key(due[0])
            rows += self._prepare_lines(action, due, *context(key))
        (actions - self._union(empty)).line_ids.unlink()
        self.env["recouvrement.action.line"]._insert(rows)
        return empty

    def _union(self, actions):
        return self.env["recouvrement.action"].union(*actions)

    def _still_asked(self, decision, line):
        """Tell whether an item that was to be chased still is, just before sending.

        Not when its due date was put off or its collection started again; and a
        friendly word before the due date comes too late on that date.
        """
        planned = max(decision.as_of, line.action_id.date_planned)
        overdue = (planned - decision.item.date_due).days
        too_early = overdue < line.level_days
        too_late = line.level_days < 0 <= overdue
        if too_early or too_late or line.cycle != decision.item.cycle:
            return False
        if decision.item.payee_id != (line.action_id.factor_id.id or 0):
            return False  # assigned or returned since: somebody else is to be paid
        return decision.outcome == "chase" or (
            decision.outcome == "wait" and decision.reason in INFORMATION_REASONS
        )

    def _message_key(self, decision):
        """Return what the items of one message share, as the policy says."""
        item = decision.item
        policy = self.env["recouvrement.policy"].sudo().browse(decision.policy_id)
        place = {
            "customer": item.commercial_id,
            "contact": item.contact_id,
            "invoice": item.move_id,
        }[policy.grouping]
        return policy.id, item.commercial_id, place, item.currency_id, item.payee_id

    def _highest_level(self, due):
        levels = self.env["recouvrement.level"].browse(
            dict.fromkeys(decision.level_id for decision in due)
        )
        return max(levels, key=lambda level: level.days)

    def _is_asked(self, level, decision):
        """Tell whether a message of a level asks for an item that is due for one.

        What is not due yet is only shown in a message about what is overdue: nobody can
        be given notice to pay before the due date. Shown, it was reminded.
        """
        return level.days < 0 or decision.level_days >= 0

    def _around(self, decisions, credit_items):
        """Return a function: message key -> (other items, credits) to show with it."""
        others, credits_found = defaultdict(list), defaultdict(list)
        for decision in decisions:
            if decision.outcome == "wait" and decision.reason in INFORMATION_REASONS:
                others[self._message_key(decision)].append(decision)
        for item in credit_items:
            key = item.commercial_id, item.currency_id, item.payee_id
            credits_found[key].append(item)

        def around(key):
            policy_id, customer, _place, currency, payee = key
            policy = self.env["recouvrement.policy"].sudo().browse(policy_id)
            if policy.grouping == "invoice":
                return (), ()
            return others[key], credits_found[customer, currency, payee]

        return around

    def _invoice_contacts(self, company, groups):
        """Return ``{message key: recipient}``: the invoice address of each message."""
        partners = self.env["res.partner"]
        customers = partners.browse({customer for _p, customer, *_rest in groups})
        addresses = partners.search_fetch(
            [("type", "=", "invoice"), ("commercial_partner_id", "in", customers.ids)],
            ["commercial_partner_id"],
            order="id desc",
        )
        invoice_address = {each.commercial_partner_id: each for each in addresses}
        contacts = {}
        for key, due in groups.items():
            policy_id, customer_id, *_rest = key
            policy = self.env["recouvrement.policy"].sudo().browse(policy_id)
            customer = partners.browse(customer_id)
            if policy.grouping == "customer":
                contacts[key] = invoice_address.get(customer, customer)
            else:
                contacts[key] = partners.browse(due[0].item.contact_id)
        return contacts

    def _prepare_action_vals(self, run, due, level, channel):
        """Return the values of one action; extend it to add fields."""
        company = run.company_id
        item = due[0].item
        partner = self.env["res.partner"].browse(item.commercial_id)
        is_today = run.date == fields.Date.context_today(run)
        return {
            "kind": "level",
            "run_id": run.id,
            "company_id": company.id,
            "policy_id": level.policy_id.id,
            "level_id": level.id,
            "channel": channel,
            "state": "proposed" if level.approval or not is_today else "approved",
            "date_planned": run.date,
            "partner_id": partner.id,
            "user_id": partner._get_collector(company, run.date).id,
            "currency_id": item.currency_id,
            "factor_id": item.payee_id or False,
            "registered": level.registered and channel == "letter",
            **self._prepare_amounts(company, due, level),
        }

    def _prepare_amounts(self, company, due, level):
        """Return what an action asks for in all, and its place in the worklist."""
        due = [decision for decision in due if self._is_asked(level, decision)]
        items = [decision.item for decision in due]
        amount_company = company.currency_id.round(
            sum(
                item.amount_to_chase * item.residual_company / item.residual
                for item in items
            )
        )
        days = max(decision.days_overdue for decision in due)
        points = priority_points(amount_company, days, level.days)
        return {
            "amount": sum(item.amount_to_chase for item in items),
            "amount_company": amount_company,
            "days_overdue": days,
            "priority": sum(points.values()),
        }

    def _prepare_lines(self, action, due, others=(), credit_items=()):
        """Return the rows of an action's lines: asked for, information, credits."""
        level = action.level_id
        shown = {decision.item.line_id for decision in due}
        rows = []
        for decision in due:
            asked = self._is_asked(level, decision)
            row = self._prepare_line(
                action,
                decision.item,
                "due" if asked else "upcoming",
                amount=decision.item.amount_to_chase if asked else 0.0,
                level_id=decision.level_id,
                level_days=decision.level_days,
                live=True,
            )
            rows.append(row)
        for decision in others:
            if decision.item.line_id not in shown:
                kind = "overdue" if decision.days_overdue > 0 else "upcoming"
                rows.append(self._prepare_line(action, decision.item, kind))
        rows += [self._prepare_line(action, item, "credit") for item in credit_items]
        return rows

    def _prepare_line(self, action, item, kind, **values):
        """Return one row of the table of action lines, all columns present."""
        return {
            "action_id": action.id,
            "move_line_id": item.line_id,
            "move_id": item.move_id,
            "kind": kind,
            "level_id": None,
            "level_days": None,
            "channel": action.channel,
            "cycle": item.cycle,
            "live": False,
            "date_due": item.date_due,
            "days_overdue": (action.date_planned - item.date_due).days,
            "currency_id": item.currency_id,
            "residual": item.residual,
            "amount": 0.0,
            **values,
        }
