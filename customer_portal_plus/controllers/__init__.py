from . import gate  # isort: skip  first: the others go through it
from . import account
from . import approval
from . import bank_transfer
from . import basket
from . import chatter
from . import credit
from . import debit
from . import document_page
from . import documents
from . import express
from . import home
from . import invitation
from . import invoice_page
from . import invoices
from . import messages
from . import payment_list
from . import invoice_payment
from . import personal_link
from . import portal_page
from . import preview
from . import questions
from . import quote_page
from . import quotes
from . import reading
from . import saved_methods
from . import sign_in
from . import signature
from . import step_up
from . import team
from . import guest_signing  # isort: skip  after both that it builds on
from . import payment_options
from . import view_mark  # isort: skip  last: it notes what the others have answered
