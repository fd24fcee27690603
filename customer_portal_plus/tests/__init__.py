from . import test_back_office, test_gates, test_sign_in_access
from . import test_back_office, test_gates, test_lists
from . import test_back_office, test_gates, test_invitation, test_sign_in_access
from . import test_back_office, test_gates, test_sign_in_access, test_allocation
from . import test_back_office, test_gates, test_lists, test_allocation
from . import test_basket
