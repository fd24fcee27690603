from . import customer_portal_profile
from . import hr_expense
from . import hr_expense_explanation
from . import hr_expense_list
from . import hr_expense_receipts
from . import res_company
from . import res_config_settings
