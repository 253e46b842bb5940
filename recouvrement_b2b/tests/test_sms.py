import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.iap.tools import iap_tools

from .common import RecouvrementCommon


@contextmanager
def sms_gateway(env):
    """Run a gateway that speaks the protocol of Odoo's SMS service; yield its log."""
    log = {"received": [], "answer": "success"}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            call = json.loads(self.rfile.read(size))
            messages = call["params"]["messages"]
            log["received"] += messages
            result = [
                {"uuid": number["uuid"], "state": log["answer"], "credit": 1}
                for message in messages
                for number in message["numbers"]
            ]
            body = json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result})
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    env["ir.config_parameter"].set_param("sms.endpoint", address)
    no_test = SimpleNamespace(module=SimpleNamespace(current_test=None))
    try:
        # Odoo calls no gateway in tests, unless told that this one is the test
        with patch.object(iap_tools, "modules", no_test):
            yield log
    finally:
        server.shutdown()
        server.server_close()


@tagged("post_install", "-at_install")
class TestSms(RecouvrementCommon):
    """SMS, through a gateway on this machine."""

    def setUp(self):
        super().setUp()
        gateway = sms_gateway(self.env)
        self.gateway = gateway.__enter__()
        self.addCleanup(gateway.__exit__, None, None, None)
        template = self.env["sms.template"].create(
            {
                "name": "SMS",
                "model_id": self.env["ir.model"]._get_id("recouvrement.action"),
                "body": "Please pay {{ object.amount }}, {{ object.name }}",
            }
        )
        self._level_of(1).write(
            {"send_email": False, "send_sms": True, "sms_template_id": template.id}
        )
        self.customer.phone = "06 12 34 56 78"
        self._create_due(12)

    def test_an_sms_is_sent_once_and_frozen(self):
        action = self._launch().action_ids
        self.assertEqual(action.state, "sent", action.state_reason)
        self.assertEqual(action.recipient, "+33612345678")
        text = f"Please pay 1000.0, {action.name}"
        self.assertEqual([m["content"] for m in self.gateway["received"]], [text])
        self.assertIn(text, action.body)
        self._launch()
        self.env["recouvrement.dispatch"]._cron_dispatch_once()
        self.assertEqual(len(self.gateway["received"]), 1)

    def test_without_number_it_goes_to_the_correction_list(self):
        self.customer.phone = False
        action = self._launch().action_ids
        self.assertEqual((action.state, action.failure), ("failed", "address"))
        self.assertFalse(self.gateway["received"])

    def test_a_number_that_the_gateway_refuses_is_to_correct(self):
        self.gateway["answer"] = "wrong_number_format"
        action = self._launch().action_ids
        self.assertEqual((action.state, action.failure), ("failed", "address"))

    def test_a_gateway_without_credit_is_tried_again(self):
        self.gateway["answer"] = "insufficient_credit"
        with mute_logger("odoo.addons.sms.models.sms_sms"):
            action = self._launch().action_ids
        self.assertEqual((action.state, action.failure), ("failed", "server"))
        self.assertTrue(action.retry_at)
