from . import customer_portal_einvoice_file
from . import customer_portal_einvoice_note
