from xmlrpc.client import Fault

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestRpc(AccountTestInvoicingCommon, HttpCase):
    """The public methods answer over XML-RPC, which knows no None and no object.

    The clock is not stopped: XML-RPC would not know the dates of the stopped one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.env.ref("base.user_admin")
        cls.manager.group_ids += cls.env.ref(
            "recouvrement_b2b.recouvrement_group_manager"
        ) + cls.env.ref("account.group_account_invoice")
        company = cls.company_data["company"]
        cls.manager.write({"company_ids": [(4, company.id)], "company_id": company.id})
        cls.password = cls.manager.password = "a long password for the test"

    def _call(self, model, method, *args, **kwargs):
        key = (self.env.cr.dbname, self.manager.id, self.password)
        return self.xmlrpc_object.execute_kw(*key, model, method, args, kwargs)

    def test_decide_over_rpc(self):
        answer = self._call(
            "recouvrement.policy",
            "decide",
            [],
            as_of="2026-06-15",
            company=False,
            partners=False,
        )
        self.assertIsInstance(answer, list)
        partners = self.manager.partner_id.ids
        one = self._call("recouvrement.policy", "decide", [], partners=partners)
        self.assertEqual(one, [])

    def test_penalty_rows_over_rpc(self):
        customer = self.env["res.partner"].create(
            {
                "name": "Boulangerie Durand",
                "is_company": True,
                "country_id": self.env.ref("base.fr").id,
            }
        )
        late, in_time = (
            self._create_invoice_one_line(
                partner_id=customer.id,
                invoice_date=due,
                invoice_date_due=due,
                invoice_payment_term_id=False,
                price_unit=12000,
                tax_ids=False,
                post=True,
            )
            for due in ("2026-04-30", "2026-06-15")
        )
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=late.ids
        )
        wizard.create({"payment_date": "2026-06-15", "amount": 6000})._create_payments()
        invoices = (late + in_time).ids
        one, other = self._call(
            "account.move", "penalty_rows", invoices, as_of="2026-06-15"
        )
        self.assertEqual((one["move_id"], other["move_id"]), (late.id, in_time.id))
        (row,) = one["rows"]
        self.assertEqual(
            [row[name] for name in ("date_due", "date_from", "date_to", "days")],
            ["2026-04-30", "2026-05-01", "2026-06-15", 46],
        )
        # 12,000 x 12.15 % x 46 / 365
        self.assertEqual((row["rate"], row["amount"]), (12.15, 183.75))
        self.assertEqual((one["currency"], one["interest"]), ("USD", 183.75))
        self.assertEqual((one["indemnity_currency"], one["indemnity"]), ("EUR", 40.0))
        self.assertIs(one["total"], False)
        (paid,) = one["settlements"]
        self.assertEqual((paid["date"], paid["amount"]), ("2026-06-15", 6000))
        self.assertEqual((other["rows"], other["interest"]), ([], 0.0))
        with self.assertRaisesRegex(Fault, "as a date, such as 2026-06-30"):
            self._call("account.move", "penalty_rows", invoices, as_of="soon")
        self.assertEqual(len(self._call("account.move", "penalty_rows", invoices)), 2)

    def test_refused_rates_say_why_over_rpc(self):
        half_year = {"date_from": "2027-01-01", "ecb_mro": 2.4, "legal_pro": 2.7}
        for model, values, sentence in (
            ("penalty.terms", {"margin": -1}, "multiples cannot be negative"),
            ("penalty.terms", {"fixed_rate": 1200}, "in percent a year: 12 for 12 %"),
            ("penalty.terms", {"indemnity": -40}, "indemnity cannot be negative"),
            (
                "reference.rate",
                {**half_year, "legal_pro": -0.1},
                "The legal interest rate cannot be negative",
            ),
            ("reference.rate", {**half_year, "ecb_mro": 240}, "2.40 for 2.40 %"),
        ):
            if model == "penalty.terms":
                values = {"name": "Contract", **values}
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db", "odoo.http"),
                self.assertRaises(Fault) as refusal,
            ):
                self._call(f"recouvrement.{model}", "create", values)
            self.assertIn(sentence, refusal.exception.faultString)
