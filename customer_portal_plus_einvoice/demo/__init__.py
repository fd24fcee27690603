from . import customer_portal_demo
