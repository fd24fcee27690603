from . import gate, home, invoices, portal_page, quotes
from . import gate, invitation
from . import basket, gate, home, invoices, portal_page, quotes
