from . import customer_portal_demo
from . import res_company
