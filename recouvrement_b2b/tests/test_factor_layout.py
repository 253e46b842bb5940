"""The files that factors read: every column in its place, and the whole to the byte."""

from decimal import Decimal

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from .factor_files import (
    BPCE_HEADER,
    BPCE_LINE,
    BPCE_TRAILER,
    CREDIT,
    EUROFACTOR_LINE,
    EXPORT,
    FILES,
    HEADER,
    INVOICE,
)

some = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
FITTING = st.text("AÉœß '/-&0123456789", min_size=1, max_size=5)
TEXTS = st.one_of(*[FITTING] * 20, st.text(max_size=40))


@st.composite
def documents(draw):
    """Draw a document as people write them."""
    names = ("buyer_name", "reference", "order_reference", "buyer_code")
    return {
        **draw(st.sampled_from([INVOICE] * 4 + [EXPORT, CREDIT])),
        **{name: draw(TEXTS) for name in names},
        "amount": draw(st.decimals(0, 10**9, places=2)),
        "document": draw(TEXTS),
    }


class LayoutCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bpce = cls.env.ref("recouvrement_b2b.factor_layout_bpce")
        cls.eurofactor = cls.env.ref("recouvrement_b2b.factor_layout_eurofactor")

    def _bpce(self, *documents, **values):
        documents = documents or (INVOICE, EXPORT, CREDIT)
        return self._make(self.bpce, HEADER | values, documents)

    def _eurofactor(self, market, sender, *documents, **values):
        header = HEADER | {"client_code": "C9876", "sender_code": sender}
        return self._make(self.eurofactor, header | {"market": market}, documents)

    def _make(self, layout, header, documents):
        """Return the name and the bytes of a file."""
        total = sum(
            document["amount"] * (-1 if document["document_type"] == "AVO" else 1)
            for document in documents
        )
        totals = {"count": len(documents), "total": total}
        return layout._make_file(totals | header, list(documents))

    def _column(self, layout, record, name):
        return layout.column_ids.filtered(
            lambda column: column.record == record and column.name == name
        )[:1]


@tagged("post_install", "-at_install")
class TestShippedLayouts(LayoutCommon):
    def test_the_whole_file_of_bpce(self):
        name, content = self._bpce()
        self.assertEqual(name, "BPCE_20260615_REM_2026_0042.txt")
        self.assertEqual(content, (FILES / "factor_bpce.txt").read_bytes())

    def test_the_whole_files_of_eurofactor(self):
        for market, sender, documents, file in (
            ("D", "10001", (INVOICE, CREDIT), "domestic"),
            ("E", "20002", (EXPORT,), "export"),
        ):
            name, content = self._eurofactor(market, sender, *documents)
            self.assertEqual(name, f"FAA{sender}_20260615_REM_2026_0042_{market}.txt")
            expected = (FILES / f"factor_eurofactor_{file}.txt").read_bytes()
            self.assertEqual(content, expected)

    def test_every_column(self):
        bpce = self._bpce()[1].decode().split("\r\n")
        eurofactor = self._eurofactor("D", "10001", INVOICE)[1].decode().split("\r\n")
        for layout, record, text, expected in (
            (self.bpce, "header", bpce[0], BPCE_HEADER),
            (self.bpce, "line", bpce[1], BPCE_LINE),
            (self.bpce, "trailer", bpce[4], BPCE_TRAILER),
            (self.eurofactor, "line", eurofactor[0], EUROFACTOR_LINE),
        ):
            columns = layout._get_columns()[record]
            self.assertEqual(len(text), layout.record_width)
            self.assertEqual(
                [
                    (column.start, column.start + column.width - 1, column.name)
                    for column in columns
                ],
                [(first, last, name) for first, last, name, _text in expected],
            )
            for first, last, name, value in expected:
                with self.subTest(layout=layout.code, record=record, column=name):
                    width = last - first + 1
                    self.assertEqual(text[first - 1 : last], value.ljust(width))

    def test_eurofactor_reaches_240_only_closed_by_a_separator(self):
        columns = self.eurofactor._get_columns()["line"]
        self.assertEqual(sum(column.width for column in columns), 220)
        self.assertEqual(len(columns), 20)
        self.assertFalse(self.eurofactor.problem)
        self.eurofactor.is_closed = False
        self.assertIn("239 characters instead of 240", self.eurofactor.problem)
        with self.assertRaisesRegex(UserError, "239 characters"):
            self._eurofactor("D", "10001", INVOICE)

    def test_the_columns_of_bpce_add_up_to_275(self):
        for record, columns in self.bpce._get_columns().items():
            width = sum(column.width for column in columns)
            self.assertEqual(width, 275, record)

    @some
    @given(st.lists(documents(), min_size=1, max_size=5))
    def test_whatever_is_sold_records_are_exact_or_refused(self, drawn):
        for layout, sender in ((self.bpce, False), (self.eurofactor, "10001")):
            header = HEADER | {"client_code": "98765", "sender_code": sender}
            try:
                _name, content = self._make(layout, header, drawn)
            except UserError as error:
                self.assertIn(" · ", str(error))
                event("refused")
                continue
            event("made")
            records = content.split(b"\r\n")[:-1]
            widths = {len(record) for record in records}
            self.assertEqual(widths, {layout.record_width})

    def test_many_documents_are_numbered(self):
        documents = [INVOICE | {"document": f"F{n}"} for n in range(1200)]
        records = self._bpce(*documents)[1].decode("ascii").splitlines()
        self.assertEqual({len(record) for record in records}, {275})
        numbers = [record[2:8] for record in records]
        self.assertEqual(numbers, [f"{n:06d}" for n in range(1, 1203)])
        self.assertEqual(records[-1][42:55], f"{123456 * 1200:013d}")


