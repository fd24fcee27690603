from . import basket
from . import gate
from . import home
from . import invitation
from . import invoices
from . import portal_page
from . import quotes
