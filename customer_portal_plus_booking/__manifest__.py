{
    "name": "Customer Portal Plus: Appointments",
    "summary": "Customers book appointments in the portal, move and cancel them",
    "version": "19.0.1.0.0",
    "category": "Appointments",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "AGPL-3",
    "development_status": "Beta",
    "depends": [
        "customer_portal_plus",
        "resource_booking",
    ],
    # Of Odoo's own requirements, where it is optional.
    "external_dependencies": {"python": ["vobject"]},
    "data": [
        "security/ir_rules.xml",
        "data/mail_template_data.xml",
        "views/customer_portal_profile_views.xml",
        "views/portal_booking_page_templates.xml",
        "views/portal_bookings_templates.xml",
        "views/portal_home_templates.xml",
        "views/res_config_settings_views.xml",
        "views/resource_booking_type_views.xml",
        "views/resource_booking_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_portal_plus_booking/static/tests/tours/*.js"],
    },
    "demo": ["demo/booking_demo.xml"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
