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
