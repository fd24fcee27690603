from . import test_access_matrix
from . import test_allocation
from . import test_back_office
from . import test_basket
from . import test_billing_data
from . import test_chatter
from . import test_demo
from . import test_documents_tour
from . import test_event_log
from . import test_gates
from . import test_home
from . import test_invitation
from . import test_invoice_page
from . import test_lists
from . import test_one_gate
from . import test_payment_report
from . import test_people_tours
from . import test_portal_evidence
from . import test_query_counts
from . import test_question
from . import test_quote_answer
from . import test_quote_changes
from . import test_quote_signature
from . import test_rejection_reason
from . import test_see_as
from . import test_sign_in_access
from . import test_sign_in_alias
from . import test_sign_in_code
from . import test_sign_in_tax_id
from . import test_signature
from . import test_team
from . import test_walls
from . import test_write_once
from . import test_translations
from . import test_back_office, test_gates, test_sign_in_access
from . import test_back_office, test_gates, test_lists
from . import test_back_office, test_gates, test_invitation, test_sign_in_access
from . import test_access_matrix, test_back_office, test_gates
