from . import test_delivery_access
from . import test_delivery_orders
from . import test_delivery_pages
from . import test_delivery_problems
from . import test_delivery_receipt
from . import test_stock_demo
from . import test_stock_tours
from . import test_stock_translations
