{
    "name": "Customer Portal Plus: API",
    "summary": "Programs of your customers read their invoices, quotes, statement and files",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["customer_portal_plus"],
    "data": [
        "views/customer_portal_profile_views.xml",
        "views/portal_api_templates.xml",
        "views/res_config_settings_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
