{
    "name": "Customer Portal Plus: Files of Projects",
    "summary": "Customers find the files of their projects that you share with them",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "Customer Portal Plus maintainers",
    "website": "https://customer-portal-plus.example.com",
    "license": "LGPL-3",
    "depends": [
        "customer_portal_plus",
        "project",
    ],
    "data": [
        "security/ir.model.access.csv",
        "wizard/customer_portal_document_share_views.xml",
        "views/customer_portal_document_views.xml",
        "views/portal_documents_templates.xml",
        "views/project_project_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_portal_plus_project/static/tests/tours/*.js"],
    },
    "demo": ["demo/project_demo.xml"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
