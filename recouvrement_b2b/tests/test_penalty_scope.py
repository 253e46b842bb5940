"""Who owes penalties, on what, and who may ask for them."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY
from .penalty_debts import PRINCIPAL, DebtCommon


@tagged("post_install", "-at_install")
class TestPenaltyScope(DebtCommon):
    """Who owes, what does not bear penalties, and who may ask."""

    def test_a_consumer_owes_none_unless_terms_are_chosen_for_it(self):
        person = self._create_customer("Anne Petit", is_company=False)
        invoice = self._invoice(100, partner=person)
        self.assertNothingDue(invoice)
        person.penalty_terms_id = self.terms
        self.assertEqual(self._rows(invoice), [(100, PRINCIPAL, 100.0)])

    def test_the_terms_are_those_of_the_company_a_contact_belongs_to(self):
        contact = self._create_customer(
            "Paul", is_company=False, parent_id=self.customer.id
        )
        invoice = self._invoice(100, partner=contact)
        self.assertEqual(self._rows(invoice), [(100, PRINCIPAL, 100.0)])

    def test_a_penalty_invoice_bears_none(self):
        invoice, penalty = self._invoice(100), self._invoice(90, 140)
        claims = self.env["recouvrement.penalty.claim"].sudo()  # made by code alone
        claim = claims.create(
            {
                "partner_id": self.customer.id,
                "currency_id": self.euro.id,
                "date_to": TODAY,
            }
        )
        penalty.sudo().penalty_claim_id = claim
        answers = (invoice + penalty).penalty_breakdown(TODAY)
        self.assertEqual(answers[penalty.id]["rows"], [])
        self.assertEqual(answers[penalty.id]["total"], 0)
        self.assertEqual(answers[invoice.id]["total"], 140.0)

    def test_what_is_not_a_posted_customer_invoice_owes_nothing(self):
        draft, cancelled = self._invoice(100), self._invoice(100)
        draft.button_draft()
        cancelled.button_draft()
        cancelled.button_cancel()
        refund = self._create_due(100, move_type="out_refund")
        bill = self._create_due(100, move_type="in_invoice")
        moves = draft + cancelled + refund + bill
        answers = moves.penalty_breakdown(TODAY)
        self.assertEqual(set(answers), set(moves.ids))
        for answer in answers.values():
            self.assertEqual(answer["rows"], [])
            self.assertEqual((answer["interest"], answer["indemnity"]), (0, 0))
            self.assertEqual((answer["total"], answer["principal"]), (0, 0))

    def test_a_day_outside_the_table_of_rates_is_refused(self):
        self.customer.penalty_terms_id = False  # the law's: a rate each half-year
        invoice = self._invoice(100)
        with self.assertRaisesRegex(UserError, "1st half of 2027"):
            invoice.penalty_breakdown("2031-02-01")
        self.assertTrue(self._answer(invoice)["interest"])

    def test_collectors_and_readers_get_the_same_figures(self):
        invoice = self._invoice(100)
        self._pay_in_euros(invoice, 1825, TODAY - timedelta(days=60))
        self._hold(partner_id=self.customer.id, date_start=TODAY)
        self.terms.pause = "dispute"
        mine = self._answer(invoice)
        self.assertEqual(mine["interest"], 69.5)
        for group in (
            "recouvrement_b2b.recouvrement_group_own",
            "account.group_account_readonly",
        ):
            user = mail_new_test_user(
                self.env, login=group, groups=group, company_id=self.company.id
            )
            self.customer.collector_id = user
            self.env.invalidate_all()
            with self.subTest(group=group):
                self.assertEqual(self._answer(invoice.with_user(user)), mine)

    def test_who_may_not_read_the_invoice_may_not_read_its_penalties(self):
        invoice = self._invoice(100)
        user = mail_new_test_user(self.env, login="jean", groups="base.group_user")
        with self.assertRaises(AccessError):
            invoice.with_user(user).penalty_breakdown(TODAY)
        with self.assertRaises(AccessError):
            invoice.with_user(user).penalty_rows()

    def test_each_company_has_its_own_terms(self):
        other = self.setup_other_company()
        self.customer.with_company(
            other["company"]
        ).penalty_terms_id = self._create_terms(
            rate_base="fixed", fixed_rate=20, company_id=other["company"].id
        )
        mine = self._invoice(100)
        theirs = self._invoice(
            100,
            company_id=other["company"].id,
            journal_id=other["default_journal_sale"].id,
        )
        answers = (mine + theirs).penalty_breakdown(TODAY)
        self.assertEqual(answers[mine.id]["interest"], 100.0)
        self.assertEqual(answers[theirs.id]["interest"], 200.0)

    def test_rows_as_a_list_for_programs(self):
        late, ahead = self._invoice(100), self._invoice(-10)
        rows = (ahead + late).penalty_rows(str(TODAY))
        self.assertEqual([each["move_id"] for each in rows], [ahead.id, late.id])
        self.assertEqual([each["total"] for each in rows], [0.0, 140.0])
        self.assertEqual(
            {**self._answer(late), "move_id": late.id}, rows[1], "the same figures"
        )
        self.assertNotIn(None, _values(rows), "XML-RPC knows no None")

    def test_the_number_of_queries_does_not_grow(self):
        partners = [self._create_customer(f"Customer {number}") for number in range(8)]
        partners[0].penalty_terms_id = self.terms
        self.terms.pause = "all"
        moves = self.env["account.move"]
        for number in range(40):
            moves += self._invoice(10 + number, partner=partners[number % 8])
        for number, move in enumerate(moves[::4]):
            self._pay_in_euros(move, 100 + number, TODAY - timedelta(days=3))
            self._hold(move_line_id=self._receivable(move).id)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.penalty_breakdown(TODAY)
            return self.env.cr.sql_log_count - before

        count(moves)  # what is read once for a process
        self.assertEqual(count(moves[:8]), count(moves))
        self.assertLessEqual(count(moves), 20)


def _values(value):
    """Return all the values of nested lists and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for each in value for leaf in _values(each)]
    return [value]
