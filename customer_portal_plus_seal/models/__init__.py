from . import res_company
from . import res_config_settings
from . import customer_portal_seal_certificate
from . import customer_portal_seal_import
from . import customer_portal_seal
from . import customer_portal_seal_raising
from . import customer_portal_seal_verification
from . import customer_portal_signature_seal
