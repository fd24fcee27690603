from . import res_company_settlement
from . import customer_portal_dispute
from . import customer_portal_dispute_claim
from . import customer_portal_dispute_closing
from . import account_move_dispute
from . import customer_portal_promise
from . import customer_portal_promise_keeping
from . import account_move_promise
