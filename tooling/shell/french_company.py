"""For `odoo shell`: turn the company of a new database into a French one, in euros."""

# ruff: noqa: F821  (`env` is the shell's)

company = env.company
company.country_id = env.ref("base.fr")
env["account.chart.template"].try_loading("fr", company, install_demo=False)
env.cr.commit()
