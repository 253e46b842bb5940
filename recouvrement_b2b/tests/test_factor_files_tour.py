from odoo.tests import HttpCase, tagged

from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactorFilesTour(FactoringCommon, HttpCase):
    """Layouts are corrected, and documents downloaded, in a real browser."""

    browser_size = "1600,900"

    def setUp(self):
        super().setUp()
        self._accountant("manager")
        self.bpce = self.env.ref("recouvrement_b2b.factor_layout_bpce")

    def test_a_layout_is_corrected(self):
        self.start_tour(
            "/odoo/collection-factor-files",
            "recouvrement_factor_layout_tour",
            login="anne",
        )
        self.assertTrue(self.bpce.is_corrected)
        self.assertFalse(self.bpce.problem)

    def test_documents_are_downloaded(self):
        self.customer.company_registry = "55208131766522"
        self.contract.layout_id = self.bpce
        self.contract.kind = "dailly"  # notified from its signature on
        remittance = self._remit(self._create_due(-30, 1000), sign=False)
        self.start_tour(
            f"/odoo/factoring-remittances/{remittance.id}",
            "recouvrement_assignment_files_tour",
            login="anne",
        )
        self.assertEqual(remittance.state, "signed")
        self.assertEqual(len(remittance.file_ids), 4)
        downloads = self.env["recouvrement.download"].sudo().search([], order="id")
        extensions = [name.rpartition(".")[2] for name in downloads.mapped("name")]
        self.assertEqual(extensions[-5:], ["pdf", "txt", "csv", "xlsx", "pdf"])
