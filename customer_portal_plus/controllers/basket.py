from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.http import request, route

from ..models.lists.customer_portal_access_mixin_search import read_search
from ..models.payment.account_move_payable import UNTIL
from ..models.payment.customer_portal_basket import MAX_INVOICES, OLDEST_DUE_FIRST
from ..models.payment.payment_transaction import FAILED_STATES
from ..tools.parsing import parse_id, parse_ids
from .payment_options import WaysToPay
from .portal_page import PortalPage

PAGE_SIZE = 25
MAX_CREDITS = 10
MAX_SHOWN = 100  # invoices in one list, without pages
MAX_REPORT_BYTES = 12 * 1024 * 1024  # the proof of a payment, and the form around it


class Basket(PortalPage, WaysToPay):
    """Choosing several invoices and paying them at once."""

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._portal_may_pay():
            menu.append(
                {
                    "key": "pay",
                    "label": request.env._("Pay"),
                    "url": "/my/pay",
                    "pages": ["basket"],
                    "sequence": 50,
                }
            )
        return menu

    def _prepare_portal_payment_links(self):
        """Return what the pages of paying link to beside the menu.

        For a page to be linked there, its controller must extend this method.

        :return: dicts with ``label`` and ``url``
        :rtype: list[dict]
        """
        return []

    def _portal_may_pay(self):
        """Return whether the signed-in contact may pay invoices online.

        :rtype: bool
        """
        user = request.env.user
        return (
            user._portal_allows("portal_allow_payment", "can_pay")
            and user._portal_allows_invoices()
        )

    def _get_portal_open_documents(self, switch):
        """Return the open invoices of the signed-in contact that can be chosen.

        :param str switch: the switch of their company that has to be on
        :return: the model in sudo, and the domain of these invoices behind the gates
        :rtype: tuple
        """
        Basket = request.env["customer.portal.basket"]
        return self._get_portal_documents(
            "account.move",
            Basket._open_invoices_domain() & Domain(f"company_id.{switch}", "=", True),
        )

    def _check_portal_chosen(self, invoices, chosen):
        """Refuse a choice of which something can't be chosen any more.

        :param account.move invoices: what of it is there
        :param list chosen: ids, as they were posted
        :raise ValidationError: in words for the contact
        """
        if len(invoices) != len(set(chosen)):
            raise ValidationError(
                request.env._(
                    "Some of these invoices are not to be paid any more. Please choose again."
                )
            )

    def _get_portal_choosable(self, switch, chosen):
        """Return what can be chosen of a list without pages, in sudo: those that are ticked,
        wherever they stand among the others, and the first of all.

        :param str switch: see ``_get_portal_open_documents``
        :param list chosen: ids of the invoices that are ticked
        :rtype: account.move
        """
        Move, allowed = self._get_portal_open_documents(switch)
        ticked = allowed & Domain("id", "in", list(chosen)[:MAX_SHOWN])
        return Move.search(ticked, order=OLDEST_DUE_FIRST) | Move.search(
            allowed, order=OLDEST_DUE_FIRST, limit=MAX_SHOWN
        )

    def _prepare_portal_choosable_rows(self, invoices, chosen, obstacles, texts, whole=False):
        """Return the rows of such a list, see the template ``portal_choosable``.

        :param account.move invoices: see ``_get_portal_choosable``
        :param list chosen: ids of the invoices that are ticked
        :param dict obstacles: invoice id -> a key of ``texts``, None if it can be chosen
        :param dict texts: what is told of each obstacle
        :param bool whole: whether it is about all that is open, else about what is asked for
        :rtype: list[dict]
        """
        due = invoices._portal_due()
        return [
            {
                "id": invoice.id,
                "name": invoice.name,
                "due": due[invoice.id]["date"] or invoice.invoice_date_due,
                "overdue": bool(due[invoice.id]["overdue"]),
                "amount": invoice.amount_residual if whole else due[invoice.id]["open"],
                "currency": invoice.currency_id,
                "why_not": texts.get(obstacles[invoice.id], ""),
                "ticked": invoice.id in chosen,
            }
            for invoice in invoices
        ]

    def _get_portal_payable_invoices(self, domain=None, limit=None):
        """Return the invoices that the signed-in contact may pay online, in sudo, the oldest due
        first.

        :param Domain domain: further conditions
        :rtype: account.move
        """
        Move, allowed = self._get_portal_open_documents("portal_allow_payment")
        return Move.search(
            allowed & Domain(domain or Domain.TRUE), order=OLDEST_DUE_FIRST, limit=limit
        )

    def _prepare_portal_choice(self, Move, allowed, select=None, chosen=(), posted=None):
        """Return what a page needs on which open invoices are chosen: one page of them, and on each
        of its pages those that are chosen.

        :param account.move Move: the model in sudo, see ``_get_portal_open_documents``
        :param Domain allowed: what can be chosen
        :param str select: ``overdue`` or ``all``: what is ticked beforehand
        :param list chosen: ids of invoices that are ticked
        :param dict posted: what the contact had typed, after an error or on its way to another page
        :rtype: dict
        """
        posted = posted or {}
        search = read_search(posted.get("search"))
        found = allowed & Move._portal_search_domain(self._get_portal_contact(), search)
        totals = Move._portal_payable_totals(allowed)
        count = sum(count for _left, count in totals.values())
        found_count = Move.search_count(found) if search else count
        pages = max((found_count + PAGE_SIZE - 1) // PAGE_SIZE, 1)
        page = min(parse_id(posted.get("page")) or 1, pages)
        offset = (page - 1) * PAGE_SIZE
        kept = Domain("id", "in", list(chosen)[:MAX_INVOICES])
        listed = Move.search(allowed & kept, order=OLDEST_DUE_FIRST) | Move.search(
            found, order=OLDEST_DUE_FIRST, limit=PAGE_SIZE, offset=offset
        )
        companies = request.env["res.company"].union(*(company for company, _currency in totals))
        credits = request.env["customer.portal.basket"]._open_credits(
            self._get_portal_contact(), companies, MAX_CREDITS + 1
        )
        return {
            "groups": listed._portal_payable_groups(select, chosen, credits[:MAX_CREDITS], totals),
            "more_credits": len(credits) > MAX_CREDITS,
            "is_long": count > PAGE_SIZE,
            "found_count": found_count,
            "pages": pages,
            "page": page,
            "first": offset + 1,
            "last": min(offset + PAGE_SIZE, found_count),
            "search": search,
            "chosen": chosen,
            "posted": posted,
        }

    def _is_portal_looking_further(self):
        """Return whether a choice was posted to see another page of what can be chosen.

        :rtype: bool
        """
        form = request.httprequest.form
        return bool(form.get("page")) or "find" in form

    # === CHOOSING === #

    @route("/my/pay", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_pay(self, select=None, invoice=None, **kwargs):
        if not self._portal_may_pay():
            return self._render_portal_unavailable()
        return self._render_portal_choice(select=select, chosen=parse_ids([invoice]))

    def _render_portal_choice(self, select=None, chosen=(), posted=None, error=""):
        """Render the list of what can be paid; see ``_prepare_portal_choice``."""
        Move, allowed = self._get_portal_open_documents("portal_allow_payment")
        overdue = allowed & Move._portal_overdue_domain()
        return request.render(
            "customer_portal_plus.portal_basket",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_choice(Move, allowed, select, chosen, posted),
                "page_name": "basket",
                "no_breadcrumbs": True,
                "payment_links": self._prepare_portal_payment_links(),
                "select": select,
                "has_overdue": bool(Move.search(overdue, order=OLDEST_DUE_FIRST, limit=1)),
                "error": error,
            },
            status=422 if error else 200,
        )

    @route("/my/pay/choose", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_pay_choose(self, **posted):
        """Make baskets of what was chosen, and go to the first one; or show another page of what
        can be chosen, with what is chosen so far."""
        if not self._portal_may_pay():
            return self._render_portal_unavailable()
        form = request.httprequest.form
        chosen = parse_ids(form.getlist("invoice"))
        if self._is_portal_looking_further():
            return self._render_portal_choice(chosen=chosen, posted=posted)
        contact, are_all = self._get_portal_contact(), True
        Basket = request.env["customer.portal.basket"]
        try:
            if posted.get("everything"):
                overdue_only = posted["everything"] == "overdue"
                asked = self._get_portal_payable_invoices()._portal_asked(
                    overdue_only, MAX_INVOICES + 1
                )
                invoices = asked[:MAX_INVOICES]
                are_all = invoices == asked
                choices = dict.fromkeys(invoices.ids, "next" if overdue_only else "all")
            else:
                invoices = self._get_portal_payable_invoices(Domain("id", "in", chosen))
                # In the list, one may choose what is only to be downloaded.
                lenient = posted.get("only") == "payable" and invoices
                if not lenient:
                    self._check_portal_chosen(invoices, chosen)
                choices = self._parse_portal_choices(invoices)
            wanted = parse_ids(form.getlist("credit"))
            credits = Basket._open_credits(contact, invoices.company_id).filtered(
                lambda line: line.id in wanted
            )
            with request.env.cr.savepoint():
                Basket._portal_end_choices(contact)
                baskets = Basket._build(
                    contact, invoices, choices, credits, (posted.get("free_amount") or "").strip()
                )
        except UserError as error:
            return self._render_portal_choice(chosen=chosen, posted=posted, error=str(error))
        return request.redirect(f"/my/pay/{baskets[0].id}{'' if are_all else '?oldest=1'}", 303)

    def _parse_portal_choices(self, invoices):
        """Return what was chosen for each invoice, see ``customer.portal.basket._build``.

        :rtype: dict[int, str]
        """
        form, choices = request.httprequest.form, {}
        for invoice in invoices:
            how = form.get(f"how_{invoice.id}", "all")
            if how == "other":
                typed = form.get(f"amount_{invoice.id}", "")
                is_typed = typed not in ("all", "next") and not typed.startswith(UNTIL)
                how = typed if is_typed else ""
            choices[invoice.id] = how
        return choices

    @staticmethod
    def _read_portal_proof(file):
        """Return the content of a file that came with a form.

        :param file: what was posted; a form sends a part without a name where no file was chosen
        :return: None if there is no file
        :rtype: bytes | None
        """
        return file.read() if getattr(file, "filename", "") else None

    # === PAYING === #

    def _get_portal_basket(self, basket_id):
        """Return a basket of the signed-in contact, in sudo; empty if there is none.

        :rtype: customer.portal.basket
        """
        # Sudo: the table is nobody's to read; the contact is compared right here.
        basket = request.env["customer.portal.basket"].sudo().browse(basket_id).exists()
        is_own = basket.contact_id == self._get_portal_contact() and not basket.joint_id
        if not is_own or not self._portal_may_pay():
            return basket.browse()
        return basket

    @route("/my/pay/<int:basket_id>", type="http", auth="user", website=True, methods=["GET"])
    def portal_my_basket(self, basket_id, failed=None, oldest=None, **kwargs):
        basket_sudo = self._get_portal_basket(basket_id)
        if not basket_sudo or basket_sudo._portal_is_paid():
            return request.redirect("/my/pay")
        error = ""
        if basket_sudo._portal_keep_open():
            error = request.env._("Some of what you chose is not to be paid any more.")
        if not basket_sudo.line_ids:
            return request.redirect("/my/pay")
        outcome = basket_sudo.transaction_id._portal_failure_text() if failed else ""
        limit = MAX_INVOICES if oldest else 0
        return self._render_portal_basket(basket_sudo, error=error, outcome=outcome, limit=limit)

    def _render_portal_basket(self, basket_sudo, error="", outcome="", limit=0):
        """Render the page with the ways to pay a basket.

        :param str outcome: what became of the last try, in words
        :param int limit: how many invoices are paid at once, where not all could be chosen
        """
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "basket",
            "no_breadcrumbs": True,
            "basket_id": basket_sudo.id,
            "company_name": basket_sudo.company_id.name,
            "rows": basket_sudo._portal_rows(),
            "amount": basket_sudo.amount,
            "credit": basket_sudo.credit,
            "currency": basket_sudo.currency_id,
            "nothing_to_pay": basket_sudo.currency_id.is_zero(basket_sudo.amount),
            "error": error,
            "outcome": outcome,
            "limit": limit,
            "others": basket_sudo._portal_other_baskets(),
            "transfer_url": (
                f"/my/pay/{basket_sudo.id}/transfer" if basket_sudo._portal_transfer() else ""
            ),
        }
        if not values["nothing_to_pay"]:
            values |= self._get_common_page_view_values(
                invoices_data={
                    "partner": self._get_portal_contact(),
                    "company": basket_sudo.company_id,
                    "total_amount": basket_sudo.amount,
                    "currency": basket_sudo.currency_id,
                    "amount_residual": basket_sudo.amount,
                    "landing_route": f"/my/pay/{basket_sudo.id}/done",
                    "transaction_route": f"/my/pay/{basket_sudo.id}/transaction",
                }
            )
            values["amount"] = basket_sudo.amount
        return request.render(
            "customer_portal_plus.portal_basket_payment", values, status=422 if error else 200
        )

    @route("/my/pay/<int:basket_id>/transaction", type="jsonrpc", auth="user")
    def portal_my_basket_transaction(self, basket_id, access_token=None, **kwargs):
        """Start the payment of a basket; the amount is the basket's own.

        :param str access_token: the payment form sends one always; here it counts for nothing
        :return: what the payment form needs to go on
        :rtype: dict
        :raise ValidationError: if the basket is not the contact's, or no longer to be paid
        """
        basket_sudo = self._get_portal_basket(basket_id)
        if not basket_sudo:
            raise ValidationError(request.env._("Please choose the invoices again."))
        basket_sudo._check_still_payable()
        self._validate_transaction_kwargs(kwargs)
        kwargs.update(
            is_validation=False,
            landing_route=f"/my/pay/{basket_sudo.id}/done",
            amount=basket_sudo.amount,
            currency_id=basket_sudo.currency_id.id,
            partner_id=basket_sudo.contact_id.id,
        )
        self._check_portal_payment_option(
            basket_sudo.company_id,
            basket_sudo.currency_id,
            self._get_portal_contact(),
            {**kwargs, "is_validation": False},
        )
        tx_sudo = self._create_transaction(
            custom_create_values=basket_sudo._transaction_values(), **kwargs
        )
        basket_sudo.transaction_id = tx_sudo
        return tx_sudo._get_processing_values()

    @route(
        "/my/pay/<int:basket_id>/credit", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_my_basket_credit(self, basket_id, **kwargs):
        """Settle a basket for which open credit is enough."""
        basket_sudo = self._get_portal_basket(basket_id)
        if not basket_sudo:
            return request.redirect("/my/pay", 303)
        others = basket_sudo._portal_other_baskets()
        try:
            with request.env.cr.savepoint():
                basket_sudo._pay_with_credit()
        except UserError as error:
            return self._render_portal_basket(basket_sudo, error=str(error))
        return request.redirect(others[0]["url"] if others else "/my/invoices?filterby=paid", 303)

    @route("/my/pay/<int:basket_id>/done", type="http", auth="user", website=True, methods=["GET"])
    def portal_my_basket_done(self, basket_id, **kwargs):
        """Go on after a payment: back to the choice if it came to nothing, to the account for a
        transfer, to the next basket, else to where one sees what became of it."""
        basket_sudo = self._get_portal_basket(basket_id)
        if not basket_sudo:
            return request.redirect("/my/payments")
        tx_sudo = basket_sudo.transaction_id
        if not basket_sudo._portal_is_paid():
            failed = tx_sudo.state in FAILED_STATES
            return request.redirect(f"/my/pay/{basket_id}{'?failed=1' if failed else ''}")
        if tx_sudo._portal_is_promise():
            return request.redirect(f"{tx_sudo.invoice_ids[0].access_url}/transfer")
        if others := basket_sudo._portal_other_baskets():
            return request.redirect(others[0]["url"])
        return request.redirect("/my/payments?paid=1")
