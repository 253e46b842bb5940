"""The files of a remittance: all of them say the same, and stay as they were signed."""

import base64
import io
import zipfile
from datetime import date
from decimal import Decimal

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.workbook import HEADER_ROW
from .factoring import FactoringCommon

CSV_HEADER = (
    "contract_number;client_code;remittance;remittance_date;document_type;document;"
    "document_date;date_due;currency;amount_signed;buyer_siren;buyer_siret;buyer_vat;"
    "buyer_name;buyer_street;buyer_zip;buyer_city;buyer_country;buyer_factor_code;"
    "buyer_code;payment_method;order_reference;reference;credited_document;market;"
    "count;total"
)


@tagged("post_install", "-at_install")
class TestAssignmentFiles(FactoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.bpce = cls.env.ref("recouvrement_b2b.factor_layout_bpce")
        cls.eurofactor = cls.env.ref("recouvrement_b2b.factor_layout_eurofactor")
        cls.company.partner_id.write({"company_registry": "732 829 320 00074"})
        cls.customer.write(
            {
                "company_registry": "552 081 317 66522",
                "vat": "FR 4030 3265 045",
                "ref": "C0001",
                "street2": "Bât. “B”; fond de cour",
            }
        )
        cls.export = cls._create_customer(
            "Bäckerei Schmidt",
            country_id=cls.env.ref("base.de").id,
            company_registry="HRB 12345",
        )
        cls.contract.write(
            {
                "currency_ids": [Command.link(cls.euro.id)],
                "listed_only": False,
                "customer_ids": [
                    Command.create(
                        {"partner_id": cls.export.id, "reference": "8000001"}
                    )
                ],
            }
        )
        cls.contract.customer_ids[0].reference = "7000001"

    def _documents(self):
        """Return an invoice, a credit note of it and an invoice of export, in euros."""
        values = {"currency_id": self.euro.id}
        invoice = self._create_due(-10, 1234.56, ref="BC-4500", **values)
        invoice.invoice_origin = "S00123"
        credit = self._create_due(
            -20, 34.56, move_type="out_refund", name="AV/2026/00001", **values
        )
        credit.reversed_entry_id = invoice
        export = self._create_due(-30, 500, self.export, **values)
        return invoice, credit, export

    def _remittance(self, sign=True):
        invoice, credit, export = self._documents()
        return self._remit(invoice + credit + export, sign=sign)

    def _files(self, remittance, kind):
        files = remittance.file_ids.filtered(lambda file: file.description == kind)
        return {file.name: file.raw for file in files}

    def _downloaded(self, action):
        data = action["params"]["data"]
        download = self.env["recouvrement.download"].browse(data["id"])
        return data["filename"], base64.b64decode(download.content)

    # --- values ---

    def test_what_files_say_of_a_document(self):
        remittance = self._remittance(sign=False)
        invoice, credit, export = (
            remittance._get_file_documents()[place] for place in (0, 1, 2)
        )
        self.assertEqual(
            invoice,
            {
                "document_type": "FAC",
                "document": remittance._get_documents()[0].move_id.name,
                "document_date": date(2026, 5, 26),
                "date_due": date(2026, 6, 25),
                "amount": Decimal("1234.56"),
                "amount_signed": Decimal("1234.56"),
                "payment_method": "VIR",
                "order_reference": "S00123",
                "reference": "BC-4500",
                "credited_document": False,
                "buyer_name": "Boulangerie Durand",
                "buyer_siren": "552081317",
                "buyer_siret": "55208131766522",
                "buyer_vat": "FR40303265045",
                "buyer_street": "1 rue de la Paix Bât. “B”; fond de cour",
                "buyer_zip": "75002",
                "buyer_city": "Paris",
                "buyer_country": "FR",
                "buyer_code": "C0001",
                "buyer_factor_code": "7000001",
                "market": "D",
            },
        )
        self.assertEqual(credit["amount"], Decimal("34.56"))
        self.assertEqual(credit["amount_signed"], Decimal("-34.56"))
        self.assertEqual(credit["document_type"], "AVO")
        self.assertEqual(credit["payment_method"], "AVO")
        self.assertEqual(credit["credited_document"], invoice["document"])
        self.assertEqual(export["market"], "E")
        self.assertEqual((export["buyer_siren"], export["buyer_siret"]), ("", ""))
        self.assertEqual(export["buyer_factor_code"], "8000001")

    def test_what_files_say_of_a_remittance(self):
        remittance = self._remittance(sign=False)
        values = remittance._prepare_file_values(remittance._get_file_documents())
        expected = {
            "count": 3,
            "total": Decimal("1700.00"),
            "total_invoices": Decimal("1734.56"),
            "total_credit_notes": Decimal("34.56"),
            "client_code": "138001",
            "seller_siren": "732829320",
            "seller_siret": "73282932000074",
            "currency": "EUR",
            "file_number": int(remittance.name[-3:]),
        }
        self.assertEqual({name: values[name] for name in expected}, expected)

    def test_a_siren_alone_and_overseas_departments(self):
        self.customer.company_registry = "552081317"
        self.customer.country_id = self.env.ref("base.re")
        document = self._remittance(sign=False)._get_file_documents()[0]
        self.assertEqual(document["buyer_siren"], "552081317")
        self.assertEqual(document["buyer_siret"], "")
        self.assertEqual(document["market"], "D")

    # --- CSV ---

    def test_the_csv_file_to_the_byte(self):
        remittance = self._remittance()
        lines = remittance._get_documents().move_id.mapped("name")
        name = remittance.name
        street = '"1 rue de la Paix Bât. “B”; fond de cour"'
        durand = f"552081317;55208131766522;FR40303265045;Boulangerie Durand;{street};"
        durand += "75002;Paris;FR;7000001;C0001"
        head = f"C-100;138001;{name};2026-06-15"
        invoice, credit, export = (f"{lines[place]};" for place in (0, 1, 2))
        invoice += f"2026-05-26;2026-06-25;EUR;1234,56;{durand};VIR;S00123;BC-4500;"
        credit += f"2026-06-05;2026-07-05;EUR;-34,56;{durand};AVO;;;{lines[0]}"
        export += "2026-06-15;2026-07-15;EUR;500,00;;;;Bäckerei Schmidt;"
        export += "1 rue de la Paix;75002;Paris;DE;8000001;;VIR;;;"
        expected = [
            CSV_HEADER,
            f"{head};FAC;{invoice};D;3;1700,00",
            f"{head};AVO;{credit};D;3;1700,00",
            f"{head};FAC;{export};E;3;1700,00",
        ]
        content = "".join(f"{row}\r\n" for row in expected).encode("utf-8-sig")
        self.assertEqual(
            self._files(remittance, "csv"), {f"{name.replace('/', '-')}.csv": content}
        )

    # --- workbook ---

    def test_the_workbook(self):
        remittance = self._remittance()
        content = self._downloaded(remittance.action_download_xlsx())[1]
        formulas = load_workbook(io.BytesIO(content)).active
        values = load_workbook(io.BytesIO(content), data_only=True).active
        self.assertIn("contract C-100", values["A2"].value)
        self.assertIn("3 documents", values["A2"].value)
        head = [cell.value for cell in values[HEADER_ROW + 1]]
        rows = [
            dict(zip(head, (cell.value for cell in row), strict=True))
            for row in values.iter_rows(min_row=HEADER_ROW + 2)
        ]
        by_type = {(row["Type"], row["Customer"]): row for row in rows}
        credit = by_type["Credit note", "Boulangerie Durand"]
        self.assertEqual(credit["Amount"], -34.56)
        self.assertEqual(credit["SIRET"], "55208131766522")
        self.assertEqual(credit["Due date"].date(), date(2026, 7, 5))
        self.assertEqual(by_type["Invoice", "Bäckerei Schmidt"]["Country"], "DE")
        self.assertEqual(rows[-1]["Document"], "Total")
        self.assertEqual(rows[-1]["Amount"], 1700.0)
        last = formulas.cell(formulas.max_row, len(head)).value
        self.assertEqual(last, "=SUBTOTAL(109,Q5:Q7)")

    # --- the factor's own file ---

    def test_the_file_of_bpce(self):
        self.contract.layout_id = self.bpce
        remittance = self._remittance()
        ((name, content),) = self._files(remittance, "layout").items()
        self.assertEqual(name, f"BPCE_20260615_{remittance.name.replace('/', '_')}.txt")
        records = content.decode("ascii").split("\r\n")
        self.assertEqual([len(record) for record in records], [275] * 5 + [0])
        self.assertEqual(records[0][11:17], "138001")
        self.assertEqual(records[-2][42:55], "0000000170000")
        self.assertEqual(
            self._downloaded(remittance.action_download_file()), (name, content)
        )

    def test_eurofactor_takes_one_file_a_market(self):
        self.contract.write(
            {
                "layout_id": self.eurofactor.id,
                "client_code": "C9876",
                "sender_code": "10001",
                "export_sender_code": "20002",
            }
        )
        remittance = self._remittance()
        files = self._files(remittance, "layout")
        number = remittance.name.replace("/", "_")
        domestic, export = sorted(files)
        self.assertEqual(domestic, f"FAA10001_20260615_{number}_D.txt")
        self.assertEqual(export, f"FAA20002_20260615_{number}_E.txt")
        self.assertEqual(files[domestic].count(b"\r\n"), 2)
        self.assertTrue(
            files[export].startswith(b"20002;C9876;20260615;E;999;F;EUR;8000001;")
        )
        name, content = self._downloaded(remittance.action_download_file())
        self.assertTrue(name.endswith(".zip"))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            read = {each: archive.read(each) for each in archive.namelist()}
        self.assertEqual(read, files)
        self.contract.export_sender_code = False
        names = [name for name, _data in remittance._make_layout_files()]
        self.assertEqual(names[1], f"FAA10001_20260615_{number}_E.txt")

    def test_the_numbers_of_odoo_may_be_too_long_for_eurofactor(self):
        credit = self._create_due(-20, 50, move_type="out_refund")
        self.assertEqual(len(credit.name), 15)
        self.contract.write({"layout_id": self.eurofactor.id, "sender_code": "1"})
        with self.assertRaisesRegex(UserError, "longer than the 14 characters"):
            self._remit(self._create_due(-30, 100) + credit)

    def test_nothing_is_signed_whose_file_cannot_be_made(self):
        self.contract.layout_id = self.bpce
        self.customer.company_registry = False
        remittance = self._remittance(sign=False)
        remittance.action_confirm()
        with self.assertRaisesRegex(UserError, "Buyer's SIRET is missing"):
            remittance.action_sign()

    def test_without_a_layout_there_is_the_csv_file(self):
        remittance = self._remittance()
        self.assertEqual(
            remittance.file_ids.mapped("description"), ["receipt", "csv", "xlsx"]
        )
        with self.assertRaisesRegex(UserError, "take the CSV file"):
            remittance.action_download_file()

    # --- as they were signed ---

    def test_files_stay_as_they_were_signed(self):
        remittance = self._remittance()
        before = self._downloaded(remittance.action_download_csv())
        receipt = self._downloaded(remittance.action_print())
        self.customer.name = "Somebody else"
        self.assertEqual(self._downloaded(remittance.action_download_csv()), before)
        self.assertEqual(self._downloaded(remittance.action_print()), receipt)
        self.assertTrue(receipt[1].startswith(b"%PDF"))
        self.assertNotIn(b"Somebody else", before[1])

    def test_what_was_signed_is_not_deleted(self):
        remittance = self._remittance()
        with self.assertRaisesRegex(UserError, "it is kept"):
            remittance.file_ids[0].unlink()
        remittance.action_cancel()
        remittance.file_ids[0].unlink()
        self.assertEqual(len(remittance.file_ids), 2)

    def test_the_sender_is_asked_for_where_a_file_names_it(self):
        self.contract.layout_id = self.bpce
        self.assertFalse(self.contract.has_sender)
        self.contract.layout_id = self.eurofactor
        self.assertTrue(self.contract.has_sender)

    def test_before_the_signature_they_are_made_each_time(self):
        remittance = self._remittance(sign=False)
        self.assertFalse(remittance.file_ids)
        self.customer.name = "Somebody else"
        content = self._downloaded(remittance.action_download_csv())[1]
        self.assertIn(b"Somebody else", content)
        self.assertTrue(self._downloaded(remittance.action_print())[1])

    def test_collectors_read_the_files_as_well(self):
        remittance = self._remittance().with_user(self.collector)
        for action in ("action_print", "action_download_csv", "action_download_xlsx"):
            self.assertTrue(getattr(remittance, action)()["params"]["data"]["id"])
        self.assertEqual(len(remittance.file_ids.mapped("raw")), 3)

    def test_many_documents_take_no_more_queries(self):
        moves = self.env["account.move"]
        for _number in range(8):
            moves += self._create_due(-30, 100, currency_id=self.euro.id)
        few = self._remit(moves[:2], sign=False)
        many = self._remit(moves[2:], sign=False)

        def count(remittance):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            remittance._make_csv()
            return self.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(many), count(few))
