{
    "name": "B2B Receivables Collection",
    "summary": "Dunning policies, letters, calls and holds for French B2B receivables",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "recouvrement_b2b",
    "license": "LGPL-3",
    "depends": ["account", "account_payment", "account_qr_code_sepa", "sms"],
    "external_dependencies": {"python": ["holidays", "qrcode", "xlsxwriter"]},
    "data": [
        # security
        "security/recouvrement_security.xml",
        "security/ir.model.access.csv",
        # data
        "data/recouvrement_data.xml",
        # views
        # wizards
        # reports
        # menus
    ],
    "post_init_hook": "post_init_hook",
    "application": True,
}
