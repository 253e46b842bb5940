"""For `odoo shell`: the made-up company of a demo database, in French."""

# ruff: noqa: F821  (`env` is the shell's)

env.ref("base.user_admin").write({"lang": "fr_FR", "tz": "Europe/Paris"})
company = env.company
company.write(
    {
        "name": "Fournitures Lavoisier",
        "street": "12 rue Lavoisier",
        "zip": "69003",
        "city": "Lyon",
        "phone": "+33 4 99 99 00 00",
        "email": "comptabilite@fournitures-lavoisier.example",
        # What French letters must carry; the number is made up and passes its check.
        "company_registry": "73282932000074",
        "vat": "FR44732829320",
        "collection_legal_mentions": "SAS au capital de 50 000 € - RCS Lyon",
        # An imported export holds real customers: nothing may reach them from here.
        "collection_sending": False,
    }
)
# A portfolio of two years shows all the levels on its first day.
env["recouvrement.policy"].search([]).start = "age"
company.partner_id.write({"lang": "fr_FR", "tz": "Europe/Paris"})
# The IBAN that French banks print as an example: letters carry it, and its QR code.
account = {"acc_number": "FR76 3000 6000 0112 3456 7890 189"}
env["res.partner.bank"].create(
    {**account, "partner_id": company.partner_id.id, "allow_out_payment": True}
)
env.cr.commit()
