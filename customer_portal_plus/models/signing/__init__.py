from . import customer_portal_write_once_mixin
from . import customer_portal_sign_mixin
from . import customer_portal_frozen_document
from . import customer_portal_signature
from . import customer_portal_signature_certificate
from . import customer_portal_signature_verification
