from . import test_allocation
from . import test_back_office
from . import test_basket
from . import test_chatter
from . import test_event_log
from . import test_gates
from . import test_home
from . import test_invitation
from . import test_invoice_page
from . import test_lists
from . import test_payment_report
from . import test_query_counts
from . import test_quote_answer
from . import test_sign_in_access
from . import (
    test_back_office,
    test_gates,
    test_invitation,
    test_lists,
    test_query_counts,
    test_sign_in_access,
)
from . import test_payment_report
from . import test_query_counts
from . import test_quote_answer
from . import test_see_as
from . import test_sign_in_access
from . import test_write_once
