"""Factoring contracts and remittances, as a person makes them, for tests."""

from odoo import Command

from .common import RecouvrementCommon


class FactoringCommon(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.country_id = cls.env.ref("base.fr")
        cls.factor_partner = cls.env["res.partner"].create(
            {"name": "Facto France", "is_company": True, "lang": "en_US"}
        )
        cls.factor_bank = cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.factor_partner.id,
                "acc_number": "FR7630006000011234567890189",
                "allow_out_payment": True,
            }
        )
        accounts = {
            name: cls.env["account.account"].create(
                {
                    "name": name,
                    "code": code,
                    "account_type": kind,
                    "reconcile": reconcile,
                }
            )
            for name, code, kind, reconcile in (
                ("account_id", "467100", "asset_current", True),
                ("holdback_account_id", "467200", "asset_current", True),
                ("commission_account_id", "622500", "expense", False),
                ("interest_account_id", "661600", "expense", False),
                ("transit_account_id", "580000", "asset_current", True),
            )
        }
        cls.accounts = accounts
        cls.factoring_journal = cls.env["account.journal"].create(
            {"name": "Factoring", "code": "FACT", "type": "general"}
        )
        cls.contract = cls._contract()

    @classmethod
    def _contract(cls, **values):
        """Return a notified contract with recourse, that books entries."""
        return cls.env["recouvrement.factor"].create(
            {
                "name": "Facto",
                "partner_id": cls.factor_partner.id,
                "company_id": cls.company.id,
                "contract_number": "C-100",
                "client_code": "138001",
                "user_id": cls.collector.id,
                "date_start": "2026-01-01",
                "recourse": True,
                "commission_rate": 0.5,
                "interest_rate": 4.0,
                "partner_bank_id": cls.factor_bank.id,
                "currency_ids": [Command.set(cls.company.currency_id.ids)],
                "customer_ids": [
                    Command.create(
                        {"partner_id": cls.customer.id, "approved_amount": 20000}
                    )
                ],
                "accounting": True,
                "journal_id": cls.factoring_journal.id,
                **{name: account.id for name, account in cls.accounts.items()},
                **values,
            }
        )

    @classmethod
    def _accountant(cls, *groups):
        """Return Anne, an accountant, who is in these groups of collection too."""
        return cls.env["res.users"].create(
            {
                "name": "Anne",
                "login": "anne",
                "password": "anne-anne",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
                "group_ids": [
                    Command.set(cls.env.ref("account.group_account_user").ids),
                    *(
                        Command.link(
                            cls.env.ref(
                                f"recouvrement_b2b.recouvrement_group_{name}"
                            ).id
                        )
                        for name in groups
                    ),
                ],
            }
        )

    def _remit(self, moves, contract=None, sign=True, signed=False):
        """Return a remittance of invoices, signed (today, or on a date)."""
        contract = contract or self.contract
        assignment = self.env["recouvrement.assignment"].create(
            {
                "factor_id": contract.id,
                "currency_id": moves[:1].currency_id.id,
                "date_signed": signed,
                "line_ids": [Command.create({"move_id": move.id}) for move in moves],
            }
        )
        if sign:
            assignment.action_confirm()
            assignment.action_sign()
        return assignment

    def _record(self, line, kind, amount, day):
        return line.factor_id._record([line._prepare_operation(kind, day, amount)])

    def _balance(self, account):
        """Return what the books have on an account of the contract."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.accounts[account].id),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped("balance")), 2)

    def _rows(self, move):
        """Return ``[(account code, balance)]`` of an entry."""
        return sorted((line.account_id.code, line.balance) for line in move.line_ids)
