from . import (
    customer_portal_payment_refusal,
    customer_portal_invitation_wizard,
    customer_portal_profile_wizard,
    portal_wizard,
)
