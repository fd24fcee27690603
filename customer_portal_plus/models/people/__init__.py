from . import customer_portal_change_request
from . import res_partner_access
from . import res_partner_billing
from . import res_partner_invitation
from . import res_partner_mail_preferences
from . import res_partner_notify
from . import res_partner_portal_status
from . import res_partner_team