@tagged("post_install", "-at_install")
class TestRefusals(LayoutCommon):
    def _assertRefused(self, message, *documents, **values):
        with self.assertRaisesRegex(UserError, message):
            self._bpce(*documents, **values)

    def test_what_does_not_fit_is_told_with_the_document_and_the_column(self):
        for document, message in (
            ({"buyer_siret": False}, "SIRET is missing. Enter the SIRET .14 digits"),
            ({"document": "F" * 31}, "Document number: “F{31}” is longer than the 30"),
            ({"document": "発票1"}, "Document number: .* cannot hold: 発 票"),
            ({"buyer_name": "Ωmega"}, "Buyer's name: “Ωmega” has characters"),
            ({"buyer_code": "C" * 11}, "Our customer number: .* the 10 characters"),
            ({"date_due": False}, "Due date is missing"),
            ({"amount": Decimal("1.005")}, "1.005 has more than 2 decimals"),
            ({"amount": Decimal(10) ** 12}, "longer than the 13 characters"),
            ({"payment_method": "LCR"}, "no code for “LCR”"),
        ):
            with self.subTest(message=message):
                number = document.get("document", INVOICE["document"])
                self._assertRefused(message, INVOICE | document)
                self._assertRefused(rf"{number} \(", INVOICE | document)

    def test_names_and_comments_alone_are_cut(self):
        cut = (self.bpce | self.eurofactor).column_ids.filtered("truncate")
        self.assertEqual(
            set(cut.mapped("content")),
            {"seller_name", "buyer_name", "reference", "order_reference"},
        )

    def test_export_needs_no_siret(self):
        self.assertTrue(self._bpce(EXPORT)[1])

    def test_the_contract_is_to_be_complete(self):
        self._assertRefused("Header · Client code is missing", client_code=False)
        self._assertRefused(
            "“A12” is not a number. Enter the client", client_code="A12"
        )
        self._assertRefused("“1234567” is longer than the 6", client_code="1234567")
        with self.assertRaisesRegex(UserError, "Sender code is missing. Enter the"):
            self._eurofactor("D", False, INVOICE)
        with self.assertRaisesRegex(UserError, "number that the factor gave"):
            self._eurofactor("D", "10001", INVOICE | {"buyer_factor_code": False})

    def test_every_problem_is_told_at_once(self):
        wrong = [INVOICE | {"document": f"F{n}", "buyer_siret": ""} for n in range(30)]
        with self.assertRaises(UserError) as caught:
            self._bpce(*wrong)
        lines = str(caught.exception).splitlines()
        self.assertEqual(len(lines), 22)
        self.assertIn("F0 (Boulangerie Durand) · Buyer's SIRET is missing.", lines[1])
        self.assertEqual(lines[-1], "and 10 more.")

    def test_credit_notes_may_not_exceed_the_invoices(self):
        self._assertRefused("Trailer · Balance in cents: -34.56 is negative", CREDIT)

    def test_totals_are_those_of_the_remittance(self):
        self._assertRefused(
            "add up to 170000 instead of 1600.00", total=Decimal("1600.00")
        )
        with self.assertRaisesRegex(UserError, "all the documents"):
            self._bpce(count=2)


