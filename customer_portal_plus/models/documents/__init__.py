from . import customer_portal_document_mixin
from . import customer_portal_document
from . import customer_portal_document_category
from . import customer_portal_document_list
from . import customer_portal_document_request
from . import customer_portal_document_signing
from . import res_partner_requests
from . import res_partner_documents
