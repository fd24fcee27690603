"""What runs around installation: who may bind its customer already answers its invoices, too."""


def post_init_hook(env):
    """Give the new capability to the profiles that come with the portal and have all that is
    about invoices. No company has it switched on yet, so nobody sees anything of it."""
    for name in ("profile_full", "profile_accounting"):
        profile = env.ref(f"customer_portal_plus.{name}", raise_if_not_found=False)
        if profile:
            profile.can_answer_einvoices = True