@tagged("post_install", "-at_install")
class TestCorrections(LayoutCommon):
    def test_a_user_corrects_a_layout(self):
        comment = self._column(self.bpce, "line", "Comment")
        comment.width = 10
        self.assertIn("Document: the columns have 265", self.bpce.problem)
        with self.assertRaisesRegex(UserError, "is to be corrected. Document: the"):
            self._bpce()
        self._column(self.bpce, "line", "Blanks").width += 10
        self.assertFalse(self.bpce.problem)
        document = self._column(self.bpce, "line", "Document number")
        self.assertEqual(document.start, 83)
        self.assertEqual(len(self._bpce()[1]), 277 * 5)

    def test_letters_and_digits_only(self):
        self.bpce.is_plain = True
        record = self._bpce()[1].decode().splitlines()[1]
        self.assertEqual(record[82:112].strip(), "FAC 2026 00012")
        header = self._bpce()[1].decode().splitlines()[0]
        self.assertEqual(header[20:45].strip() + header[64:67], "FOURNIL DE L OUEST7.0")

    def test_columns_that_cannot_be_understood_are_refused(self):
        column = self._column(self.bpce, "line", "Due date")
        for values in (
            {"format": "jjmmaaaa"},
            {"format": False},
            {"content": False},
            {"kind": "constant"},
            {"codes": "FAC"},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                column.write(values)
        column.write({"format": "dd/mm/yy"})
        self.assertEqual(self._bpce()[1].decode()[277 + 156 : 277 + 164], "15/07/26")

    def test_names_of_files_hold_known_values_only(self):
        self.bpce.file_name = "{client_code}_{remittance_date:ddmmyy}{market}.dat"
        self.assertEqual(self._bpce()[0], "1234_150626D.dat")
        for name in ("{password}.txt", "{remittance.env}", "x{", "{file_date!r}"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.bpce.file_name = name

    def test_a_copy_is_a_layout_of_its_own(self):
        copy = self.bpce.copy()
        self.assertEqual(len(copy.column_ids), 45)
        self.assertNotEqual(copy.code, self.bpce.code)
        self.assertEqual(
            self._make(copy, HEADER, (INVOICE,))[1], self._bpce(INVOICE)[1]
        )

    def test_looking_at_a_layout_corrects_nothing(self):
        self.env.invalidate_all()
        one = self.bpce.column_ids[3]
        self.assertEqual((one.start, one.name), (12, "Client code"))
        self.bpce.web_read({"column_ids": {"fields": {"start": {}, "name": {}}}})
        self.assertFalse(self.bpce.is_corrected)

    def test_columns_stand_in_the_order_of_the_file(self):
        for layout in self.bpce | self.eurofactor:
            columns = layout.column_ids
            self.assertEqual(
                columns, columns.sorted("sequence"), "as the form lists them"
            )
            self.assertEqual(len(set(columns.mapped("sequence"))), len(columns))

    def test_upgrades_leave_what_a_person_corrected(self):
        comment = self._column(self.bpce, "line", "Comment")
        removed = self._column(self.bpce, "line", "Bill: kind")
        self.assertFalse(self.bpce.is_corrected)
        self._upgrade(comment, {"name": "Remark"})
        self.assertEqual(comment.name, "Remark", "the module's own corrections come")
        self.assertFalse(self.bpce.is_corrected)
        comment.width = 21
        removed.unlink()
        self.assertTrue(self.bpce.is_corrected)
        self._upgrade(comment, {"width": 20})
        self._upgrade(self.bpce, {"record_width": 1})
        self.assertEqual((comment.width, self.bpce.record_width), (21, 275))
        count = len(self.bpce.column_ids)
        back = self._load(
            "factor_column_bpce_line_bill_kind",
            {"layout_id": self.bpce.id, "name": "Bill: kind", "kind": "filler"},
        )
        self.assertFalse(back.active)
        self.assertEqual(len(self.bpce.column_ids), count)
        self.bpce.is_corrected = False
        self._upgrade(comment, {"width": 20})
        self._upgrade(back, {"width": 1})
        self.assertEqual((comment.width, back.active), (20, True))
        self.assertFalse(self.bpce.problem)

    def _load(self, name, values):
        """Load a record as an upgrade of the module does."""
        model = "recouvrement.factor.column"
        data = {"xml_id": f"recouvrement_b2b.{name}", "values": values}
        return (
            self.env[model].with_context(install_mode=True)._load_records([data], True)
        )

    def _upgrade(self, record, values):
        data = {"xml_id": record.get_external_id()[record.id], "values": values}
        record.with_context(install_mode=True)._load_records([data], True)

    def test_managers_and_accountants_correct_collectors_read(self):
        for group, allowed in (
            ("recouvrement_b2b.recouvrement_group_user", False),
            ("recouvrement_b2b.recouvrement_group_manager", True),
            ("account.group_account_user", True),
        ):
            user = new_test_user(self.env, group, f"base.group_user,{group}")
            layout = self.bpce.with_user(user)
            self.assertEqual(len(layout.column_ids), 45)
            if allowed:
                layout.column_ids[0].name = "Code"
                layout.note = "Compared."
            else:
                with self.assertRaises(AccessError):
                    layout.column_ids[0].name = "Code"
