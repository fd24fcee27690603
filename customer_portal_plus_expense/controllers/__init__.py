from . import expenses
from . import invoice_page
from . import order_page
