from . import customer_portal_event
from . import customer_portal_event_sources
