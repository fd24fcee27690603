from . import customer_portal_event
from . import customer_portal_access_mixin_log
from . import customer_portal_event_beacon
from . import customer_portal_event_sign_in
