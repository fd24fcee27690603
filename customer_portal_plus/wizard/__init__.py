from . import customer_portal_change_refusal_wizard
from . import customer_portal_document_share
from . import customer_portal_invitation_wizard
from . import customer_portal_payment_refusal
from . import customer_portal_profile_wizard
from . import customer_portal_request_refusal
from . import customer_portal_why
from . import portal_wizard
