"""Other apps beside the portal: every page of ours and of theirs that a customer or a guest comes
to answers, in each language, with one layout around it, and their cards stay on the home page."""

import os
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from devtools import databases
from devtools.browser import SECONDS, Browser
from devtools.demo import PASSWORD
from devtools.live_server import LiveServer

# Of the demo, with documents of all kinds.
CONTACT = "gerencia.talleres@example.com"
NEIGHBOURS = (
    "auth_oauth", "event", "hr_timesheet", "l10n_cl", "l10n_co", "l10n_es_edi_facturae",
    "l10n_es_edi_verifactu", "l10n_mx", "project", "purchase", "sale_stock",
)  # fmt: skip
WEBSITE = ("website_event", "website_sale", "website_slides")
FIRST = (
    "/my",
    "/",
    "/web/login",
    "/web/signup",
    "/web/reset_password",
    "/shop",
    "/slides",
    "/event",
)
# Of one page each of the same kind is asked for; these end the session or change something.
# The languages of a website are asked for by its cookie.
LEFT_OUT = re.compile(
    r"^/(static|web/(?!login|signup|reset)|odoo|im_livechat|website/|(en|es)(_\w+)?(/|$))|/logout"
)
# With the name that a website's addresses have beside it.
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[^/]*\d+")

# Switches on what the demo leaves off; has the language in the addresses of a website, too.
# Prints the languages, the routes without a parameter and the counters of cards on the home page.
PREPARE = """
import re
switches = [name for name in env["res.company"]._fields
            if name.startswith(("portal_show_", "portal_allow_"))
            and env["res.company"]._fields[name].type == "boolean"]
env["res.company"].search([]).write(dict.fromkeys(switches, True))
languages = env["res.lang"].search([])
if "website" in env:
    env["website"].search([]).language_ids = languages
print("LANGUAGES", *languages.mapped("code"))
for rule in env["ir.http"].routing_map().iter_rules():
    routing = rule.endpoint.routing
    if routing["type"] == "http" and "GET" in (routing.get("methods") or ["GET"]):
        if re.match("/my(/|$)", rule.rule) and not rule.arguments:
            print("ROUTE", rule.rule)
homes = env["ir.ui.view"].search([("inherit_id.key", "=", "portal.portal_my_home")])
for arch in homes.with_context(lang="en_US").mapped("arch_db"):
    for counter in re.findall("placeholder_count['\\"] t-value=\\"'(\\\\w+)'\\"", arch):
        print("CARD", counter)
"""


class _Sweep:
    """What a browser of somebody comes to, page by page, on a server."""

    def __init__(self, server, routes, contact=None):
        self.server = server
        self.browser = Browser(server.base_url)
        if contact:
            self.browser.sign_in(contact, PASSWORD)
        # Kind of page -> an address of it.
        self.found = {}
        self.wrong = []
        self._follow([*FIRST, *routes])

    def _follow(self, waiting):
        """Go wherever links lead, to one page of each kind."""
        waiting = [(address, "") for address in waiting]
        while waiting:
            address, source = waiting.pop(0)
            kind = NUMBER.sub("N", urlsplit(address).path)
            if kind in self.found or LEFT_OUT.search(kind):
                continue
            self.found[kind] = address
            answer = self.get(address)
            if source.startswith("/my") and answer.status_code == 404:
                self.wrong.append(f"{source} leads to {address}, which is not there")
            if self._is_page(answer):
                for link in html.fromstring(answer.content).xpath("//a/@href"):
                    target = urljoin(answer.url, link.strip())
                    parts = urlsplit(target)
                    if f"{parts.scheme}://{parts.netloc}" == self.server.base_url:
                        query = f"?{parts.query}" if parts.query else ""
                        waiting.append((parts.path + query, address))

    def get(self, address, language="en_US"):
        self.browser.cookies.set("frontend_lang", language)
        return self.browser.get(self.server.base_url + address, timeout=SECONDS)

    @staticmethod
    def _is_page(answer):
        return answer.status_code < 400 and "html" in answer.headers.get("Content-Type", "")

    def ask_all(self, languages):
        """Ask for all that was found, in each language; what is wrong is in ``wrong``."""
        for address in self.found.values():
            for language in languages:
                answer = self.get(address, language)
                what = f"{address} in {language}"
                if answer.status_code >= 500 or b"Traceback (most recent" in answer.content:
                    self.wrong.append(f"{what}: {answer.status_code}")
                elif self._is_page(answer):
                    self.wrong += [f"{what}: {one}" for one in self._layout(answer, language)]

    @staticmethod
    def _layout(answer, language):
        """Return what stands more than once around a page, or not at all."""
        page = html.fromstring(answer.content)
        frames = page.xpath("//*[@id='wrapwrap']")
        if frames:
            counts = {
                "html": len(re.findall(rb"<html[\s>]", answer.content)),
                "frame": len(frames),
                "main": len(page.xpath("//main")),
                "head": len(page.xpath("//header[@id='top']")),
                "foot": len(page.xpath("//footer[@id='bottom']")),
            }
            yield from (f"{count} times {name}" for name, count in counts.items() if count != 1)
            if page.get("lang") != language.replace("_", "-"):
                yield f"is in {page.get('lang')}"
        ids = Counter(
            page.xpath("//*[starts-with(@id, 'portal_') or starts-with(@id, 'o_cpp')]/@id")
        )
        yield from (f"{count} times #{name}" for name, count in ids.items() if count > 1)


