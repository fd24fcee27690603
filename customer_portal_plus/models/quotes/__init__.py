from . import sale_order_answer
from . import sale_order_page
from . import sale_order_changes
from . import sale_order_signature
from . import sale_order_approval
from . import customer_portal_approval_rule
from . import customer_portal_rejection_reason
from . import ir_actions_report
