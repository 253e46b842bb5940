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
        "data/mail_layout_templates.xml",
        "data/mail_template_data.xml",
        "data/sms_template_data.xml",
        "data/recouvrement_policy_standard_data.xml",
        "data/recouvrement_policy_large_account_data.xml",
        "data/recouvrement_policy_small_debt_data.xml",
        # views
        "views/recouvrement_level_views.xml",
        "views/recouvrement_policy_views.xml",
        "views/recouvrement_action_views.xml",
        "views/recouvrement_action_form_views.xml",
        "views/recouvrement_action_actions.xml",
        "views/recouvrement_hold_views.xml",
        "views/recouvrement_run_views.xml",
        "views/account_move_views.xml",
        "views/res_partner_views.xml",
        "views/res_users_views.xml",
        "views/res_config_settings_views.xml",
        # wizards
        "wizards/recouvrement_aged_balance_views.xml",
        "wizards/recouvrement_contact_record_views.xml",
        "wizards/recouvrement_hold_create_views.xml",
        "wizards/recouvrement_import_views.xml",
        "wizards/recouvrement_preview_views.xml",
        "wizards/recouvrement_reassign_views.xml",
        "wizards/recouvrement_run_launch_views.xml",
        # reports
        # menus
        "views/recouvrement_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["recouvrement_b2b/static/src/**/*"],
        "web.assets_tests": ["recouvrement_b2b/static/tests/tours/**/*"],
    },
    "post_init_hook": "post_init_hook",
    "application": True,
}
