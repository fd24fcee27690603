from . import customer_portal_profile_wizard
