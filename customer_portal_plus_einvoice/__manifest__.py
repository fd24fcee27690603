{
    "name": "Customer Portal Plus: E-invoices",
    "summary": "Customers see what the law expects of them on an invoice and until when,"
    " and answer it",
    "version": "19.0.1.1.0",
    "category": "Accounting/Accounting",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["customer_portal_plus"],
    "external_dependencies": {
        # The days on which a country does not work.
        "python": ["holidays"],
    },
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/einvoice_data.xml",
        "data/einvoice_clock_data.xml",
        "wizard/customer_portal_einvoice_file_views.xml",
        "wizard/customer_portal_einvoice_note_views.xml",
        "views/customer_portal_einvoice_answer_views.xml",
        "views/customer_portal_einvoice_clock_views.xml",
        "views/customer_portal_einvoice_duty_views.xml",
        "views/customer_portal_profile_views.xml",
        "views/portal_einvoice_templates.xml",
        "views/portal_invoice_page_templates.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_portal_plus_einvoice/static/tests/tours/*.js"],
    },
    "demo": ["demo/einvoice_demo.xml"],
    "post_init_hook": "post_init_hook",
}
