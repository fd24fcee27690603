from . import customer_portal_challenge
from . import customer_portal_express
from . import customer_portal_former_alias
from . import customer_portal_link
from . import customer_portal_throttle
