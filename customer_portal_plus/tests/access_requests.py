"""Everything a request can reach, one row each: the columns of the access matrix.

How to add a row: a route that shows or changes something of a customer's goes into the sibling
file of its area (``access_requests_documents.py``, ``..._people.py``), with the helper class of
its sort, from ``access_cells.py``:

=========== ===============================================================================
Page        a page, PDF or download, by GET; the link's token is added as ``access_token``
Form        a form, by POST with a CSRF token; what it changed is looked at afterwards
Json        a ``type="jsonrpc"`` route
Call        a model's method, over ``/web/dataset/call_kw`` and over ``/json/2`` with an API key
=========== ===============================================================================

Say of it, in the words of ``access_rules.py`` and *before* running it:

* ``kind``: what it asks for (``invoice``, ``order``, ``person``...), with whose targets it is
  asked; empty for a page that shows nothing of its own (``public=True`` if it needs no sign-in
  either);
* ``needs``: the capabilities without which a contact is refused;
* ``by_link``: the document's mailed link opens it (``by_personal_link``, if a personal link
  differs); ``only_by_link``: nothing else does; ``guests_only``: not who has signed in;
* ``of_whole``: it asks for what belongs to the customer as a whole;
* ``of_account``: it is about the account with which one signs in, or what a customer's own people
  keep for themselves: not for who acts for the customer by a seat;
* ``needs_proof``: a session that began with a document's link types a mailed code first;
* ``changes_person``: it changes what a colleague may do;
* ``staff``: which staff get in by Odoo's own rights (``sales``, ``accountant``);
* ``of_customers``: an act of customers, which staff do there only where a customer could;
* ``never``: no customer may do it, whatever its rights;
* ``fits``: which targets it makes sense for;
* ``before``: what the browser has done before;
* ``compare``: whether the refusal must look like that of what doesn't exist;
* ``routes``: the addresses as Odoo's routing map writes them.

A new kind of target needs its targets in ``access_rules.py`` and a builder ``_make_<kind>`` in
``access_data.py``. A route without a row belongs into ``EXEMPT``, with the reason. A portal route
in neither fails the suite.
"""

from .access_cells import SEE_ORDER
from .access_requests_documents import (
    chatter_rows,
    express_rows,
    invoice_rows,
    order_rows,
    rpc_rows,
)
from .access_requests_lists import list_file_rows, purchase_rows
from .access_requests_messages import (
    announcement_rows,
    file_request_rows,
    message_rows,
    shared_file_rows,
)
from .access_requests_packs import pack_rows
from .access_requests_payments import (
    basket_rows,
    history_rows,
    home_rows,
    report_rows,
    saved_method_rows,
    statement_rows,
)
from .access_requests_people import (
    account_rows,
    expired_link_rows,
    express_link_rows,
    invitation_rows,
    personal_link_rows,
    sign_in_rows,
    team_rows,
)
from .access_requests_seats import joint_rows, seat_rows
from .access_requests_settlement import (
    balance_rows,
    dispute_rows,
    interest_rows,
    modelo_347_rows,
    plan_rows,
    promise_rows,
)
from .access_requests_signing import (
    approval_rows,
    guest_signing_rows,
    question_rows,
    signing_rows,
)
from .access_rules import SEE_INVOICE

# Each group is one test: a row of a new page family may make a group of its own.
GROUPS = {
    "invoices": [*invoice_rows()],
    "orders": [*order_rows()],
    "chatter of invoices": [*chatter_rows("invoice")],
    "chatter of orders": [*chatter_rows("order")],
    "express page": [*express_rows(), *express_link_rows()],
    "RPC on invoices": [*rpc_rows("invoice")],
    "RPC on orders": [*rpc_rows("order")],
    "signing in": [*sign_in_rows()],
    "personal links": [
        *personal_link_rows("invoice", SEE_INVOICE),
        *personal_link_rows("order", SEE_ORDER),
        *expired_link_rows(),
    ],
    "invitations": [*invitation_rows()],
    "team": [*team_rows()],
    "account": [*account_rows()],
    "seats": [*seat_rows()],
    "seats together": [*joint_rows()],
    "messages": [*message_rows()],
    "announcements": [*announcement_rows()],
    "shared files": [*shared_file_rows()],
    "files asked for": [*file_request_rows()],
    "signing": [*signing_rows(), *guest_signing_rows(), *approval_rows()],
    "questions": [*question_rows()],
    "home": [*home_rows()],
    "baskets": [*basket_rows()],
    "payments": [*history_rows(), *report_rows()],
    "disputes": [*dispute_rows()],
    "promises": [*promise_rows()],
    "balances": [*balance_rows()],
    "plans": [*plan_rows()],
    "interest": [*interest_rows()],
    "modelo 347": [*modelo_347_rows()],
    "statement": [*statement_rows()],
    "lists as files": [*list_file_rows()],
    "purchases": [*purchase_rows()],
    "archives": [*pack_rows()],
    "saved methods": [*saved_method_rows()],
}
REQUESTS = [request for group in GROUPS.values() for request in group]

