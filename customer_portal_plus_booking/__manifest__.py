{
    "name": "Customer Portal Plus: Appointments",
    "summary": "Customers see, move and cancel their appointments behind the portal's gates",
    "version": "19.0.1.0.0",
    "category": "Appointments",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "AGPL-3",
    "depends": [
        "customer_portal_plus",
        "resource_booking",
    ],
    "data": [
        "security/ir_rules.xml",
        "views/customer_portal_profile_views.xml",
        "views/portal_booking_templates.xml",
        "views/res_config_settings_views.xml",
        "views/resource_booking_views.xml",
    ],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
