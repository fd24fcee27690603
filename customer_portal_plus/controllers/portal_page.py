"""What all our pages share: menu, lists, the log of downloads."""

import io
import logging
import tempfile
from operator import itemgetter

from werkzeug.urls import url_encode
from werkzeug.wsgi import FileWrapper

from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.lists.customer_portal_access_mixin_search import (
    MIN_LINE_WORD,
    read_search,
    search_words,
)
from ..models.people.ir_http_seat import is_own_path
from ..tools.file_types import shown_type
from ..tools.parsing import parse_date, parse_id
from ..tools.table_files import MIMETYPES, csv_parts, write_csv, write_xlsx
from .gate import DocumentGate

PAGE_SIZE = 25
# Deeper pages cost more the deeper they are: further back one gets by date.
MAX_PAGES = 40
SECTION_SIZE = 5  # of what is found, page family by page family

_logger = logging.getLogger(__name__)


def reads_only(_controller, _rule, _args):
    """Tell Odoo that a page of core only reads, now: a plain True would be taken for a slip."""
    return True


class PortalPage(DocumentGate):
    # === MENU === #

    def _prepare_portal_menu(self):
        """Return the sections of the portal that the signed-in contact may open.

        For a page family to appear in the menu, it must extend this method.

        :return: dicts with ``key``, ``label``, ``url``, ``pages`` (the values of ``page_name``
            for which the entry is the current one), ``sequence`` (its place among the others) and,
            where it stands behind "More", ``place``: "more", or "own" for the contact's own data
        :rtype: list[dict]
        """
        user = request.env.user
        menu = [
            {
                "key": "home",
                "label": request.env._("Home"),
                "url": "/my",
                "pages": ["home"],
                "sequence": 10,
            }
        ]
        if user._portal_allows_invoices():
            menu.append(
                {
                    "key": "invoices",
                    "label": request.env._("Invoices"),
                    "url": "/my/invoices",
                    "pages": ["invoice", "purchases"],
                    "sequence": 20,
                }
            )
        if user._portal_allows("portal_show_quotes", "can_see_quotes"):
            menu.append(
                {
                    "key": "quotes",
                    "label": request.env._("Quotes"),
                    "url": "/my/quotes",
                    "pages": ["quote"],
                    "sequence": 30,
                }
            )
        if user._portal_allows("portal_show_orders", "can_see_quotes"):
            menu.append(
                {
                    "key": "orders",
                    "label": request.env._("Orders"),
                    "url": "/my/orders",
                    "pages": ["order"],
                    "sequence": 40,
                }
            )
        return menu

    def _sort_portal_menu(self):
        menu = sorted(self._prepare_portal_menu(), key=itemgetter("sequence"))
        return self._leave_out_portal_closed(menu)

    def _leave_out_portal_closed(self, links):
        """Return links without those that are closed to who acts for a customer by a seat.

        :param list[dict] links: with ``url``
        :rtype: list[dict]
        """
        if not request.env.user._portal_is_seat():
            return links
        return [link for link in links if not is_own_path(link["url"])]

    def _prepare_portal_layout_values(self):
        """Override of `portal` to show our menu on all pages of the portal."""
        return {
            **super()._prepare_portal_layout_values(),
            "portal_menu": self._sort_portal_menu(),
            "portal_seats": self._prepare_portal_seat_bar(),
        }

    def _prepare_portal_seat_bar(self):
        """Return what the head of the page shows of seats; nothing to staff who see the portal
        as a customer.

        :return: see ``res.users._portal_seat_bar``
        :rtype: dict
        """
        if getattr(request, "portal_preview", None):
            return {}
        return request.env.user._portal_seat_bar()

    # === FILES === #

    def _make_portal_file_response(self, name, content, shown=False):
        """Return a file that the browser saves, or shows in the page if that does no harm.

        :param str name: of the file
        :param bytes content: whatever somebody shared or sent
        :param bool shown: whether it is to be shown, if it can be
        """
        if not content:
            # Odoo reads a file that its store has lost as an empty one.
            _logger.error("A file of the portal can't be read: %s", request.httprequest.path)
            words = request.env._("This file can't be read at present. Please ask us for it.")
            headers = [("Content-Type", "text/plain; charset=utf-8")]
            return request.make_response(words, headers=headers, status=404)
        media_type = shown_type(content) if shown else None
        # Not every browser starts its reader of PDF files in a sandbox; it runs nothing as ours.
        walls = ["default-src 'none'", "sandbox"] if media_type != "application/pdf" else []
        return request.make_response(
            content,
            headers=[
                # What is saved has no type: nothing runs in the portal's name.
                ("Content-Type", media_type or "application/octet-stream"),
                (
                    "Content-Disposition",
                    content_disposition(name, "inline" if media_type else "attachment"),
                ),
                ("Content-Security-Policy", "; ".join([*walls, "frame-ancestors 'self'"])),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Frame-Options", "SAMEORIGIN"),
                ("Cache-Control", "private, no-store"),
            ],
        )

    # === SEARCH === #

    def _prepare_portal_search_sections(self, text):
        """Return what is found of all that the signed-in contact may see.

        For a page family to be searched, its controller must extend this method.

        :param str text: what the contact typed, never empty
        :return: dicts with ``key``, ``label``, ``rows`` (dicts with ``name``, ``url`` and ``date``;
            ``detail``, ``state_label`` with ``state_tone``, ``total`` with ``currency``, if they
            have such) and ``more_url`` (empty if that is all)
        :rtype: list[dict]
        """
        return []

    def _search_portal_documents(self, model_name, url, text, domain=None):
        """Return a section of the search: the documents that are called so, then the newest.

        :param str model_name: a model behind the gates
        :param str url: address of its list
        :param str text: what the contact typed
        :param Domain domain: further conditions
        :return: ``rows`` and ``more_url`` of the section
        :rtype: dict
        """
        Document, allowed = self._get_portal_documents(model_name, domain)
        found = allowed & Document._portal_search_domain(self._get_portal_contact(), text)
        named = Document.search(
            allowed & Domain("name", "in", [text, text.upper()]), limit=SECTION_SIZE
        )
        order = next(iter(Document._portal_sorts().values()))["order"]
        others = Document.search(
            found & Domain("id", "not in", named.ids), order=order, limit=SECTION_SIZE + 1
        )
        documents = named + others
        return {
            "rows": documents[:SECTION_SIZE]._portal_rows(),
            "more_url": (
                f"{url}?{url_encode({'filterby': 'all', 'search': text})}"
                if len(documents) > SECTION_SIZE
                else ""
            ),
        }

    # === LOG === #

    def _note_portal_download(self, response, model_name, document_id):
        """Note a download if ``response`` is a file.

        :param response: what is answered
        :param str model_name: model of the document
        :param int document_id: its number
        :return: ``response``
        """
        is_file = getattr(response, "mimetype", "text/html") not in ("text/html", "text/plain")
        if response.status_code == 200 and is_file and request.httprequest.method == "GET":
            request.env["customer.portal.event"]._log_document("download", model_name, document_id)
        return response

    def _answer_portal_with_file(self, file, mimetype, name):
        """Return the answer with a file that was written to a temporary one.

        Whoever loads it slowly holds no cursor meanwhile, and an error was an error before: half a
        file is never sent.

        :param file: the temporary file, of bytes; closed when it was sent
        :param str mimetype: what it is
        :param str name: how it is called
        """
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        return request.make_response(
            FileWrapper(file),
            headers=[
                ("Content-Type", mimetype),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    def _answer_portal_with_table(self, extension, sheets, title, name, streamed=False):
        """Return the answer with tables for a spreadsheet, and note the download.

        :param str extension: a key of ``tools.table_files.MIMETYPES``
        :param sheets: an iterable of ``tools.table_files.Sheet``
        :param str title: of the file
        :param str name: of the file, without its ending
        :param bool streamed: whether a table in text may be sent while it is made, see
            ``_answer_portal_with_parts``
        """
        name, mimetype = f"{name}.{extension}", MIMETYPES[extension]
        mark = request.env["res.lang"]._get_data(code=request.env.lang or "en_US").decimal_point
        if streamed and extension == "csv":
            response = self._answer_portal_with_parts(csv_parts(sheets, mark), mimetype, name)
        else:
            file = tempfile.TemporaryFile()  # noqa: SIM115 closed when it was sent
            if extension == "xlsx":
                company_sudo = request.env.company.sudo()  # Its name is on each page.
                write_xlsx(file, sheets, title, company_sudo.name)
            else:
                write_csv(file, sheets, mark)
            response = self._answer_portal_with_file(file, mimetype, name)
        request.env["customer.portal.event"]._log(
            "download", contact=self._get_portal_contact(), detail=name, own_transaction=True
        )
        return response

    def _answer_portal_with_parts(self, parts, mimetype, name):
        """Return the answer with a text that is sent while it is made.

        The first part is made at once: what goes wrong by then is an error of the page. What goes
        wrong later is said at the end of the file, as nobody would see that it ends too early.

        :param parts: an iterator of bytes, of a text; needs neither the request nor its cursor
        :param str mimetype: what it is
        :param str name: how it is called
        """
        first = next(parts, b"")
        warning = request.env._("This file is not complete. Please download it again.")

        def all_parts():
            yield first
            try:
                yield from parts
            except Exception:
                _logger.exception("A file that was being sent broke off: %s", name)
                yield f"\r\n{warning}\r\n".encode()

        return self._answer_portal_with_stream(all_parts(), mimetype, name)

    def _answer_portal_with_stream(self, parts, mimetype, name):
        """Return the answer with a file that is sent while it is made.

        :param parts: an iterator of bytes; needs neither the request nor its cursor
        :param str mimetype: what it is
        :param str name: how it is called
        """
        return request.make_response(
            parts,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    # === FORMS === #

    @route(
        [
            "/my/invoices/download",
            "/my/invoices/packs/<int:pack_id>/download",
            "/my/invoices/<int:invoice_id>/dispute/send",
            "/my/pay/choose",
            "/my/payments/report/send",
            "/my/plans/send",
            "/my/promises/send",
            "/my/balances/<int:balance_id>/answer",
            "/my/347/send",
            "/my/documents/<int:document_id>/sign",
            "/my/documents/<int:document_id>/reject",
            "/my/documents/requests/<int:request_id>/upload",
            "/my/sign/<int:signing_id>/confirm",
        ],
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def portal_form_page(self, **kwargs):
        """Lead who loads the address of a form anew to the page with the form."""
        return request.redirect(request.httprequest.path.rpartition("/")[0], 303)

    # === LISTS === #

    def _get_portal_lists(self):
        """Return the lists that can be had as files.

        For a page family to have its list as a file, its controller must extend this method, and
        the model of the list have columns, see ``customer.portal.file.mixin``.

        :return: end of the list's address (``invoices`` of ``/my/invoices``) -> ``label``, and
            ``read``, a method that returns ``documents``, ``shown`` and ``order`` as
            ``_read_portal_list`` does; nothing if the contact may not see the list
        :rtype: dict[str, dict]
        """
        return {}

    def _prepare_portal_exports(self, url, url_args=None):
        """Return as which files a list can be had, under the filters that hold.

        :param str url: address of the list
        :param dict url_args: what its query string asks for
        :return: dicts with ``label`` and ``url``, for template ``portal_exports``
        :rtype: list[dict]
        """
        is_file = url.rpartition("/")[2] in self._get_portal_lists()
        return self._get_portal_export_links(url, url_args) if is_file else []

    def _get_portal_export_links(self, url, url_args=None, extensions=tuple(MIMETYPES)):
        """Return the links to the files of a page.

        :param str url: address of the page
        :param dict url_args: what its query string asks for
        :param extensions: which kinds of files it has
        :return: see ``_prepare_portal_exports``
        :rtype: list[dict]
        """
        query = f"?{url_encode(url_args)}" if url_args else ""
        return [
            {"label": extension.upper(), "url": f"{url}/export.{extension}{query}"}
            for extension in extensions
        ]

    def _prepare_portal_list(self, model_name, url, filters, filterby=None):
        """Return the values for a list page: what is asked for in the query string, and the rows
        of that page. For the params see ``_read_portal_list``.

        :return: values for template ``customer_portal_plus.portal_list``
        :rtype: dict
        """
        return self._show_portal_list(self._read_portal_list(model_name, url, filters, filterby))

    def _read_portal_list(self, model_name, url, filters, filterby=None, domain=None):
        """Return which documents a list has, as the query string asks for it (``sortby``,
        ``search``, ``date_begin``, ``date_end``), as far as it makes sense.

        :param str model_name: a model behind the gates
        :param str url: address of the list
        :param dict filters: see ``customer.portal.access.mixin._portal_filters``
        :param str filterby: key of the filter that is asked for; the first holds if it is none
        :param Domain domain: further conditions on what is listed
        :return: ``documents`` (the model in sudo), ``shown`` (the domain, the gates in it),
            ``gates`` (these alone), ``order``; ``url`` and ``url_args`` (the same as a query
            string has it); and what was asked for: ``filters``, ``filterby``, ``sorts``,
            ``sortby``, ``search``, ``begin``, ``end``
        :rtype: dict
        """
        params = request.params
        if filterby == "unread":
            contact = self._get_portal_contact()
            filters = {**filters, **request.env[model_name]._portal_unread_filter(contact)}
        Document, allowed = self._get_portal_documents(model_name, domain)
        if filterby not in filters:
            filterby = next(iter(filters))
        sorts = Document._portal_sorts()
        sortby = params.get("sortby")
        if sortby not in sorts:
            sortby = next(iter(sorts))
        search = read_search(params.get("search"))
        begin = parse_date(params.get("date_begin"))
        end = parse_date(params.get("date_end"))
        if begin and end and begin > end:
            begin, end = end, begin
        shown = (
            allowed
            & filters[filterby]["domain"]
            & Document._portal_date_domain(begin, end)
            & Document._portal_search_domain(self._get_portal_contact(), search)
        )
        return {
            "documents": Document,
            "shown": shown,
            "gates": allowed,
            "order": sorts[sortby]["order"],
            "url": url,
            "url_args": {
                "filterby": filterby,
                **({"sortby": sortby} if sortby != next(iter(sorts)) else {}),
                **({"search": search} if search else {}),
                **({"date_begin": begin.isoformat()} if begin else {}),
                **({"date_end": end.isoformat()} if end else {}),
            },
            "filters": filters,
            "filterby": filterby,
            "sorts": sorts,
            "sortby": sortby,
            "search": search,
            "begin": begin,
            "end": end,
        }

    def _show_portal_list(self, asked):
        """Return the values for a list page.

        :param dict asked: see ``_read_portal_list``
        :return: values for template ``customer_portal_plus.portal_list``
        :rtype: dict
        """
        Document, shown, url = asked["documents"], asked["shown"], asked["url"]
        url_args, sorts, sortby = asked["url_args"], asked["sorts"], asked["sortby"]
        filterby, search = asked["filterby"], asked["search"]
        begin, end = asked["begin"], asked["end"]
        limit = PAGE_SIZE * MAX_PAGES
        total = Document.search_count(shown, limit=limit + 1)
        pager = portal_pager(
            url=url,
            total=min(total, limit),
            page=parse_id(request.params.get("page")) or 1,
            step=PAGE_SIZE,
            url_args=url_args,
        )
        documents = Document.search(
            shown, order=asked["order"], limit=PAGE_SIZE, offset=pager["offset"]
        )
        rows = documents._portal_rows()

        def link(**changes):
            return f"{url}?{url_encode({**url_args, **changes})}"

        return {
            **self._prepare_portal_layout_values(),
            "list_url": url,
            "rows": rows,
            "pager": pager,
            "total": total if total <= limit else None,
            "limit": limit,
            # Beyond the last page one goes on from the date of the last row.
            "older_url": link(date_end=rows[-1]["date"].isoformat(), sortby="date")
            if total > limit and rows and pager["page"]["num"] == MAX_PAGES
            else None,
            "chips": [
                {
                    "key": key,
                    "label": chip["label"],
                    "url": chip.get("url") or link(filterby=key),
                    "active": key == filterby,
                }
                for key, chip in asked["filters"].items()
            ],
            "sorts": [
                {"key": key, "label": sort["label"], "active": key == sortby}
                for key, sort in sorts.items()
            ],
            "heads": self._prepare_portal_list_heads(sorts, sortby, link),
            "exports": self._prepare_portal_exports(url, url_args),
            # Of endless lists nobody reads the sum, and it would cost the more, the longer.
            "sums": Document._portal_sums(shown) if 1 < total <= limit else [],
            "filterby": filterby,
            "search": search,
            "date_begin": begin,
            "date_end": end,
            "narrowed": bool(search or begin or end),
            "short_words": any(len(word) < MIN_LINE_WORD for word in search_words(search)),
            "clear_url": f"{url}?{url_encode({'filterby': filterby})}",
            "show_company": len({row["company"] for row in rows}) > 1,
            "no_breadcrumbs": True,
        }

    def _prepare_portal_list_heads(self, sorts, sortby, link):
        """Return what the heads of columns sort by: pressed once more, the other way round.

        :param dict sorts: see ``customer.portal.access.mixin._portal_sorts``
        :param str sortby: key of the one that holds
        :param callable link: returns the address of the list with other values
        :return: column -> ``url`` and ``sort``, a value of ``aria-sort`` (None if it is not sorted
            by that column)
        :rtype: dict[str, dict]
        """
        heads, active = {}, sorts[sortby]
        for key, sort in sorts.items():
            is_active = sort["column"] == active["column"]
            if sort["column"] not in heads or (is_active and key != sortby):
                heads[sort["column"]] = {"url": link(sortby=key), "sort": None}
        heads[active["column"]]["sort"] = "descending" if active["descending"] else "ascending"
        return heads

    def _get_portal_any(self, model_name, domain, order=None):
        """Return whether the signed-in contact has a document that meets ``domain``.

        :param str order: of an index on the customer's documents: where all customers have many,
            the database would look for the first one that comes, among those of all
        :rtype: bool
        """
        Document, allowed = self._get_portal_documents(model_name, Domain(domain))
        if order:
            return bool(Document.search(allowed, order=order, limit=1))
        return bool(Document.search_count(allowed, limit=1))
