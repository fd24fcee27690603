"""Lists of documents of other apps: in the menu, in the search, as files and as cards."""

from functools import partial

from odoo.http import request

from .home import PortalHome


class DocumentLists(PortalHome):
    def _get_portal_document_lists(self):
        """Return the lists of documents of other apps.

        For a module to show its documents in a list, it must extend this method.

        :return: by their keys in menu, search and files, dicts with ``label``, ``model`` (behind
            the gates), ``url``, ``pages`` (see ``_prepare_portal_menu``; the first is that of the
            list), ``sequence`` (in the menu), ``may_see`` (whether the contact may see such
            documents at all) and ``counter`` (of the card of the home page, None if another
            module counts)
        :rtype: dict[str, dict]
        """
        return {}

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        for key, entry in self._get_portal_document_lists().items():
            if entry["may_see"]:
                menu.append(
                    {
                        "key": key,
                        "label": entry["label"],
                        "url": entry["url"],
                        "pages": entry["pages"],
                        "sequence": entry["sequence"],
                        "place": "more",
                    }
                )
        return menu

    def _prepare_portal_search_sections(self, text):
        sections = super()._prepare_portal_search_sections(text)
        for key, entry in self._get_portal_document_lists().items():
            if entry["may_see"]:
                found = self._search_portal_documents(entry["model"], entry["url"], text)
                sections.append({"key": key, "label": entry["label"], **found})
        return sections

    def _get_portal_lists(self):
        lists = super()._get_portal_lists()
        for entry in self._get_portal_document_lists().values():
            key = entry["url"].rpartition("/")[2]
            read = partial(self._read_portal_document_list, entry)
            lists[key] = {"label": entry["label"], "read": read}
        return lists

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for entry in self._get_portal_document_lists().values():
            if entry["counter"] in counters:
                Document, allowed = self._get_portal_documents(entry["model"])
                values[entry["counter"]] = Document.search_count(allowed, limit=1)
        return values

    def _read_portal_document_list(self, entry):
        """Return which documents of a list are asked for, see ``_read_portal_list``; None if the
        contact may see none.

        :param dict entry: of ``_get_portal_document_lists``
        :rtype: dict | None
        """
        if not entry["may_see"]:
            return None
        filters = request.env[entry["model"]]._portal_filters()
        filterby = request.params.get("filterby")
        return self._read_portal_list(entry["model"], entry["url"], filters, filterby)

    def _prepare_portal_document_list(self, key):
        """Return the values for the page with a list, see ``_prepare_portal_list``; None if the
        contact may see none.

        :param str key: of ``_get_portal_document_lists``
        :rtype: dict | None
        """
        entry = self._get_portal_document_lists()[key]
        asked = self._read_portal_document_list(entry)
        return asked and {**self._show_portal_list(asked), "page_name": entry["pages"][0]}