def _sweep(server):
    """Ask for all pages of a server; return how many kinds of pages a contact comes to.

    :rtype: int
    """
    told = [line.split() for line in server.run_code(PREPARE).splitlines()]
    languages = next(words[1:] for words in told if words and words[0] == "LANGUAGES")
    routes = [words[1] for words in told if words and words[0] == "ROUTE"]
    cards = {words[1] for words in told if words and words[0] == "CARD"}
    begun = len(server.log_text())
    contact, guest = _Sweep(server, routes, CONTACT), _Sweep(server, routes)
    for sweep in (contact, guest):
        sweep.ask_all(languages)
    problems = databases.find_problems(server.log_text()[begun:].splitlines())
    wrong = [*contact.wrong, *guest.wrong, *problems]
    assert not wrong, "\n".join(wrong)
    home = contact.get("/my").text
    counted = set(re.findall(r'data-placeholder_count="(\w+)"', home))
    # Ours stand in their place: what invoices and quotes there are is above the cards.
    ours = {
        "bill_count", "invoice_count", "order_count", "overdue_invoice_count", "quotation_count",
    }  # fmt: skip
    assert cards - ours <= counted, "cards that are lost"
    return len(contact.found)


# Another company with a website of its own and an address of its portal; the contact's customer
# buys from both.
SECOND = f"""
first = env.company
second = env["res.company"].create({{
    "name": "Segunda SL", "portal_alias": "segunda", "currency_id": first.currency_id.id}})
env["account.chart.template"].try_loading("generic_coa", company=second, install_demo=False)
first.portal_alias = "primera"
for company in (first, second):
    company.write({{"portal_enabled": True, "portal_allow_email_code": True}})
env["website"].search([("company_id", "=", first.id)], limit=1).domain = "http://primera.test"
env["website"].create(
    {{"name": "Segunda", "company_id": second.id, "domain": "http://segunda.test"}})
user = env["res.users"].search([("login", "=", {CONTACT!r})])
user.company_ids |= second
invoices = env["account.move"]
for company in (first, second):
    invoices |= env["account.move"].with_company(company).create({{
        "move_type": "out_invoice", "partner_id": user.partner_id.commercial_partner_id.id,
        "invoice_line_ids": [(0, 0, {{"name": "Obra", "price_unit": 10, "tax_ids": []}})]}})
invoices.action_post()
print("SECOND", *(f"{{one.id}} {{one.get_base_url()}}" for one in invoices),
      *(company._portal_page_url() for company in (first, second)), first.name)
"""


def _on(server, browser, host, path):
    """Ask for a page of the website of a host."""
    return browser.get(
        server.base_url + path, headers={"Host": host}, timeout=SECONDS, allow_redirects=False
    )


if os.environ.get("CPP_TEST_ALL"):

    @pytest.fixture(scope="module")
    def beside_website():
        modules = (*NEIGHBOURS, *WEBSITE, *databases.installed_by_hand())
        with LiveServer(demo=True, modules=modules) as server:
            yield server

    def test_pages_beside_other_apps():
        with LiveServer(demo=True, modules=(*NEIGHBOURS, *databases.installed_by_hand())) as server:
            assert _sweep(server) > 60

    def test_pages_beside_a_website(beside_website):
        assert _sweep(beside_website) > 60

    def test_two_companies_with_a_website_each(beside_website):
        """Each domain is its company's; the customer of both sees all on either."""
        server = beside_website
        told = server.run_code(SECOND)
        words = told[told.index("SECOND") :].splitlines()[0].split(maxsplit=7)
        of_first, first_url, of_second, second_url, first_alias, second_alias, name = words[1:]
        assert (first_url, second_url) == ("http://primera.test", "http://segunda.test")
        assert first_alias == "http://primera.test/p/primera"
        assert second_alias == "http://segunda.test/p/segunda"
        for host, company, alias in (
            ("primera.test", name, "primera"),
            ("segunda.test", "Segunda SL", "segunda"),
        ):
            guest = Browser(server.base_url)
            page = _on(server, guest, host, "/web/login").text
            title = html.fromstring(page).findtext(".//title")
            assert f'"/p/{alias}' in page, host
            page = _on(server, guest, host, f"/p/{alias}").text
            assert company in html.fromstring(page).findtext(".//title"), (host, title)
            contact = Browser(server.base_url)
            contact.headers["Host"] = host
            contact.sign_in(CONTACT, PASSWORD)
            for number in (of_first, of_second):
                assert _on(server, contact, host, f"/my/invoices/{number}").status_code == 200
            listed = _on(server, contact, host, "/my/invoices").text
            for number in (of_first, of_second):
                assert f"/my/invoices/{number}" in listed, (host, number)
