{
    "name": "Customer Portal Plus",
    "summary": "Customers see what they owe, pay it, answer quotes and write to you,"
    " each walled into its own data",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "LGPL-3",
    "application": True,
    "depends": [
        "portal",
        "sale_management",
        "account_payment",
        "social_media",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/customer_portal_profile_data.xml",
        "views/customer_portal_profile_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
