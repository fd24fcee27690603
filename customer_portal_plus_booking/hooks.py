"""What runs around installation: nothing more is shown to customers than before."""


def post_init_hook(env):
    """Leave appointments switched off in the companies that are there already, but for the demo's
    own, which shows some."""
    companies = env["res.company"].with_context(active_test=False).search([])
    demo = env.ref("customer_portal_plus.demo_company", raise_if_not_found=False)
    (companies - (demo or companies.browse())).write({"portal_show_appointments": False})
