from . import basket
from . import gate
from . import home
from . import invitation
from . import invoices
from . import portal_page
from . import quotes
from . import gate, home, invitation, invoices, portal_page, quotes, reading
from . import payment_history
