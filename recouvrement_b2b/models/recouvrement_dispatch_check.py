from odoo import api, fields, models
from odoo.fields import Domain

from ..const import OPEN_STATES, REASONS


class RecouvrementDispatch(models.AbstractModel):
    """What waits is decided again: nobody is asked for what was paid meanwhile."""

    _inherit = "recouvrement.dispatch"

    @api.model
    def _check_again(self, actions, ignore_pressure=True):
        """Decide again about the items; cancel what was paid, held or excluded since.

        :param ignore_pressure: also keep what should wait because the customer was
            contacted meanwhile, apart from the action's own run
        :return: the actions that still have something to ask for
        """
        ready = actions.filtered(lambda action: action.kind != "level")
        for company, group in (actions - ready).grouped("company_id").items():
            decisions, credits_found = self.env["recouvrement.decision"]._decide_all(
                policies=self.env["recouvrement.policy"],
                as_of=fields.Date.context_today(self),
                company=company,
                partners=group.partner_id,
                sending=self._get_open_actions(company, group.partner_id),
                runs=group.run_id,
            )
            empty = self.env["recouvrement.action.builder"]._refresh(
                group, decisions, credits_found
            )
            for action, reason in empty.items():
                sentence = REASONS.get(reason)
                action._cancel(
                    self.env._(sentence) if sentence else self.env._("paid since")
                )
            ready += group - group.browse(action.id for action in empty)
            if not ignore_pressure:
                pressed = {
                    decision.item.commercial_id
                    for decision in decisions
                    if decision.reason == "contacted_recently"
                }
                ready = ready.filtered(
                    lambda action, pressed=pressed, company=company: (
                        action.company_id != company
                        or action.partner_id.id not in pressed
                    )
                )
        return ready

    def _get_open_actions(self, company, partners):
        """Return the actions of customers that are not finished: all are decided again.

        Otherwise the letter that waits beside an e-mail would hide what happened since.
        """
        return self.env["recouvrement.action"].search(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "in", partners.ids)
            & Domain("state", "in", (*OPEN_STATES, "sending"))
        )

    @api.model
    def _check_waiting(self, company):
        """Decide again about what waits for a person: nobody calls who has paid."""
        states = ("proposed", "approved", "failed")
        waiting = self.env["recouvrement.action"].search(
            Domain("company_id", "=", company.id)
            & Domain("kind", "=", "level")
            & Domain("state", "in", states)
        )
        self._work_alone(waiting, states, self._check_again)
