"""Pages in a real browser under axe-core, the common checker of WCAG 2.2 level AA: on a phone, and
with ``./dev test --all`` on a wide screen too. No violation is accepted but those of ``ACCEPTED``.

All pages of a contact are loaded into a frame of one page, so that one browser is started.
"""

import importlib.util
import json
from datetime import date
from pathlib import Path

from odoo.tests import tagged

from .common import EVERYTHING, PortalHttpCase

WIDTHS = (390, 1280) if EVERYTHING else (390,)
# What is not ours to mend: a rule and a part of the element.
ACCEPTED = [
    # Odoo's mark of a payment provider in test mode, which no customer sees.
    ["aria-prohibited-attr", "Test mode"],
]
STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
CHECK = """
const found = [];
async function check(page, where) {
    page.eval(AXE);
    const result = await page.axe.run(page.document, {
        runOnly: { type: "tag", values: STANDARD },
        resultTypes: ["violations"],
    });
    for (const rule of result.violations) {
        for (const node of rule.nodes) {
            found.push([where, rule.id, node.target.join(" "), node.html.slice(0, 200)]);
        }
    }
}
function tell() {
    const left = found.filter(
        (one) => !ACCEPTED.some(([rule, part]) => one[1] === rule && one[3].includes(part))
    );
    if (left.length) {
        console.error(left.map((one) => one.join(" | ")).join("\\n"));
    } else {
        console.log("test successful");
    }
}
"""
ALONE = "check(window, location.pathname).then(tell);"
FRAMED = """
(async () => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position:absolute;top:0;left:0;border:0;height:4000px;background:#fff";
    document.body.replaceChildren(frame);
    for (const width of WIDTHS) {
        frame.style.width = width + "px";
        for (const [url, before] of PAGES) {
            await new Promise((loaded) => {
                frame.onload = loaded;
                frame.src = url;
            });
            const page = frame.contentWindow;
            if (page.document.querySelector("#wrap")) {
                await new Promise((done) => setTimeout(done, 400));
                if (before) {
                    page.document.querySelector(before).click();
                    await new Promise((done) => setTimeout(done, 600));
                }
                await check(page, `${url} at ${width}`);
            } else {
                found.push([url, "no page of the portal", "", ""]);
            }
        }
    }
    tell();
})();
"""


def axe_source():
    """Return axe-core's script."""
    spec = importlib.util.find_spec("axe_playwright_python")
    return Path(spec.origin).with_name("axe.min.js").read_text()


class AccessibilityCase(PortalHttpCase):
    def assert_accessible(self, url, script, pages=(), login=None):
        """Fail on a violation.

        :param str url: where the browser goes
        :param str script: ``ALONE`` for that page, ``FRAMED`` for others of the same visitor
        :param list pages: each an address, and what is clicked first or None
        :param str login: who signs in; nobody if None
        """
        names = {
            "AXE": axe_source(),
            "PAGES": pages,
            "WIDTHS": WIDTHS,
            "STANDARD": STANDARD,
            "ACCEPTED": ACCEPTED,
        }
        values = "".join(f"const {name} = {json.dumps(value)};" for name, value in names.items())
        self.browser_js(url, f"{{{values}{CHECK}{script}}}", login=login, timeout=240)


@tagged("post_install", "-at_install")
class TestAccessibility(AccessibilityCase):
    def test_pages_of_a_contact(self):
        self.company.write(
            {
                "portal_show_statement": True,
                "portal_allow_disputes": True,
                "portal_allow_promises": True,
                "portal_allow_confirmations": True,
                "portal_allow_plans": True,
                "portal_allow_seats": True,
                "portal_claim_interest": True,
                "portal_claim_fixed_sum": True,
                "portal_show_347": True,
                "primary_color": "#ffd500",
            }
        )
        self.company.account_fiscal_country_id = self.env.ref("base.es")
        self._use_interest_rates({})
        year = self.today.year - 1
        self._create_invoice(self.alfa, amount=5000, invoice_date=date(year, 5, 1))
        invoice = self._create_invoice(self.alfa, amount=100, days=-60, due_days=-30)
        self._create_invoice(self.alfa, amount=23.5)
        Plan = self.env["customer.portal.plan"]
        wishes = (
            self.user_full.partner_id,
            self._create_invoice(self.alfa, amount=300),
            3,
            self.today,
            0,
        )
        plan = Plan._portal_propose(*wishes, Plan._portal_offer(*wishes)["digest"])
        self._create_seat(self.user_full, self.beta)
        quote = self._create_order(self.alfa)
        order = self._create_order(self.alfa, state="sale")
        pages = [
            [url, None]
            for url in (
                "/my",
                "/my/invoices",
                f"/my/invoices/{invoice.id}",
                f"/my/invoices/{invoice.id}/dispute",
                "/my/invoices?search=nothing-like-it",
                "/my/quotes",
                f"/my/orders/{quote.id}",
                "/my/orders",
                f"/my/orders/{order.id}",
                "/my/pay",
                "/my/payments",
                "/my/payments/report",
                "/my/promises",
                "/my/balances",
                "/my/plans",
                f"/my/plans/{plan.id}",
                "/my/interest",
                "/my/347",
                "/my/purchases",
                "/my/statement",
                "/my/search?search=12",
                "/my/documents",
                "/my/messages",
                "/my/messages/new",
                "/my/team",
                "/my/seats?date_begin=2026-01-01",
                "/my/seats/pay",
                "/my/account",
                "/my/security",
                "/my/payment_method",
            )
        ]
        pages.append([f"/my/orders/{quote.id}", ".o_portal_plus_accept"])
        pages.append([f"/my/orders/{quote.id}", ".o_portal_plus_reject"])
        self.assert_accessible("/my", FRAMED, pages, login=self.user_full.login)


@tagged("post_install", "-at_install")
class TestAccessibilityOfGuests(AccessibilityCase):
    """Pages that stand in no frame, on a phone."""

    browser_size = "390x844"

    def test_page_of_the_company(self):
        self.company.write(
            {
                "phone": "+34 911 234 567",
                "email": "info@example.com",
                "website": "https://www.example.com",
                "social_facebook": "https://social.example.com/company",
                "social_linkedin": "https://jobs.example.com/company",
                "portal_show_phone": True,
                "portal_show_social": True,
            }
        )
        self.assert_accessible(f"/p/{self.company.portal_alias}", ALONE)

    def test_sign_in(self):
        self.assert_accessible("/web/login", ALONE)

    def test_personal_link(self):
        invoice = self._create_invoice(self.alfa, amount=100, days=-60, due_days=-30)
        link = self.env["customer.portal.link"]._make(invoice, self.user_full.partner_id)
        self.assert_accessible(link, ALONE)
