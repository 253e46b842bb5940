"""Statements of a factor, as they come, for tests."""

import base64

from odoo import Command

from .factoring import FactoringCommon

CODES = {
    "REG": ("customer_payment", False),
    "DEF": ("return", True),
    "COM": ("commission", True),
    "INT": ("interest", True),
    "RG": ("holdback", True),
    "LRG": ("holdback_release", False),
    "VIR": ("payment", True),
    "SLD": ("ignore", False),
}
HEADER = "Date opération;Code opération;N° facture;N° remise;Débit;Crédit;TVA;Libellé"


class FactorStatementCommon(FactoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        vat = cls.env["account.account"].create(
            {"name": "VAT", "code": "445660", "account_type": "asset_current"}
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "VAT 20",
                "amount": 20,
                "type_tax_use": "purchase",
                "company_id": cls.company.id,
            }
        )
        lines = cls.tax.invoice_repartition_line_ids
        lines.filtered(lambda line: line.repartition_type == "tax").account_id = vat
        cls.contract.commission_tax_id = cls.tax
        cls.mapping = cls._mapping()

    @classmethod
    def _mapping(cls, **values):
        return cls.env["recouvrement.factor.mapping"].create(
            {
                "name": "Monthly",
                "factor_id": cls.contract.id,
                "date_style": "dmy",
                "decimal": "comma",
                "column_date": "Date opération",
                "column_code": "Code opération",
                "column_number": "N° facture",
                "column_remittance": "N° remise",
                "column_debit": "Débit",
                "column_credit": "Crédit",
                "column_tax": "TVA",
                "column_reference": "Libellé",
                "code_ids": [
                    Command.create({"code": code, "kind": kind, "negative": negative})
                    for code, (kind, negative) in CODES.items()
                ],
                **values,
            }
        )

    def _wizard(self, *rows, header=HEADER, data=None, **values):
        """Return the form for a file, checked."""
        text = "\n".join([header, *rows])
        wizard = self.env["recouvrement.factor.import"].create(
            {
                "factor_id": self.contract.id,
                "file": base64.b64encode(data or text.encode()),
                "filename": "statement.csv",
                **values,
            }
        )
        wizard.action_check()
        return wizard

    def _import(self, *rows, **values):
        """Return the statement that a file becomes."""
        wizard = self._wizard(*rows, **values)
        self.assertFalse(wizard.problem)
        action = wizard.action_import()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _problems(self, *rows, **values):
        statement = self._import(*rows, **values)
        return statement.line_ids.mapped(lambda row: row.problem or row.state)

    def _assigned(self, amount=1000.0, **values):
        return self._remit(self._create_due(5, amount=amount, **values)).line_ids

    def _money(self, amount):
        return self.company.currency_id.format(amount)
