from . import customer_portal_access_mixin_list
from . import account_move_list
from . import res_users_home
from . import sale_order_list
