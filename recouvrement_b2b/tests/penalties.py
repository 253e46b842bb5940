"""A French company with euro invoices, for tests of penalties."""

from .common import TODAY, RecouvrementCommon, day


class PenaltyCommon(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.9,
                "currency_id": cls.euro.id,
                "company_id": cls.company.id,
            }
        )
        cls.terms = cls.env.ref("recouvrement_b2b.penalty_terms_france")

    @classmethod
    def _invoice(cls, amount, due, **values):
        """Create a posted invoice in euros, due on a date (ISO text)."""
        days = (TODAY - day(due)).days
        values.setdefault("currency_id", cls.euro.id)
        return cls._create_due(days, amount, **values)

    def _breakdown(self, invoice, as_of=TODAY):
        return invoice.penalty_breakdown(as_of)[invoice.id]


class ClaimCommon(PenaltyCommon):
    """A customer whose invoice has been late for 46 days, and who owes 223.75."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        accounts = cls.env["account.account"]
        cls.interest_account, cls.indemnity_account = accounts.create(
            [
                {"name": name, "code": code, "account_type": "income_other"}
                for name, code in (("Interest", "763100"), ("Indemnities", "758100"))
            ]
        )
        # 46 days at 12.15 %: 12,000 x 0.1215 x 46 / 365 = 183.75
        cls.late = cls._invoice(12000, "2026-04-30")

    def _claim(self, as_of=TODAY, partner=None, **kwargs):
        claims = self.env["recouvrement.penalty.claim"]
        return claims._claim_customers(partner or self.customer, as_of, **kwargs)

    def _claimed(self, as_of=TODAY):
        claim = self._claim(as_of)
        claim.action_claim()
        return claim

    def _waive(self, claim, user=None, **values):
        wizard = self.env["recouvrement.penalty.waive"].with_user(user or self.env.user)
        values = {"reason": "A good customer", "claim_ids": claim.ids, **values}
        wizard.create(values).action_apply()
        return claim.waiver_ids[:1]
