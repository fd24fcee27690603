from . import test_expense_access
from . import test_expense_pages
from . import test_expense_demo
from . import test_expense_tours
from . import test_expense_translations
