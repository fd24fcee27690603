from . import deliveries
from . import delivery_report
from . import invoice_page
from . import order_page
