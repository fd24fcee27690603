"""People and documents that the tests share, and how to ask for pages as one of them."""

import contextlib
import os
import re
import time
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import HttpCase, TransactionCase, new_test_user
from odoo.tests.common import ChromeBrowser

# Whether all is tried (./dev test --all), or what each change has to pass.
EVERYTHING = bool(os.environ.get("CPP_TEST_ALL"))
PASSWORD = "portal-Test-2026"
# Of the longest test case, on a slow machine.
SECONDS_OF_ONE_DAY = 240


def wait_for_one_day():
    """Wait for a day that does not end meanwhile: ``today`` is read once for a test case, and the
    pages read it anew."""
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    left = (midnight - now).total_seconds()
    if left < SECONDS_OF_ONE_DAY:
        time.sleep(left + 1)


class PortalData:
    """Two customers, the first with a subsidiary and several contacts, and some documents.

    ========== ============================ =========================
    user       contact of                   profile
    ========== ============================ =========================
    full       Alfa                         Full access
    colleague  Alfa                         Purchasing (no invoices)
    own        Alfa                         Full access, own documents
    stranger   Beta                         Full access
    branch     Alfa Norte (subsidiary)      Full access
    ========== ============================ =========================
    """

    @classmethod
    def setUpClass(cls):
        wait_for_one_day()
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "no_reset_password": True,
                "mail_create_nolog": True,
            }
        )
        cls._speak_english()
        cls.company = cls.env.company
        cls.today = fields.Date.today()
        cls.profile_full = cls.env.ref("customer_portal_plus.profile_full")
        cls.profile_accounting = cls.env.ref("customer_portal_plus.profile_accounting")
        cls.profile_purchasing = cls.env.ref("customer_portal_plus.profile_purchasing")
        cls.profile_read_only = cls.env.ref("customer_portal_plus.profile_read_only")
        cls.profile_own = cls.profile_full.copy({"name": "Own documents", "scope": "own"})

        cls.alfa = cls._create_customer("Alfa Suministros SL")
        cls.beta = cls._create_customer("Beta Talleres SA")
        cls.alfa_norte = cls._create_customer("Alfa Norte SL", parent_id=cls.alfa.id)

        cls.user_full = cls._create_contact_user("Gerencia", "full", cls.alfa)
        cls.user_colleague = cls._create_contact_user(
            "Compras", "colleague", cls.alfa, cls.profile_purchasing
        )
        cls.user_own = cls._create_contact_user("Delegado", "own", cls.alfa, cls.profile_own)
        cls.user_stranger = cls._create_contact_user("Contabilidad", "stranger", cls.beta)
        cls.user_branch = cls._create_contact_user("Norte", "branch", cls.alfa_norte)
        cls.user_sales = cls._create_staff(
            "Ventas",
            "sales",
            "ventas@example.com",
            "sales_team.group_sale_salesman_all_leads",
            "base.group_partner_manager",
        )
        cls.user_accountant = cls._create_staff(
            "Facturación",
            "accountant",
            "facturacion@example.com",
            "account.group_account_manager",
            "base.group_partner_manager",
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Tornillo de latón", "list_price": 100.0, "taxes_id": [Command.clear()]}
        )

    @classmethod
    def _speak_english(cls):
        """Have pages and mails in the language of the source, whatever the database speaks."""
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        (cls.env.ref("base.public_user").partner_id | cls.env.company.partner_id).lang = "en_US"

    # === FACTORIES === #

    @classmethod
    def _create_customer(cls, name, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{name.split()[0].lower()}@example.com",
                "street": "Calle Mayor 1",
                "city": "Madrid",
                "zip": "28001",
                "country_id": cls.env.ref("base.es").id,
                **values,
            }
        )

    @classmethod
    def _create_staff(cls, name, key, email, *groups):
        """Create a member of staff, login ``portal_test_<key>``."""
        return new_test_user(
            cls.env,
            login=f"portal_test_{key}",
            password=PASSWORD,
            groups=",".join(["base.group_user", *groups]),
            name=name,
            email=email,
        )

    @classmethod
    def _create_contact_user(cls, name, key, customer, profile=None):
        """Create a contact of ``customer`` and its portal user, login ``portal_test_<key>``."""
        contact = cls.env["res.partner"].create(
            {
                "name": f"{name} ({customer.name})",
                "parent_id": customer.id,
                "email": f"{key}@example.com",
                "portal_profile_id": profile.id if profile else False,
            }
        )
        return new_test_user(
            cls.env,
            login=f"portal_test_{key}",
            password=PASSWORD,
            groups="base.group_portal",
            partner_id=contact.id,
            name=contact.name,
            email=contact.email,
        )

    @classmethod
    def _create_invoice(
        cls,
        partner,
        amount=100.0,
        move_type="out_invoice",
        days=0,
        due_days=30,
        post=True,
        **values,
    ):
        """Create a customer document.

        :param int days: invoice date, in days from today
        :param int due_days: due date, in days from today
        """
        invoice = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": cls.today + timedelta(days=days),
                "invoice_date_due": cls.today + timedelta(days=due_days),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "name": "Tornillo de latón",
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _create_invoice_elsewhere(cls, name, amount):
        """Create an invoice to Alfa in another company, which is called so."""
        other = cls.env["res.company"].create(
            {"name": name, "currency_id": cls.company.currency_id.id}
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=other, install_demo=False
        )
        invoice = (
            cls.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.alfa.id,
                    "invoice_date": cls.today,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "x", "price_unit": amount, "tax_ids": [Command.clear()]}
                        )
                    ],
                }
            )
        )
        invoice.action_post()
        return invoice

    def _run_cron(self, model, method, at=None):
        """Run a scheduled action, as its own process would.

        :param datetime at: when it runs; now by default
        """
        with freeze_time(at) if at else contextlib.nullcontext():
            self.env.flush_all()
            with self.registry.cursor() as cr:
                getattr(self.env(cr=cr)[model], method)()
            self.env.invalidate_all()

    @classmethod
    def _create_terms(cls, *parts, name="Plazos", **values):
        """Create payment terms.

        :param parts: per cent of the amount, and days after the invoice until they are due
        """
        return cls.env["account.payment.term"].create(
            {
                "name": name,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": part, "nb_days": days})
                    for part, days in parts
                ],
                **values,
            }
        )

    @classmethod
    def _create_in_parts(cls, partner, amount, *parts, **values):
        """Create an invoice that is due in parts, see ``_create_terms``."""
        terms = cls._create_terms(*parts)
        return cls._create_invoice(
            partner, amount, invoice_payment_term_id=terms.id, invoice_date_due=False, **values
        )

    @classmethod
    def _create_discounted(cls, amount=1000.0, **values):
        """Create an invoice to Alfa of which 2 % need not be paid within ten days."""
        term = cls._create_terms(
            (100, 30),
            name="2 % en 10 días",
            early_discount=True,
            discount_percentage=2,
            discount_days=10,
        )
        return cls._create_invoice(
            cls.alfa,
            amount,
            invoice_payment_term_id=term.id,
            invoice_date_due=False,
            **values,
        )

    @classmethod
    def _create_taxed(cls, amount=1000.0, tax=21.0, **values):
        """Create an invoice to Alfa with a tax on its line."""
        tax = cls.env["account.tax"].create(
            {"name": f"IVA {tax:g}", "amount": tax, "type_tax_use": "sale"}
        )
        invoice = cls._create_invoice(cls.alfa, amount, post=False, **values)
        invoice.invoice_line_ids.tax_ids = [Command.set(tax.ids)]
        invoice.action_post()
        return invoice

    @classmethod
    def _use_interest_rates(cls, *rates):
        """Have late payment bear interest by these rates alone, each a dict of values."""
        Rate = cls.env["customer.portal.interest.rate"]
        country = cls.company.account_fiscal_country_id
        Rate.search([("country_id", "=", country.id)]).unlink()
        common = {
            "country_id": country.id,
            "currency_id": cls.company.currency_id.id,
            "fixed_amount": 40.0,
            "date_from": "2000-01-01",
            "percentage": 10.0,
            "source": "BOE",
        }
        return Rate.create([{**common, **rate} for rate in rates])

    @classmethod
    def _create_provider(cls):
        """Return a payment provider that is on, and does nothing."""
        method = cls.env.ref("payment.payment_method_unknown")
        provider = cls.env["payment.provider"].create(
            {
                "name": "Test provider",
                "code": "none",
                "state": "test",
                "is_published": True,
                "payment_method_ids": [Command.set(method.ids)],
            }
        )
        method.active = True
        return provider

    @classmethod
    def _create_seat(cls, holder, customer, profile=None, accepted=True):
        """Let a user act for a customer: staff grant it, the user accepts unless told not to."""
        seat = cls.env["customer.portal.seat"].create(
            {
                "customer_id": customer.id,
                "company_id": cls.company.id,
                "name": holder.name,
                "email": holder.email,
                "profile_id": (profile or cls.profile_full).id,
            }
        )
        seat._send()
        if accepted:
            seat._accept(holder)
        return seat

    def _remind(self, *invoices, contact=None):
        """Create the reminder of invoices that a contact of Alfa gets."""
        return self.env["customer.portal.reminder.mail"].create(
            {
                "company_id": self.company.id,
                "customer_id": self.alfa.id,
                "customer_ref": self.alfa.id,
                "date": self.today,
                "recipient_ids": (contact or self.user_full.partner_id).ids,
                "line_ids": [
                    Command.create(
                        {
                            "invoice_id": invoice.id,
                            "line_id": line.id,
                            "due_date": line.date_maturity,
                            "amount": 100.0,
                        }
                    )
                    for invoice in invoices
                    for line in invoice.line_ids.filtered("date_maturity")
                ],
            }
        )

    def _delete_account(self, user):
        """Have a contact delete its account; the job that follows removes user and contact."""
        contact = user.partner_id
        user.with_user(user).sudo()._deactivate_portal_user()
        self.env.flush_all()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1000):
            self.env["res.users.deletion"]._gc_portal_users()
        self.assertFalse(user.exists())
        self.assertFalse(contact.exists())

    @classmethod
    def _foreign_currency(cls, rate=2.0):
        """Return a currency that the company does not use itself.

        :param float rate: how much of it is one of the company's own, today
        """
        currency = cls.env.ref("base.USD")
        if currency == cls.company.currency_id:
            currency = cls.env.ref("base.EUR")
        currency.active = True
        currency.rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2020-01-01",
                "rate": rate,
                "company_id": cls.company.id,
            }
        )
        return currency

    @classmethod
    def _create_order(cls, partner, amount=100.0, state="sent", **values):
        """Create a quote (``sent``, ``draft``) or a confirmed order (``sale``)."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.user_sales.id,
                "require_signature": False,
                "require_payment": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "name": "Tornillo de latón",
                            "product_uom_qty": 1,
                            "price_unit": amount,
                        }
                    )
                ],
                **values,
            }
        )
        if state == "sale":
            order.action_confirm()
        elif state != "draft":
            order.state = state
        return order


class PortalCase(PortalData, TransactionCase):
    """Tests that need no HTTP."""


class PortalHttpCase(PortalData, HttpCase):
    """Tests that ask for pages as one of the people above, through real HTTP."""

    def sign_in(self, user):
        """Sign in as a user of the test data; an empty one means a guest."""
        if user:
            self.authenticate(user.login, PASSWORD)
        else:
            self.authenticate(None, None)

    def post_form(self, url, data=None, page=None, **kwargs):
        """Post a form as the browser would: with the CSRF token of a page.

        :param str page: the page that shows the form; the posted address if not given
        """
        token = self.form_token(page or url)
        return self.url_open(url, data={"csrf_token": token, **(data or {})}, **kwargs)

    def form_token(self, page="/my/account"):
        """Return the CSRF token of a page, for forms of whoever is signed in."""
        html = self.url_open(page).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', html) or re.search(
            r'csrf_token: "([^"]+)"', html
        )
        return token.group(1)

    def without_library_for_calls(self):
        """Some packages of Odoo leave out a library for video calls: the back office says so in
        the browser's log, which would end any tour there."""
        handle = ChromeBrowser._handle_console

        def handle_console(browser, type, args=None, **kwargs):
            if "selfie_segmentation" not in str(args):
                handle(browser, type, args=args, **kwargs)

        return patch.object(ChromeBrowser, "_handle_console", handle_console)
