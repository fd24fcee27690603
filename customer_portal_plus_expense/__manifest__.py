{
    "name": "Customer Portal Plus: Expenses",
    "summary": "Customers see the expenses that are invoiced to them, with their receipts",
    "version": "19.0.1.0.0",
    "category": "Human Resources/Expenses",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": [
        "customer_portal_plus",
        "sale_expense",
    ],
    "data": [
        "security/ir_rules.xml",
        "views/customer_portal_profile_views.xml",
        "views/hr_expense_views.xml",
        "views/portal_document_page_templates.xml",
        "views/portal_expenses_templates.xml",
        "views/portal_home_templates.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_portal_plus_expense/static/tests/tours/*.js"],
    },
    "demo": ["demo/expense_demo.xml"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
