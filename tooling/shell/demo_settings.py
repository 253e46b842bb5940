"""For `odoo shell`: make a demo database speak French, and keep its messages in."""

# ruff: noqa: F821  (`env` is the shell's)

french = {"lang": "fr_FR", "tz": "Europe/Paris"}
env.ref("base.user_admin").write(french)
env.company.partner_id.write(french)
# An imported export holds real customers: nobody must hear from a demonstration.
env.company.collection_sending = False
env.cr.commit()
