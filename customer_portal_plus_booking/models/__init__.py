from . import ir_rule
from . import res_company
from . import res_config_settings
from . import customer_portal_profile
from . import resource_booking
from . import resource_booking_slot
