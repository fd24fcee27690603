from . import customer_portal_mixin  # first: others inherit from it
from . import (
    account_move,
    account_move_line,
    customer_portal_profile,
    ir_rule,
    portal_search,
    res_company,
    res_config_settings,
    res_partner,
    res_users,
    sale_order,
    sale_order_line,
)
