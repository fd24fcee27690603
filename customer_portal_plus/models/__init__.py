# First: others inherit from these.
from . import customer_portal_mixin, customer_portal_sign_mixin, portal_write_once  # isort: skip
from . import (
    account_move,
    account_move_line,
    customer_portal_allocation,
    customer_portal_basket,
    customer_portal_payment_report,
    customer_portal_event,
    customer_portal_preview,
    customer_portal_document,
    customer_portal_change_request,
    customer_portal_alias,
    customer_portal_profile,
    customer_portal_question,
    customer_portal_rejection_reason,
    customer_portal_signature,
    customer_portal_signing,
    ir_actions_report,
    ir_attachment,
    ir_binary,
    ir_http,
    ir_qweb,
    ir_rule,
    mail_mail,
    portal_billing,
    mail_message,
    portal_invitation,
    account_payment,
    payment_transaction,
    portal_mixin,
    portal_team,
    customer_portal_sign_in,
    customer_portal_throttle,
    portal_alias,
    portal_mask,
    portal_search,
    portal_tax_id,
    portal_transaction,
    res_company,
    res_config_settings,
    res_partner,
    res_users,
    res_users_settings,
    sale_order,
    sale_order_line,
)
from . import portal_list  # what lists add to the mixin, and so before what uses it
from . import portal_home, portal_invoices, portal_quotes, portal_reading
from . import portal_payable  # after the rows that it adds to
from . import portal_invoice_page, portal_quote_answer, portal_quote_page
from . import portal_quote_changes  # after the states that it adds to
from . import portal_quote_signature  # after the acts that it adds evidence to
from . import portal_why
from . import customer_portal_event_sources  # last: it goes round what the others do
