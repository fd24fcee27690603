{
    "name": "Customer Portal Plus: Tickets",
    "summary": "Customers open tickets in the portal, follow, close, reopen and rate them",
    "version": "19.0.1.0.0",
    "category": "After-Sales",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "AGPL-3",
    "development_status": "Beta",
    "depends": [
        "customer_portal_plus",
        "helpdesk_mgmt",
        "rating",
    ],
    "data": [
        "security/ir_rules.xml",
        "views/customer_portal_conversation_views.xml",
        "views/customer_portal_profile_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/portal_document_page_templates.xml",
        "views/portal_home_templates.xml",
        "views/portal_ticket_page_templates.xml",
        "views/portal_tickets_templates.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_portal_plus_helpdesk/static/tests/tours/*.js"],
    },
    "demo": ["demo/helpdesk_demo.xml"],
    # Without `rating`, which this addon brings along.
    "auto_install": ["customer_portal_plus", "helpdesk_mgmt"],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
