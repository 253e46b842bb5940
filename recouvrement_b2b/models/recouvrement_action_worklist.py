from odoo import fields, models
from odoo.exceptions import UserError


class RecouvrementAction(models.Model):
    """What the worklist needs: buttons on a mixed selection, the recipient's data."""

    _inherit = "recouvrement.action"

    # The contact tracks them: tracked here too, each write would read the contact.
    contact_email = fields.Char(
        related="contact_id.email", string="E-mail", readonly=False, tracking=False
    )
    contact_phone = fields.Char(
        related="contact_id.phone", string="Phone", readonly=False, tracking=False
    )
    collection_sending = fields.Boolean(related="company_id.collection_sending")
    other_line_ids = fields.One2many(
        "recouvrement.action.line",
        "action_id",
        domain=[("kind", "in", ("overdue", "upcoming"))],
        string="Items for Information",
    )
    credit_line_ids = fields.One2many(
        "recouvrement.action.line",
        "action_id",
        domain=[("kind", "=", "credit")],
        string="Credits",
    )

    def action_approve_selection(self):
        """Approve what can be approved in a selection, and say what was left."""
        proposed = self.filtered(lambda action: action.state == "proposed")
        if not proposed:
            raise UserError(
                self.env._("None of the chosen reminders waits for approval.")
            )
        proposed.action_approve()
        return self._notify_selection(
            self.env._("%(count)s approved.", count=len(proposed)), proposed
        )

    def action_send_selection(self):
        """Send now the approved e-mails and SMS of a selection, and say how it went."""
        ready = self.filtered(
            lambda action: (
                action.state == "approved" and action.channel in ("email", "sms")
            )
        )
        if not ready:
            raise UserError(
                self.env._(
                    "None of the chosen reminders is an approved e-mail or SMS: "
                    "approve them first; letters are printed and calls are made."
                )
            )
        self._check_sending()
        ready.action_send()
        sent = ready.filtered(lambda action: action.state == "sent")
        return self._notify_selection(
            self.env._("%(count)s sent.", count=len(sent)),
            ready,
            "success" if sent == ready else "warning",
        )

    def action_print(self):
        """Print the approved letters of a selection as one PDF, and download it."""
        letters = self.filtered(
            lambda action: action.channel == "letter" and action.state == "approved"
        )
        if not letters:
            raise UserError(
                self.env._(
                    "There is no letter to print in the selection: choose letters that "
                    "are approved."
                )
            )
        content = self.env["recouvrement.dispatch"]._print(letters)
        printed = letters.filtered(lambda action: action.state == "sent")
        if not content:
            # An error would undo what was just cancelled or sent to correction.
            message = self.env._("No letter was printed.")
            return self._notify_selection(message, letters, "warning")
        name = self.env._("letters %(date)s", date=fields.Date.context_today(self))
        message = self.env._("%(count)s letters printed.", count=len(printed))
        return self.env["recouvrement.download"]._action_open(
            f"{name}.pdf", content, self._selection_message(message, letters)
        )

    def action_preview(self):
        """Show the message as it would go out now; nothing is sent or recorded."""
        self.ensure_one()
        if self.channel == "letter":
            letter = self.env.ref("recouvrement_b2b.report_letter")
            return letter.report_action(self)
        if self.channel == "email":
            return self._open_preview("mail.template", self._email_template())
        return self._open_preview("sms.template", self.level_id.sms_template_id)

    def _open_preview(self, model, template):
        """Open Odoo's own preview of a template, for this reminder."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": f"{model}.preview",
            "view_mode": "form",
            "target": "new",
            "context": {
                f"default_{model.replace('.', '_')}_id": template.id,
                "default_resource_ref": f"{self._name},{self.id}",
                "default_lang": self.lang,
            },
        }

    def action_export_worklist(self):
        """Download the reminders as a worklist in XLSX."""
        content = self.env["recouvrement.xlsx"].worklist(self)
        name = self.env._("worklist %(date)s", date=fields.Date.context_today(self))
        return self.env["recouvrement.download"]._action_open(f"{name}.xlsx", content)

    def action_record_contact(self):
        """Open the form that records a contact made outside the policies."""
        return self.env["recouvrement.contact.record"]._action_open(self.partner_id[:1])

    def _check_sending(self):
        """Refuse to send where the company has switched sending off."""
        off = self.company_id.filtered(lambda company: not company.collection_sending)
        if off:
            raise UserError(
                self.env._(
                    "Sending is switched off for %(company)s: a manager can switch it "
                    "on in the settings of Invoicing, under Collection.",
                    company=", ".join(off.mapped("name")),
                )
            )

    def _selection_message(self, message, tried):
        """Complete what was done to a selection with what was not, and why.

        :param message: what was done
        :param tried: the reminders of the selection that it was tried on
        """
        failed = tried.filtered(lambda action: action.state == "failed")
        cancelled = tried.filtered(lambda action: action.state == "cancelled")
        sentences = [message]
        if failed:
            sentences.append(
                self.env._(
                    "%(count)s failed: see Reminders to Correct.", count=len(failed)
                )
            )
        if cancelled:
            sentences.append(
                self.env._(
                    "%(count)s cancelled: paid or suspended since.",
                    count=len(cancelled),
                )
            )
        if left := self - tried:
            sentences.append(
                self.env._("%(count)s others were left as they are.", count=len(left))
            )
        return " ".join(sentences)

    def _notify_selection(self, message, tried, level="success"):
        """Return the notification that sums up what was done to a selection."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": level,
                "message": self._selection_message(message, tried),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _reassign(self, user):
        """Give the reminders and the tasks that go with them to another collector."""
        # The tasks first: once given away, a reminder may be out of this user's sight.
        activities = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id in self._collector_activities()
        )
        activities.user_id = user
        waiting = self.filtered(lambda action: action.reply_state == "waiting")
        waiting._reply_holds().user_id = user
        self.user_id = user

    def _collector_activities(self):
        """Return the types of task that belong to the collector of a reminder."""
        names = (
            "activity_call",
            "activity_correct",
            "activity_unknown",
            "activity_reply",
        )
        types = self.env["mail.activity.type"]
        return types.union(
            *(self.env.ref(f"recouvrement_b2b.{name}") for name in names)
        )
