from . import gate, home, invoices, portal_page, quotes
