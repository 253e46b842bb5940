"""For `odoo shell`: a factoring contract of the demo company, and what became of it.

Of the invoices that the contract takes, a first remittance is financed: one of them was
paid to the factor, one came back. A second one waits to be signed.
"""

# ruff: noqa: F821  (`env` is the shell's)

from datetime import timedelta

from odoo import Command, fields

admin = env.ref("base.user_admin")
env = env(user=admin, context={**env.context, "lang": admin.lang, "tz": admin.tz})
company = env.company
today = fields.Date.context_today(admin)

bank = env["res.partner"].create(
    {
        "name": "Affacturage du Rhône",
        "is_company": True,
        "street": "1 place Bellecour",
        "zip": "69002",
        "city": "Lyon",
        "country_id": env.ref("base.fr").id,
        "lang": "fr_FR",
    }
)
account = env["res.partner.bank"].create(
    {
        "partner_id": bank.id,
        "acc_number": "FR14 2004 1010 0505 0001 3M02 606",
        "allow_out_payment": True,
    }
)
accounts = {
    name: env["account.account"].create(
        {"code": code, "name": label, "account_type": kind, "reconcile": True}
    )
    for name, code, label, kind in (
        ("account_id", "467100", "Affactureur, compte courant", "asset_current"),
        ("holdback_account_id", "467200", "Affactureur, retenue", "asset_current"),
    )
}
journal = env["account.journal"].create(
    {"name": "Affacturage", "code": "AFFAC", "type": "general"}
)
tax = env["account.tax"].search(
    [
        ("company_id", "=", company.id),
        ("type_tax_use", "=", "purchase"),
        ("amount", "=", 20),
        ("price_include", "=", False),
    ],
    limit=1,
)
open_invoices = env["account.move"].search(
    [
        ("company_id", "=", company.id),
        ("move_type", "=", "out_invoice"),
        ("state", "=", "posted"),
        ("payment_state", "=", "not_paid"),
        ("currency_id", "=", company.currency_id.id),
        ("invoice_date_due", ">=", today - timedelta(days=15)),
    ]
)
groups = open_invoices.grouped("commercial_partner_id")
customers = sorted(groups, key=lambda partner: (-len(groups[partner]), partner.id))[:4]
contract = env["recouvrement.factor"].create(
    {
        "name": "Affacturage du Rhône, notifié",
        "partner_id": bank.id,
        "contract_number": "2026-0417",
        "client_code": "138001",
        "date_start": today - timedelta(days=90),
        "recourse": True,
        "max_term_days": 90,
        "max_age_days": 120,
        "commission_rate": 0.4,
        "commission_minimum": 25,
        "commission_tax_id": tax.id,
        "interest_rate": 4.5,
        "partner_bank_id": account.id,
        "accounting": True,
        "journal_id": journal.id,
        "customer_ids": [
            Command.create(
                {
                    "partner_id": partner.id,
                    "reference": f"AR{number:05}",
                    "approved_amount": 1000
                    * (sum(groups[partner].mapped("amount_residual")) // 800 + 1),
                }
            )
            for number, partner in enumerate(customers, start=1)
        ],
        **{name: each.id for name, each in accounts.items()},
    }
)
first, second = env["recouvrement.assignment"].create(
    [{"factor_id": contract.id}, {"factor_id": contract.id}]
)
eligible = contract._get_eligible(company.currency_id)
signed = today - timedelta(days=30)
older = eligible.filtered(lambda move: move.invoice_date <= signed)
first._add(older)
second._add(eligible - older)
if first.line_ids:
    first.action_confirm()
    first.date_signed = signed
    first.action_sign()
    first.action_send()
    wizard = env["recouvrement.assignment.finance"].create({"assignment_id": first.id})
    wizard.date = signed + timedelta(days=2)
    wizard.action_apply()
    interest = contract.company_currency_id.round(
        first.amount_financed * contract.interest_rate / 100 * 28 / 360
    )
    contract._record([contract._prepare_operation("interest", today, interest)])
for line, kind in zip(first.line_ids[:2], ("customer_payment", "return"), strict=False):
    contract._record([line._prepare_operation(kind, today)])
if second.line_ids:
    second.action_confirm()
env.cr.commit()