# === ROUTES WITHOUT A ROW === #

# Families of addresses in which customers' documents could be reached: a route in them must be
# in a row above or below. Routes of this addon must be, whatever their address; each bridge has
# access tests of its own.
FAMILIES = (
    r"/my(/|$)",
    r"/invoice/",
    r"/payment/",
    r"/portal/",
    r"/mail/",
    r"/account/",
    r"/report/",
    r"/web/content",
    r"/web/image",
    r"/web/dataset",
    r"/web/export",
    r"/web/pivot",
    r"/json",
    r"/product/catalog",
)

# Modules whose routes are looked at: core's for these models. Other modules bring documents of
# their own, with their own walls.
MODULES = (
    "account",
    "account_payment",
    "mail",
    "payment",
    "portal",
    "product",
    "rpc",
    "sale",
    "sale_management",
    "web",
)

# Regular expression of the route -> why it needs no row.
EXEMPT = {
    r"/my/(security|deactivate_account)": "Odoo's own: who has signed in changes its password, or"
    " ends its account, by its password.",
    r"/my/seats/invitation/<string:token>(/(decline|account))?": "Whoever holds the mail"
    " may look at it, say no, or have a mail sent to the address that it came by.",
    r"/my/seats/pay/<int:joint_id>/done": "Leads on, by the state of the person's own payment.",
    r"/my/address/country_info/.*": "Tells which fields an address has in a country.",
    r"/my/journal/<int:journal_id>/unsubscribe": "A signed link of a supplier's mail.",
    r"/my/beacon": "Notes a view that a signed token names, of contact and document; it shows and"
    " changes nothing else, and answers always the same.",
    r"/portal/verify(/.*)?": "Tells of a signature to who holds its code or the signed file, no"
    " more than the certificate does; it changes nothing.",
    r"/payment/confirmation": "Signed amount and partner; shows no document.",
    r"/payment/(status|status/poll)": "The transaction of the visitor's own session.",
    r"/portal/attachment/remove": "Pending uploads only, by their own token.",
    r"/mail/attachment/(delete|update_thumbnail)": "By the file's own ownership token.",
    r"/mail/(data|action)": "Tested below: what of a thread it tells.",
    r"/mail/attachment/(zip|pdf_first_page.*)": "Reads files as /web/content does.",
    r"/mail/font_to_img.*": "Draws icons.",
    r"/mail/guest/.*": "Guests of discussion channels.",
    r"/mail/(history|inbox|starred)/messages": "Searches messages as mail.message.search does.",
    r"/mail/link_preview.*": "Previews of links in a message that is read first.",
    r"/mail/message/translate": "Translates a message that is read first.",
    r"/mail/partner/from_email": "Names of partners that the user may read.",
    r"/mail/read_subscription_data": "Followers can't be read by customers.",
    r"/mail/rtc/.*": "Calls in discussion channels.",
    r"/mail/set_manual_im_status": "The user's own status.",
    r"/mail/thread/recipients/fields": "Names of fields.",
    r"/mail/unfollow": "A signed link of a mail, which ends just these mails.",
    r"/mail/update_is_internal": "Writes a message through its own rights.",
    r"/account/(init|post)_tests_shared_js_python": "Odoo's own tests.",
    r"/account/download_invoice_attachments/.*": "Reads files as /web/content does.",
    r"/report/barcode.*": "Draws what is in the address.",
    r"/report/check_wkhtmltopdf": "Tells about a program.",
    r"/web/content/<string:xmlid>.*": "Named records are none of a customer's documents.",
    r"/web/image/<string:xmlid>.*": "Named records are none of a customer's documents.",
    r"/web/(content|image).*": "Another spelling of the addresses that have a row.",
    r"/web/dataset/call_button.*": "The same methods as call_kw.",
    r"/web/export/.*": "Needs a right that portal users never have.",
    r"/web/pivot/export_xlsx": "Draws what is posted.",
    r"/json/1/.*|/json/<path:subpath>": "Needs an internal user.",
    r"/json/2(/<path:subpath>)?": "Answers that there is nothing.",
    r"/json/version": "Tells a version.",
    r"/jsonrpc": "The same methods as call_kw.",
    r"/product/catalog/.*": "Works through the rights on the order's lines.",
}
