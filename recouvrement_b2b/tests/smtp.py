"""A real SMTP server for the tests: keeps what it receives, refuses on demand."""

import email
import socket
from contextlib import contextmanager
from email.policy import default
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo.addons.base.models.ir_mail_server import IrMail_Server


class Mailbox:
    """What the server received, as parsed messages."""

    def __init__(self):
        self.messages = []
        self.refuse = None  # SMTP answer, for example "451 try again later"
        self.hang_up = False  # take the message, and break off without an answer

    async def handle_DATA(self, server, _session, envelope):
        if self.refuse:
            return self.refuse
        self.messages.append(email.message_from_bytes(envelope.content, policy=default))
        if self.hang_up:
            server.transport.abort()
        return "250 OK"

    @property
    def recipients(self):
        return [message["To"] for message in self.messages]


def find_free_port():
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def smtp_server(env):
    """Run a mail server that Odoo sends through; yield its mailbox."""
    mailbox = Mailbox()
    port = find_free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {"name": "test", "smtp_host": "127.0.0.1", "smtp_port": port, "sequence": 0}
    )
    try:
        # Odoo sends nothing in tests, unless told that these mails are the test
        with patch.object(IrMail_Server, "_disable_send", lambda self: False):
            yield mailbox
    finally:
        controller.stop()
