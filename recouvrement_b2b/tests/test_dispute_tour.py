from odoo.tests import HttpCase, tagged

from .disputes import DisputeCommon
from .smtp import smtp_server


@tagged("post_install", "-at_install")
class TestDisputeTour(DisputeCommon, HttpCase):
    """A collector opens a dispute and rejects it with its proof, in a real browser."""

    browser_size = "1600,900"

    def test_open_and_reject_with_proof(self):
        self.collector.password = "claire-claire"
        for lang in ("en_US", "fr_FR"):
            self.reason.with_context(lang=lang).name = "Tour reason"
        with smtp_server(self.env) as mailbox:
            self.start_tour(
                f"/odoo/action-account.action_move_out_invoice_type/{self.invoice.id}",
                "recouvrement_dispute_tour",
                login="claire",
            )
        dispute = self.env["recouvrement.dispute"].search([])
        self.assertEqual((dispute.state, dispute.amount), ("rejected", 300.0))
        self.assertNotHeld(dispute)
        self.assertEqual(dispute.attachment_ids.name, "order.pdf")
        self.assertEqual(len(mailbox.messages), 1)
        (proof,) = mailbox.messages[0].iter_attachments()
        self.assertEqual(proof.get_payload(decode=True), b"%PDF-1.4 order")

    def test_drag_and_drop_goes_through_the_transitions(self):
        self.collector.password = "claire-claire"
        dispute = self._dispute()
        self.start_tour("/odoo", "recouvrement_dispute_kanban_tour", login="claire")
        self.assertEqual(dispute.state, "accepted")
        self.assertHeld(dispute)
