import hashlib
import logging
import smtplib
from contextlib import contextmanager
from datetime import timedelta

import pytz
import requests
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger, split_every

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

_logger = logging.getLogger(__name__)

DOCUMENT_BATCH = 50  # PDFs rendered in one call before their e-mails go out
MAX_ATTEMPTS = 5
RETRY_MINUTES = 30  # doubled at each attempt
BROKEN_OFF = (
    smtplib.SMTPServerDisconnected,
    TimeoutError,
    ConnectionResetError,
    BrokenPipeError,
    requests.exceptions.ReadTimeout,
)


class DeliveryError(Exception):
    """A message could not be handed over; ``failure`` is one of const.FAILURES."""

    def __init__(self, failure, reason):
        super().__init__(reason)
        self.failure = failure


def is_uncertain(error):
    """Tell whether the other side may have taken the message before the error.

    A connection that broke, or an answer that never came, after the message was handed
    over: sending it again could make two.
    """
    connecting = isinstance(error.__cause__, MailDeliveryException) and isinstance(
        error.__cause__.args[-1], Exception
    )  # Odoo gives the error itself when it could not connect, a text afterwards
    seen = error
    while seen and not connecting:
        if isinstance(seen, BROKEN_OFF):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


class RecouvrementDispatch(models.AbstractModel):
    """Send approved actions, each once.

    'Sending' is committed before the outside call. A process that dies in the middle
    leaves the action there; the next run finds nobody working on it and shows it as
    'result unknown' to a person, who decides: it is never sent again by itself.

    Who works on an action holds an advisory lock on it: unlike the lock of a row it
    outlives commits, and PostgreSQL frees it when the process dies.
    """

    _name = "recouvrement.dispatch"
    _description = "Reminder Dispatch"

    @api.model
    def _cron_dispatch(self):
        """Send what is approved, within the sending hours, and retry what failed."""
        actions = self._cron_dispatch_once()
        self.env["ir.cron"]._commit_progress(len(actions), remaining=0)

    @api.model
    def _cron_dispatch_once(self):
        self._recover_interrupted()
        actions = self.env["recouvrement.action"].search(self._get_ready_domain())
        self._send(actions)
        return actions

    @api.model
    def _get_ready_domain(self):
        """Return the domain of the messages that may go out without a person."""
        now = fields.Datetime.now()
        return (
            Domain("channel", "in", ("email", "sms"))
            & Domain("date_planned", "<=", fields.Date.context_today(self))
            & (
                Domain("state", "=", "approved")
                | (
                    Domain("state", "=", "failed")
                    & Domain("failure", "=", "server")
                    & Domain("retry_at", "<=", now)
                )
            )
        )

    @api.model
    def _recover_interrupted(self, company=None):
        """Show as 'result unknown' what a process was sending when it died."""
        domain = Domain("state", "=", "sending")
        if company:
            domain &= Domain("company_id", "=", company.id)
        sending = self.env["recouvrement.action"].search(domain)

        def doubt(actions):
            for action in actions:
                action._doubt(self.env._("interrupted while it was being sent"))

        self._work_alone(sending, ("sending",), doubt)

    @api.model
    def _send(self, actions, ignore_hours=False):
        """Send e-mails and SMS: decide again, prepare the documents, hand over.

        :param ignore_hours: a person asked for it: whatever the day and the hour
        :return: the actions that were sent
        """
        sent = self.env["recouvrement.action"]
        actions = actions.filtered(
            lambda action: (
                action.channel in ("email", "sms")
                and action.company_id.collection_sending
            )
        )
        if not ignore_hours:
            actions = self._allowed_now(actions)
        for ids in split_every(DOCUMENT_BATCH, actions.ids):
            ready = ("approved", "failed")
            with self._alone_with(actions.browse(ids), ready) as batch:
                sent += self._send_batch(batch, ignore_hours)
        return sent

    def _send_batch(self, batch, ignore_pressure=False):
        """Send actions that no other process is working on."""
        batch = self._check_again(batch, ignore_pressure)
        document = self.env["recouvrement.document"]
        documents, failures = document._prepare_documents(batch)
        batch = self._without_failures(batch, failures)
        self.env["recouvrement.run"]._commit()
        for action in batch:
            # alone: the commits empty the cache, and each would fetch the batch again
            self._send_one(action.with_prefetch(), documents.get(action.id, []))
        return batch.filtered(lambda action: action.state == "sent")

    @contextmanager
    def _alone_with(self, actions, states):
        """Give the actions in some states that no other process is working on."""
        run = self.env["recouvrement.run"]
        found = self._advise("pg_try_advisory_lock", actions.ids)
        try:
            run._commit()  # a new snapshot: others may just have finished with them
            actions.invalidate_recordset()
            mine = actions.filtered(lambda action: action.id in found)
            yield mine.filtered(lambda action: action.state in states)
        except BaseException:
            if not modules.module.current_test:
                self.env.cr.rollback()  # an aborted transaction could not unlock
            raise
        finally:
            self._advise("pg_advisory_unlock", found)

    def _work_alone(self, actions, states, work):
        """Do some work on the actions in some states that no other process works on.

        All of it or nothing, and again when somebody changed one of them meanwhile:
        the next transaction sees it as it has become.

        :param work: called with the actions
        """
        while True:
            try:
                with (
                    mute_logger("odoo.sql_db"),
                    self._alone_with(actions, states) as mine,
                ):
                    work(mine)
                    self.env["recouvrement.run"]._commit()
                return
            except SerializationFailure:
                continue

    def _advise(self, function, ids):
        """Lock or unlock actions; return the ids for which it succeeded."""
        if not ids:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM unnest(%s) AS id WHERE %s(hashtext(%s), id)",
                list(ids),
                SQL.identifier(function),
                self._name,
            )
        )
        return [id_ for (id_,) in rows]

    def _allowed_now(self, actions):
        """Keep the actions whose policy allows a contact on this day at this hour."""
        allowed = actions.browse()
        now = pytz.utc.localize(fields.Datetime.now())
        # sudo: a closing is a fact of the calendar, whoever sends
        closings = self.env["recouvrement.closing"].sudo()
        periods = closings._periods(actions.partner_id, now.date() - timedelta(days=1))
        for action in actions:
            company, partner = action.company_id, action.partner_id
            countries = (
                company.account_fiscal_country_id.code,
                partner.country_id.code,
            )
            timezone = pytz.timezone(company.partner_id.tz or "Europe/Paris")
            local = now.astimezone(timezone)
            day = local.date()
            closed = periods.get(partner.id, ())
            policy = action.policy_id or company.collection_policy_id
            if not policy or (
                policy._is_open_hour(local)
                and day == policy._next_open_day(day, countries, closed)
            ):
                allowed += action
        return allowed

    def _send_one(self, action, documents):
        """Hand one message over, between two commits."""
        if not self._begin(action):
            return
        try:
            with self.env.cr.savepoint():
                values = getattr(self, f"_send_{action.channel}")(action, documents)
                action._finish("sent", **values)
        except Exception as error:  # noqa: BLE001 one message must not stop the others
            self._record_failure(action, error)
        self.env["recouvrement.run"]._commit()

    def _begin(self, action):
        """Commit that the action is being sent; False when a person was faster."""
        if not self.env["recouvrement.run"]._lock(action):
            return False
        action.invalidate_recordset(["state"])
        if action.state not in ("approved", "failed"):
            return False
        action.write(
            {
                "state": "sending",
                "state_date": fields.Datetime.now(),
                "attempts": action.attempts + 1,
            }
        )
        lines = action.line_ids.filtered("level_id")
        lines.filtered(lambda line: not line.live).live = True
        self.env["recouvrement.run"]._commit()
        return True

    def _record_failure(self, action, error):
        """Keep the failure and its reason; plan another try when that can help."""
        if is_uncertain(error):
            action._doubt(str(error))
            return
        failure = getattr(error, "failure", "content")
        if failure == "content" and not isinstance(error, (DeliveryError, UserError)):
            _logger.error(
                "Reminder %s could not be prepared", action.id, exc_info=error
            )
        retry_at = False
        if failure == "server" and action.attempts < MAX_ATTEMPTS:
            delay = timedelta(minutes=RETRY_MINUTES * 2 ** (action.attempts - 1))
            retry_at = fields.Datetime.now() + delay
        action._fail(failure, str(error), retry_at)

    def _without_failures(self, actions, failures):
        """Record that documents could not be made; return the other actions.

        :param failures: ``{action id: message}``
        """
        failed = actions.filtered(lambda action: action.id in failures)
        for action in failed:
            self._record_failure(action, DeliveryError("content", failures[action.id]))
        return actions - failed

    # --- channels: hand the message over, return the evidence, or raise ---

    def _send_email(self, action, documents):
        """Send an e-mail through the mail server, now; see ``_send_one``."""
        contact = self._reachable(action, "email_normalized")
        if not contact:
            raise DeliveryError("address", self.env._("No valid e-mail address."))
        if contact.is_blacklisted:
            raise DeliveryError(
                "address", self.env._("The customer refuses e-mails at this address.")
            )
        template = action._email_template()
        mail_id = template.send_mail(
            action.id,
            email_layout_xmlid="recouvrement_b2b.mail_layout",
            email_values={
                "recipient_ids": [(6, 0, contact.ids)],
                "email_to": False,
                "auto_delete": False,
                "attachment_ids": [(6, 0, [document.id for document in documents])],
            },
        )
        # sudo: mails are for administrators; this one is the collector's own
        mail = self.env["mail.mail"].sudo().browse(mail_id)
        try:
            mail.send(raise_exception=True)
        except (MailDeliveryException, smtplib.SMTPException) as error:
            raise DeliveryError("server", str(error.args[-1])) from error
        if mail.state != "sent":
            raise DeliveryError(
                "address", mail.failure_reason or mail.failure_type or ""
            )
        return self._evidence(
            documents,
            recipient=contact.email_formatted,
            subject=mail.subject,
            body=mail.body_html,
        )

    def _send_sms(self, action, documents):
        """Send an SMS through Odoo's gateway, now; see ``_send_one``."""
        contact = self._reachable(action, "phone_sanitized")
        if not contact:
            raise DeliveryError("address", self.env._("No valid phone number."))
        template = action.level_id.sms_template_id.with_context(lang=action.lang)
        body = template._render_field("body", action.ids)[action.id]
        # sudo: SMS are for administrators; this one is the collector's own
        sms = (
            self.env["sms.sms"]
            .sudo()
            .create(
                {
                    "partner_id": contact.id,
                    "number": contact.phone_sanitized,
                    "body": body,
                    "mail_message_id": action._message_log(body=body).id,
                }
            )
        )
        try:
            sms.send(unlink_failed=False, unlink_sent=False, raise_exception=True)
        except AccessError as error:  # what Odoo makes of a gateway out of reach
            raise DeliveryError("server", str(error)) from error
        if sms.state not in ("pending", "sent"):
            address = sms.failure_type in ("sms_number_missing", "sms_number_format")
            raise DeliveryError(
                "address" if address else "server", sms.failure_type or sms.state
            )
        return self._evidence(documents, recipient=contact.phone_sanitized, body=body)

    def _reachable(self, action, name):
        """Return the first of the recipients who has this address or number."""
        candidates = action.contact_id + action.partner_id
        return candidates.filtered(name)[:1]

    def _evidence(self, documents, **values):
        """Return the values that freeze what was sent."""
        digests = [hashlib.sha256(document.raw).hexdigest() for document in documents]
        return {
            **values,
            "document_ids": [(6, 0, [document.id for document in documents])],
            "fingerprint": " ".join(digests) or False,
        }
