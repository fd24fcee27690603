from . import gate  # first: the others go through it
from . import basket
from . import chatter
from . import document_page
from . import gate
from . import beacon
from . import home
from . import invitation
from . import invoice_page
from . import invoices
from . import payments
from . import payment_history
from . import portal_page
from . import quote_page
from . import quotes
from . import gate, home, invitation, invoices, portal_page, quotes, reading
from . import payment_history
from . import payment_history
from . import portal_page
from . import preview
from . import quotes
from . import reading
