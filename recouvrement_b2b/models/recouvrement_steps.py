import logging
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


@contextmanager
def beside(env, what):
    """Do what follows from somebody's work without ever stopping that work.

    An error is undone and logged: the scheduled actions judge again each day. What is
    wrong in the work itself comes out before, and stops it as it should.

    :param what: the records that the work was about; nothing follows from none
    """
    if not what:
        yield  # without the cost: Odoo often calls its methods on no records
        return
    env.flush_all()
    try:
        with env.cr.savepoint():
            yield
    except Exception as error:
        _logger.error("Collection of %s is not judged", what, exc_info=error)


class RecouvrementSteps(models.AbstractModel):
    """What goes through states by its steps: a claim, a promise, a plan."""

    _name = "recouvrement.steps"
    _description = "Steps of Collection"

    def _check_states(self, *states):
        """Refuse a step that the state of a record does not allow."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: this cannot be done.",
                        name=record.display_name,
                        state=labels[record.state].lower(),
                    )
                )
