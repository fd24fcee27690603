# First: others inherit from these.
from . import customer_portal_columns_mixin  # isort: skip
from . import customer_portal_mixin  # isort: skip
from . import customer_portal_sign_mixin  # isort: skip
from . import portal_write_once  # isort: skip
from . import account_move
from . import account_move_line
from . import account_payment
from . import customer_portal_alias
from . import customer_portal_allocation
from . import customer_portal_approval_rule
from . import customer_portal_basket
from . import customer_portal_change_request
from . import customer_portal_conversation
from . import customer_portal_document
from . import customer_portal_document_category
from . import customer_portal_document_request
from . import customer_portal_event
from . import customer_portal_link
from . import customer_portal_notice
from . import customer_portal_payment_report
from . import customer_portal_preview
from . import customer_portal_profile
from . import customer_portal_question
from . import customer_portal_rejection_reason
from . import customer_portal_sign_in
from . import customer_portal_signature
from . import customer_portal_signing
from . import customer_portal_throttle
from . import ir_actions_report
from . import ir_attachment
from . import ir_binary
from . import ir_http
from . import ir_module_module
from . import ir_qweb
from . import ir_rule
from . import mail_mail
from . import mail_message
from . import payment_transaction
from . import portal_alias
from . import portal_ask_outcome
from . import portal_billing
from . import portal_invitation
from . import portal_mail_links
from . import portal_mask
from . import portal_mixin
from . import portal_notices
from . import portal_payment_ways
from . import portal_saved_methods
from . import portal_search
from . import portal_tax_id
from . import portal_team
from . import portal_transaction
from . import res_company
from . import res_config_settings
from . import res_partner
from . import res_users
from . import res_users_settings
from . import sale_order
from . import sale_order_line

# These build on what stands above, in this order.
from . import portal_list  # isort: skip  what lists add to the mixin
from . import portal_home  # isort: skip
from . import portal_invoices  # isort: skip
from . import portal_quotes  # isort: skip
from . import portal_reading  # isort: skip
from . import portal_delivery  # isort: skip
from . import portal_documents  # isort: skip  after the reading that it goes by
from . import portal_messages  # isort: skip  after the marks of what is unread
from . import portal_mail_gateway  # isort: skip
from . import portal_invoice_page  # isort: skip
from . import portal_payable  # isort: skip  after the rows and the page that it adds to
from . import customer_portal_debit  # isort: skip  after payments and the rows of lists
from . import customer_portal_reminder  # isort: skip  after the status and the debit
from . import portal_bank_transfer  # isort: skip
from . import portal_express  # isort: skip
from . import portal_quote_answer  # isort: skip
from . import portal_quote_page  # isort: skip
from . import portal_quote_changes  # isort: skip  after the states that it adds to
from . import portal_quote_signature  # isort: skip  after the acts that it adds evidence to
from . import portal_quote_approval  # isort: skip  after the acts that may wait
from . import portal_why  # isort: skip
from . import customer_portal_event_sources  # isort: skip  last: it goes round the others
