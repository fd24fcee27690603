from . import gate, home, invoices, portal_page, quotes
from . import gate, invitation
