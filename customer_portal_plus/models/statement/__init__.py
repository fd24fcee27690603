from . import account_move_line_statement
from . import account_partial_reconcile_statement
from . import customer_portal_statement
from . import customer_portal_statement_lines
from . import customer_portal_statement_files
from . import res_users_statement
from . import customer_portal_statement_mail
from . import res_partner_statement
