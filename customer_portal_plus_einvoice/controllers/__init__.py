from . import einvoices
from . import invoice_page
