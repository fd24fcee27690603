{
    "name": "Customer Portal Plus: Seal",
    "summary": "What customers sign is sealed with your certificate and a time stamp,"
    " as any PDF reader verifies it",
    "version": "19.0.1.2.0",
    "category": "Sales/Sales",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["customer_portal_plus"],
    "external_dependencies": {
        # Signatures by ETSI's PAdES, and their validation.
        "python": ["pyhanko"],
    },
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/seal_data.xml",
        "views/customer_portal_seal_certificate_views.xml",
        "views/customer_portal_seal_log_views.xml",
        "views/customer_portal_seal_views.xml",
        "views/portal_verification_templates.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_frontend": ["customer_portal_plus_seal/static/src/interactions/*.js"],
        "web.assets_tests": ["customer_portal_plus_seal/static/tests/tours/*.js"],
    },
    "demo": ["demo/seal_demo.xml"],
}
