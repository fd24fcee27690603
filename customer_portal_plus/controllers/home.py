from odoo.http import request, route
from odoo.tools.misc import format_amount, format_date

from ..tools.bar_chart import draw_bars
from .portal_page import PortalPage, reads_only

LATEST = 5
# Cards of core whose place our own content takes.
REPLACED_CARDS = ("/my/addresses", "/my/payment_method", "/my/security")
REPLACED_COUNTERS = ("invoice_count", "overdue_invoice_count", "quotation_count", "order_count")


class PortalHome(PortalPage):
    @route(readonly=reads_only)
    def home(self, **kw):
        """Override of `portal`: what is owed, what is to be done and how to pay, on top of the
        cards of other modules."""
        response = super().home(**kw)
        if hasattr(response, "qcontext"):
            response.qcontext.update(
                portal_home=self._prepare_portal_home(response.qcontext["portal_menu"]),
                portal_replaced_counters=self._get_portal_replaced_counters(),
                portal_hidden_cards=REPLACED_CARDS,
            )
        return response

    def _prepare_portal_account_links(self, menu):
        """Return where the contact looks after its own data.

        :param list[dict] menu: of the page, see ``_prepare_portal_menu``
        :return: dicts with ``key``, ``label``, ``url``
        :rtype: list[dict]
        """
        env, user = request.env, request.env.user
        links = [entry for entry in menu if entry.get("place") == "own"]
        links.append({"key": "addresses", "label": env._("Addresses"), "url": "/my/addresses"})
        if not user.share or user._portal_allows("portal_allow_saved_methods", "can_pay"):
            label = env._("Saved payment methods")
            links.append({"key": "methods", "label": label, "url": "/my/payment_method"})
        links.append({"key": "security", "label": env._("Security"), "url": "/my/security"})
        return self._leave_out_portal_closed(links)

    def _get_portal_replaced_counters(self):
        """Return the counters whose cards are left out of the home page.

        Whether there are vendor bills is told here, where it costs less than in a call of its
        own: their card is shown at once or not at all.

        :rtype: tuple[str]
        """
        counters = request.session.get("portal_counters", {})
        has_bills = self._has_portal_vendor_bills()
        if counters.get("bill_count") != has_bills:
            request.session["portal_counters"] = {**counters, "bill_count": has_bills}
        return REPLACED_COUNTERS if has_bills else (*REPLACED_COUNTERS, "bill_count")

    def _prepare_portal_home(self, menu):
        """Return what our part of the home page shows.

        :param list[dict] menu: of the page, see ``_prepare_portal_menu``
        :return: ``customer`` (name), ``closed``, ``show_balance``, ``show_company``, ``cards``
            (of companies), ``account_links``, ``balances``, ``todo``, ``pay_url``,
            ``statement_url``, ``charts``, ``latest``, ``announcements``
        :rtype: dict
        """
        user = request.env.user
        contact = self._get_portal_contact()
        companies = user._portal_companies()
        values = {
            "customer": contact.commercial_partner_id.name,
            "closed": not companies or not contact.commercial_partner_id.portal_access,
            "show_balance": user._portal_allows_invoices(),
            "cards": [],
            "account_links": self._prepare_portal_account_links(menu),
            "show_company": False,
            "balances": [],
            "todo": [],
            "pay_url": None,
            "statement_url": None,
            "charts": [],
            "latest": [],
            "announcements": request.env["customer.portal.announcement"]._portal_rows(user),
        }
        shown = companies
        if not values["closed"]:
            balances = self._prepare_portal_balances()
            values.update(
                balances=balances,
                charts=self._prepare_portal_charts(balances),
                todo=self._prepare_portal_todo(balances),
                pay_url=self._get_portal_pay_all_url(balances),
                statement_url="/my/statement" if user._portal_statement_companies() else None,
                latest=self._prepare_portal_latest(),
            )
            with_documents = (
                request.env["res.company"]
                .sudo()
                .union(*(balance["company"] for balance in balances))
            )
            shown = with_documents or user.company_id.sudo() & companies or companies[:1]
            values["show_company"] = len(with_documents) > 1
        values["cards"] = [
            company._portal_contact_card() for company in shown or user.company_id.sudo()
        ]
        return values

    def _prepare_portal_balances(self):
        """Return what is owed, by company and currency, with what was invoiced.

        :return: see ``account.move._portal_account``
        :rtype: list[dict]
        """
        user = request.env.user
        if not user._portal_allows_invoices():
            return []
        return request.env["account.move"]._portal_account(
            self._get_portal_contact(), user._portal_companies("portal_show_invoices")
        )

    def _prepare_portal_todo(self, balances):
        """Return what waits for the contact, the most urgent first.

        For a page family to put something there, it must extend this method.

        :param list balances: see ``_prepare_portal_balances``
        :return: dicts with ``key``, ``label``, ``url``, ``urgent``
        :rtype: list[dict]
        """
        user = request.env.user
        todo = []
        pending = sum(entry["pending_count"] - entry["covered_count"] for entry in balances)
        overdue = sum(entry["overdue_count"] for entry in balances)
        if overdue:
            todo.append(
                {
                    "key": "overdue",
                    "label": request.env._("%s overdue invoices", overdue)
                    if overdue > 1
                    else request.env._("1 overdue invoice"),
                    "url": "/my/invoices?filterby=overdue",
                    "urgent": True,
                }
            )
        if pending > overdue:
            count = pending - overdue
            todo.append(
                {
                    "key": "pending",
                    "label": request.env._("%s invoices to pay, not yet due", count)
                    if count > 1
                    else request.env._("1 invoice to pay, not yet due"),
                    "url": "/my/invoices?filterby=pending&sortby=duedate",
                    "urgent": False,
                }
            )
        if user._portal_allows("portal_show_quotes", "can_see_quotes"):
            Order, allowed = self._get_portal_documents("sale.order")
            waiting = Order._portal_waiting(allowed)
            todo += self._prepare_portal_approvals(waiting)
            count = Order.search_count(allowed & Order._portal_to_answer_domain(), limit=100)
            count -= len(waiting)
            if count > 0:
                todo.append(
                    {
                        "key": "quotes",
                        "label": request.env._("%s quotes to answer", count)
                        if count > 1
                        else request.env._("1 quote to answer"),
                        "url": "/my/quotes?filterby=to_answer",
                        "urgent": False,
                    }
                )
        return todo + self._prepare_portal_unread()

    def _prepare_portal_approvals(self, waiting):
        """Return the entries of ``_prepare_portal_todo`` for quotes that two people must accept.

        :param sale.order waiting: those that one has accepted
        :rtype: list[dict]
        """
        contact = self._get_portal_contact()
        mine = waiting.filtered(lambda order: order._portal_is_first_person(contact))
        entries = []
        if (others := waiting - mine) and contact._portal_can("can_accept"):
            label = (
                request.env._("%s quotes waiting for your approval", len(others))
                if len(others) > 1
                else request.env._("1 quote waiting for your approval")
            )
            entries.append(("approvals", label, True))
        if mine:
            label = (
                request.env._("%s quotes waiting for a colleague's approval", len(mine))
                if len(mine) > 1
                else request.env._("1 quote waiting for a colleague's approval")
            )
            entries.append(("awaited", label, False))
        return [
            {"key": key, "label": label, "url": "/my/quotes?filterby=approval", "urgent": urgent}
            for key, label, urgent in entries
        ]

    def _prepare_portal_unread(self):
        """Return the entries of ``_prepare_portal_todo`` for messages to read.

        :rtype: list[dict]
        """
        user = request.env.user
        contact = self._get_portal_contact()
        if user._portal_allows("portal_allow_messages", "can_message"):
            return self._prepare_portal_unread_messages()
        domains = {}
        for model_name in ("account.move", "sale.order"):
            Document, allowed = self._get_portal_documents(model_name)
            domains[model_name] = allowed & Document._portal_unread_domain(contact)
        counts = request.env["customer.portal.access.mixin"]._portal_unread_counts(domains)
        quotes = user._portal_allows("portal_show_quotes", "can_see_quotes")
        entries = []
        if count := counts["account.move"]:
            label = (
                request.env._("New messages on %s invoices", count)
                if count > 1
                else request.env._("New message on an invoice")
            )
            entries.append(("unread_invoices", label, "/my/invoices"))
        if count := counts["sale.order"]:
            label = (
                request.env._("New messages on %s quotes or orders", count)
                if count > 1
                else request.env._("New message on a quote or order")
            )
            entries.append(("unread_orders", label, "/my/quotes" if quotes else "/my/orders"))
        return [
            {"key": key, "label": label, "url": f"{url}?filterby=unread", "urgent": False}
            for key, label, url in entries
        ]

    def _get_portal_todo_domains(self):
        """Return what is counted for the home page in one query.

        For a page family to have something counted, it must extend this method.

        :return: by model name, the gates in them
        :rtype: dict[str, Domain]
        """
        if not request.env.user._portal_allows("portal_allow_messages", "can_message"):
            return {}
        Conversation, allowed = self._get_portal_documents("customer.portal.conversation")
        unread = Conversation._portal_unread_domain(self._get_portal_contact())
        return {Conversation._name: allowed & unread}

    def _get_portal_todo_counts(self):
        """Return the counts of ``_get_portal_todo_domains``, asked once in a request.

        :rtype: dict[str, int]
        """
        if not hasattr(request, "portal_todo_counts"):
            domains = self._get_portal_todo_domains()
            counts = request.env["customer.portal.access.mixin"]._portal_unread_counts(domains)
            request.portal_todo_counts = counts
        return request.portal_todo_counts

    def _prepare_portal_unread_messages(self):
        """Return the entry for the page of messages; the lists of documents have theirs where
        that page is switched off."""
        count = self._get_portal_todo_counts().get("customer.portal.conversation")
        if not count:
            return []
        return [
            {
                "key": "messages",
                "label": request.env._("%s conversations with new messages", count)
                if count > 1
                else request.env._("1 conversation with new messages"),
                "url": "/my/messages?filterby=unread" if count > 1 else "/my/messages",
                "urgent": False,
            }
        ]

    def _get_portal_pay_all_url(self, balances):
        """Return where the contact pays what is asked for; None if there is nothing to pay or
        no way to.

        :param list balances: see ``_prepare_portal_balances``
        :rtype: str | None
        """
        if (
            all(entry["pending_count"] == entry["covered_count"] for entry in balances)
            or not request.env.user._portal_can_pay_online()
        ):
            return None
        overdue = any(entry["overdue_count"] for entry in balances)
        return f"/my/pay?select={'overdue' if overdue else 'all'}"

    def _prepare_portal_charts(self, balances):
        """Return the charts of pending and paid by month, and the figures for the table that
        everybody can read.

        :param list balances: see ``_prepare_portal_balances``
        :return: dicts with ``company``, ``currency``, ``rows`` of the table, and what the template
            ``portal_bars`` draws: ``bars``, ``names``, ``texts``
        :rtype: list[dict]
        """
        env = request.env
        names = {"pending": env._("Pending"), "paid": env._("Paid")}
        charts = []
        for entry in balances:
            months = entry["months"]
            if not months:
                continue
            currency = entry["currency"]
            rows = [
                {
                    **row,
                    "label": format_date(env, row["month"], date_format="MMM yy"),
                    "short": format_date(env, row["month"], date_format="LLL"),
                }
                for row in months
            ]
            charts.append(
                {
                    "company": entry["company"].name,
                    "currency": currency,
                    "rows": rows,
                    "bars": draw_bars([tuple(row[key] for key in names) for row in rows]),
                    "names": list(names.values()),
                    "texts": [
                        f"{row['label']} · {name}: {format_amount(env, row[key], currency)}"
                        for row in rows
                        for key, name in names.items()
                    ],
                }
            )
        return charts

    def _prepare_portal_latest(self):
        """Return the newest documents of all kinds that the contact may see.

        :return: rows, see ``customer.portal.access.mixin._portal_rows``
        :rtype: list[dict]
        """
        user = request.env.user
        rows = []
        if user._portal_allows_invoices():
            Move, allowed = self._get_portal_documents("account.move")
            order = "invoice_date desc, id desc"
            rows += Move.search(allowed, order=order, limit=LATEST)._portal_rows()
        if user.partner_id._portal_can("can_see_quotes"):
            Order, allowed = self._get_portal_documents("sale.order")
            order = "date_order desc, id desc"
            rows += Order.search(allowed, order=order, limit=LATEST)._portal_rows()
        return sorted(rows, key=lambda row: row["date"], reverse=True)[:LATEST]
