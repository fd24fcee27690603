"""Documents of the demo company: two years of them, always relative to today.

Who buys and who signs in is in the XML files beside this one. Documents are made here, because
they need a chart of accounts, and dates that never grow old.
"""

import base64
import io
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from odoo import Command, api, fields, models
from odoo.tools import file_open

LANGUAGE = "es_ES"
PASSWORD = "portal-demo-2026"
CHART = "es_pymes"
FALLBACK_CHART = "generic_coa"
PRODUCTS = (
    "drill", "wrenches", "screws", "gloves", "discs", "ladder", "compressor", "sharpening", "setup",
)  # fmt: skip


class CustomerPortalDemo(models.AbstractModel):
    _name = "customer.portal.demo"
    _description = "Demo Data of the Customer Portal"

    # === WHAT THE XML FILES CALL === #

    @api.model
    def _load_language(self):
        """Make Spanish available, since the demo company and most of its customers speak it."""
        language = self.env["res.lang"].with_context(active_test=False)._lang_get(LANGUAGE)
        if not language.active:
            wizard = self.env["base.language.install"].create({"lang_ids": language.ids})
            wizard.lang_install()

    @api.model
    def _load_passwords(self):
        """Give all users of the demo the same password, hashed once, since that takes long."""
        Users = self.env["res.users"]
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "customer_portal_plus"),
                ("model", "=", "res.users"),
                ("name", "like", "demo_user_"),
            ]
        )
        hashed = Users._crypt_context().hash(PASSWORD)
        for user in Users.browse(data.mapped("res_id")):
            user._set_encrypted_password(user.id, hashed)

    @api.model
    def _load_documents(self):
        """Make the documents, once: when the demo data is loaded again, they are there."""
        company = self._ref("demo_company")
        if company.chart_template:
            return
        demo = self._in_demo_company()
        demo._load_warehouse(company)
        demo._load_accounting(company)
        demo._load_payment_methods(company)
        demo._load_invoices()
        demo._load_quotes()
        demo._load_orders()
        demo._load_messages()
        demo._load_shared_documents()
        demo._load_payment_report()
        demo._load_settlement(company)
        demo._load_balances(company)
        demo._load_saved_methods(company)
        demo._load_contract()
        demo._load_seat(company)

    @api.model
    def _in_demo_company(self):
        """Return this model at work for the demo company: in its language, and without a mail to
        anybody or a note of what was made."""
        self._load_terms()
        company = self._ref("demo_company")
        return self.with_company(company).with_context(
            allowed_company_ids=company.ids,
            lang=LANGUAGE,
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            mail_notify_force_send=False,
            no_reset_password=True,
        )

    @api.model
    def _load_terms(self):
        """Load the words of the addons that are being installed: Odoo does so after their demo
        data, and what is written into messages here would be half English for ever."""
        modules = self.env["ir.module.module"].search(
            [("name", "=like", "customer_portal_plus%"), ("state", "=", "to install")]
        )
        if modules:
            modules._load_module_terms(modules.mapped("name"), [LANGUAGE])
            self.env.registry.clear_all_caches()

    # === STOCK === #

    @api.model
    def _load_warehouse(self, company):
        """Give the company a warehouse where *Inventory* is installed: without one, it could
        confirm no order with goods. Odoo makes one for the first company of a database alone."""
        if "stock.warehouse" not in self.env:
            return
        Warehouse = self.env["stock.warehouse"]
        if not Warehouse.search_count([("company_id", "=", company.id)], limit=1):
            Warehouse.create({"name": "Almacén", "code": "ALM", "company_id": company.id})

    # === ACCOUNTING === #

    @api.model
    def _load_accounting(self, company):
        """Load Spain's chart of accounts, or the generic one where Spain's isn't installed."""
        has_spanish = "l10n_es" in self.env.registry._init_modules
        # Not try_loading: it warns of a registry that is still loading. All that matters for
        # this company is loaded, the addon is installed after what it depends on.
        self.env["account.chart.template"]._load(
            CHART if has_spanish else FALLBACK_CHART, company, install_demo=False
        )
        company.currency_id = self.env.ref("base.EUR")
        dollar = self.env.ref("base.USD")
        (company.currency_id | dollar).active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": company.id,
                "name": self._day(months=30),
                "rate": 1.08,
            }
        )
        bank = self._bank_journal()
        bank.bank_account_id = self._ref("demo_company_bank_account")
        for name in PRODUCTS:
            self._ref(f"demo_product_{name}").taxes_id = company.account_sale_tax_id

    @api.model
    def _load_payment_methods(self, company):
        """Publish the providers that need no account anywhere, if their modules are installed."""
        for code, state in (("demo", "test"), ("custom", "enabled")):
            Provider = self.env["payment.provider"].sudo()
            installed = [("code", "=", code), ("module_state", "in", ("installed", "to install"))]
            template = Provider.search(installed, limit=1, order="id")
            if not template:
                continue
            provider = Provider.search([*installed, ("company_id", "=", company.id)], limit=1)
            provider = provider or template.copy({"company_id": company.id})
            provider.write({"state": state, "is_published": True})
            if code == "custom":
                provider.action_recompute_pending_msg()

    @api.model
    def _load_saved_methods(self, company):
        """Save the cards of two customers, one of which agrees to automatic debit; none without
        the provider that only pretends."""
        provider = (
            self.env["payment.provider"]
            .sudo()
            .search([("code", "=", "demo"), ("company_id", "=", company.id)], limit=1)
        )
        methods = provider.payment_method_ids.filtered("support_tokenization")
        if not methods:
            return
        company.portal_allow_debit = True
        method = methods.filtered(lambda method: method.code == "card") or methods

        def save(partner, digits, months):
            return (
                self.env["payment.token"]
                .sudo()
                .create(
                    {
                        "provider_id": provider.id,
                        "payment_method_id": method[:1].id,
                        "partner_id": self._ref(partner).id,
                        "payment_details": digits,
                        "provider_ref": digits,
                        "demo_simulated_state": "done",
                        "portal_expires_on": self._day(months=-months) + relativedelta(day=31),
                    }
                )
            )

        save("demo_customer_talleres", "4242", 26)._portal_set_main()
        save("demo_contact_talleres_gerencia", "0005", 1)
        contact = self._ref("demo_customer_fontaneria")
        token = save("demo_customer_fontaneria", "4444", 14)
        token._portal_set_main()
        Debit = self.env["customer.portal.debit"].sudo()
        text = Debit._consent_text(contact, token)
        Debit._agree(contact, Debit._text_digest(text))._plan()

    # === INVOICES === #

    @api.model
    def _load_invoices(self):
        """Make invoices in all states, for each customer another story."""
        story = [*self._story_of_two_years(), *self._story_of_the_others()]
        # Created and posted together: one by one would take three times as long.
        self._analyze()
        invoices = self.env["account.move"].create([values for _fate, values in story])
        fates = dict(zip(invoices, (fate for fate, _values in story), strict=True))

        def of_fate(*names):
            return invoices.filtered(lambda invoice: fates[invoice] in names)

        (invoices - of_fate("draft")).action_post()
        self._pay(of_fate("paid", "corrected"))
        self._pay(of_fate("part"), share=0.4)
        of_fate("hidden").portal_visible = False
        for invoice in of_fate("credited"):
            self._credit(invoice, "Mercancía devuelta", reconcile=True)
        for invoice in of_fate("corrected"):
            # Paid already: what is credited now stays in the customer's favour.
            self._credit(invoice, "Precio corregido", lines=1)

    @api.model
    def _story_of_two_years(self):
        """Give one customer two years of invoices: paid, paid in part, overdue, not yet due,
        in instalments, in dollars, hidden, credited in whole and in part.

        :return: pairs of what becomes of an invoice, and its values
        :rtype: list[tuple[str, dict]]
        """
        customer, accounting = "demo_customer_talleres", "demo_contact_talleres_contabilidad"
        instalments = self.env.ref(
            "account.account_payment_term_advance_60days", raise_if_not_found=False
        )
        story = []
        for months in range(24, 2, -1):
            story.append(("paid", self._invoice_values(customer, months, 1 + months % 4)))
            if months % 2:
                story.append(("paid", self._invoice_values(accounting, months, 2, day=18)))
        for months in (14, 8):
            values = self._invoice_values(customer, months, 3, day=22, currency="USD")
            story.append(("paid", values))
        return [
            *story,
            ("corrected", self._invoice_values(customer, 4, 3, day=26)),
            ("part", self._invoice_values(customer, 2, 5)),
            ("hidden", self._invoice_values(customer, 2, 1, day=12)),
            ("credited", self._invoice_values(accounting, 2, 3, day=18)),
            ("open", self._invoice_values(customer, 2, 2, day=24, currency="USD")),
            ("open", self._invoice_values(customer, 2, 3, day=9)),
            ("open", self._invoice_values(customer, 0, 2)),
            ("open", self._invoice_values(customer, 0, 2, currency="USD")),
            ("open", self._invoice_values(accounting, 0, 6, term=instalments)),
            ("draft", self._invoice_values(customer, 0, 2)),
        ]

    @api.model
    def _story_of_the_others(self):
        """Give each other customer a few invoices; see ``_story_of_two_years``."""
        story = []

        def add(fate, partner, months, lines, **options):
            values = self._invoice_values(f"demo_customer_{partner}", months, lines, **options)
            story.append((fate, values))

        paid_and_open = ((11, 3, "paid"), (7, 2, "paid"), (3, 2, "open"), (0, 4, "open"))
        for months, lines, fate in paid_and_open:
            add(fate, "tools", months, lines, currency="USD")
        for months in range(12, 0, -1):
            add("paid", "hotel", months, 2 + months % 3)
        add("open", "hotel", 0, 3)
        for months in (9, 6, 4):
            add("paid", "construcciones", months, 5)
        add("open", "construcciones", 0, 6)
        add("paid", "talleres_norte", 5, 2)
        add("open", "talleres_norte", 2, 3)
        add("open", "talleres_norte", 0, 2)
        add("paid", "fontaneria", 3, 1)
        add("open", "fontaneria", 2, 1)
        for months in (8, 6, 5):
            add("open", "panaderia", months, 3)
        return story

    @api.model
    def _invoice_values(self, partner, months, lines, day=4, currency="EUR", term=None):
        """Return the values of an invoice.

        :param str partner: xmlid of the customer or of one of its contacts
        :param int months: how many months ago; 0 for these days
        :param int lines: how many lines
        :param int day: of the month
        :param str currency: its code
        :param account.payment.term term: another one than 30 days
        :rtype: dict
        """
        term = term or self.env.ref("account.account_payment_term_30days")
        date = self._day(months=months, day=day) if months else self._day(days=7 - lines)
        return {
            "move_type": "out_invoice",
            "partner_id": self._ref(partner).id,
            "invoice_date": date,
            "date": date,
            "invoice_user_id": self._ref("demo_user_sales").id,
            "invoice_payment_term_id": term.id,
            "currency_id": self.env.ref(f"base.{currency}").id,
            "ref": f"PED-{date:%y%m}-{lines}",
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": 1 + (months + position) % 5,
                    }
                )
                for position, product in enumerate(self._products(months, lines))
            ],
        }

    @api.model
    def _pay(self, invoices, share=1.0):
        """Register payments by bank transfer, each two days before its invoice is due.

        :param float share: how much of each invoice is paid
        """
        self._analyze()
        journal = self._bank_journal()
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": invoice.commercial_partner_id.id,
                    "journal_id": journal.id,
                    "currency_id": invoice.currency_id.id,
                    "amount": invoice.currency_id.round(invoice.amount_residual * share),
                    "date": min(invoice.invoice_date_due, self._day(days=2)) - timedelta(days=2),
                    "memo": invoice.payment_reference,
                    "invoice_ids": [Command.link(invoice.id)],
                }
                for invoice in invoices
            ]
        )
        payments.action_post()
        self._analyze()
        self._reconcile(
            payment.move_id | invoice for payment, invoice in zip(payments, invoices, strict=True)
        )

    @api.model
    def _credit(self, invoice, reason, lines=None, reconcile=False):
        """Post a credit note.

        :param int lines: how many lines of the invoice are credited, all if not given
        :param bool reconcile: whether it settles the invoice; else it stays open
        :rtype: account.move
        """
        date = self._day(days=5)
        credit = invoice._reverse_moves(
            [
                {
                    "date": date,
                    "invoice_date": date,
                    "invoice_date_due": date,
                    "invoice_payment_term_id": False,
                    "ref": reason,
                    "invoice_user_id": invoice.invoice_user_id.id,
                }
            ],
            cancel=False,
        )
        if lines:
            credit.invoice_line_ids[lines:].unlink()
        credit.action_post()
        if reconcile:
            self._reconcile([invoice | credit])
        return credit

    @api.model
    def _reconcile(self, groups):
        """Settle what is open of each group of moves with each other, all in one go.

        :param groups: recordsets of ``account.move``
        """
        plan = []
        for moves in groups:
            lines = moves.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable" and not line.reconciled
            )
            if len(lines.move_id) > 1:  # Posting a credit note may have done it.
                plan.append(lines)
        self.env["account.move.line"]._reconcile_plan(plan)

    @api.model
    def _analyze(self):
        """Tell the database how full the tables are, or that they are empty.

        Without, it guesses in a new database, and a query over payments takes half a minute.
        """
        self.env.flush_all()
        self.env.cr.execute(
            "ANALYZE account_move, account_move_line, account_payment, account_partial_reconcile"
        )

    # === QUOTES AND ORDERS === #

    @api.model
    def _load_quotes(self):
        """Make quotes in all states: to accept, to sign, to prepay, expired, rejected, ..."""
        customer, purchasing = "demo_customer_talleres", "demo_contact_talleres_compras"
        warehouse = "demo_contact_talleres_almacen"
        self._make_quote(customer, 3, days=3)
        self._make_quote(purchasing, 4, days=5, require_signature=True)
        self._make_quote(purchasing, 6, days=2, require_payment=True, prepayment_percent=0.3)
        self._make_quote(
            customer, 5, days=6, require_signature=True, require_payment=True, prepayment_percent=1
        )
        self._make_quote(warehouse, 2, days=4)
        self._make_quote(customer, 2, days=50, validity_date=self._day(days=20))
        self._make_quote(customer, 1, days=1, state="draft")
        self._make_quote(customer, 2, days=70, state="cancel")
        rejected = self._make_quote(purchasing, 3, days=40, state="cancel")
        rejected.portal_rejected_on = fields.Datetime.now() - timedelta(days=35)
        rejected.message_post(  # pylint: disable=translation-required
            author_id=self._ref(purchasing).id,
            body="El plazo de entrega es demasiado largo para nosotros.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self._make_quote("demo_customer_talleres_norte", 3, days=4, require_signature=True)
        self._make_quote("demo_customer_construcciones", 6, days=3, require_signature=True)
        self._make_quote("demo_customer_construcciones", 2, days=9)
        self._make_quote("demo_customer_hotel", 2, days=8)
        self._make_quote("demo_customer_tools", 3, days=2)
        self._make_quote("demo_customer_fontaneria", 1, days=3)
        self._make_quote("demo_customer_panaderia", 2, days=3)

    @api.model
    def _load_orders(self):
        """Make confirmed orders: not invoiced yet, in part, in whole, signed by the customer."""
        customer, purchasing = "demo_customer_talleres", "demo_contact_talleres_compras"
        with file_open("customer_portal_plus/demo/signature.png", "rb") as image:
            signature = base64.b64encode(image.read())
        to_invoice = self._make_order(customer, 3, days=9)
        in_part = self._make_order(purchasing, 4, days=28)
        in_whole = self._make_order(customer, 2, days=64)
        signed = self._make_order(
            purchasing,
            5,
            days=16,
            require_signature=True,
            signed_by=self._ref(purchasing).name,
            signed_on=fields.Datetime.now() - timedelta(days=15),
            signature=signature,
        )
        others = self._make_order("demo_contact_talleres_almacen", 2, days=20)
        others |= self._make_order("demo_customer_talleres_norte", 2, days=12)
        others |= self._make_order("demo_customer_construcciones", 4, days=33)
        others |= self._make_order("demo_customer_hotel", 3, days=40)
        (to_invoice | signed | others)._compute_invoice_status()

        invoices = self.env["account.move"]
        for order, days in ((in_part, 20), (in_whole, 60), (others[-1], 35)):
            invoice = order._create_invoices()
            invoice.invoice_date = invoice.date = self._day(days=days)
            if order == in_part:
                invoice.invoice_line_ids[-2:].unlink()
            invoices |= invoice
        invoices.action_post()
        self._pay(invoices[1:])

    @api.model
    def _make_quote(self, partner, lines, days, state="sent", **values):
        """Create a quote.

        :param str partner: xmlid of the customer or of one of its contacts
        :param int lines: how many lines
        :param int days: how many days ago
        :param str state: ``sent``, ``draft`` or ``cancel``
        :param values: what else is written
        :rtype: sale.order
        """
        partner = self._ref(partner)
        currency = "USD" if partner.country_id == self.env.ref("base.us") else "EUR"
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self._ref("demo_user_sales").id,
                "date_order": fields.Datetime.now() - timedelta(days=days),
                "validity_date": self._day(days=days) + timedelta(days=30),
                "require_signature": False,
                "require_payment": False,
                "pricelist_id": self._pricelist(currency).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1 + (days + position) % 6,
                        }
                    )
                    for position, product in enumerate(self._products(days, lines))
                ],
                **values,
            }
        )
        order.state = state
        return order

    @api.model
    def _make_order(self, partner, lines, days, **values):
        """Create a confirmed order; parameters are those of ``_make_quote``.

        :rtype: sale.order
        """
        order = self._make_quote(partner, lines, days, **values)
        date = order.date_order
        order.action_confirm()
        order.date_order = date
        return order

    # === MESSAGES === #

    @api.model
    def _load_messages(self):
        """Leave a conversation on an invoice, and a question that nobody answered yet."""
        accounting = self._ref("demo_contact_talleres_contabilidad")
        invoice = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", accounting.commercial_partner_id.id),
                ("payment_state", "=", "partial"),
            ],
            limit=1,
        )
        self._make_message(invoice, accounting, "Hemos pagado una parte. ¿Pueden confirmarlo?")
        self._make_message(
            invoice,
            self._ref("demo_user_accountant").partner_id,
            "Recibido, gracias. El resto queda pendiente hasta la fecha de vencimiento.",
        )
        purchasing = self._ref("demo_contact_talleres_compras")
        quote = self.env["sale.order"].search(
            [("partner_id", "=", purchasing.id), ("state", "=", "sent")], limit=1
        )
        self._make_message(quote, purchasing, "¿Está incluida la puesta en marcha en el precio?")
        sales = self._ref("demo_user_sales").partner_id
        conversation = self._make_conversation(
            self._ref("demo_contact_talleres_gerencia"), "Horario de entrega"
        )
        for author, text in (
            (conversation.partner_id, "¿Podrían entregar antes de las nueve de la mañana?"),
            (sales, "Sí, a partir de las ocho. ¿Les viene bien para el próximo pedido?"),
        ):
            self._make_message(conversation, author, text)
        conversation = self._make_conversation(
            self._ref("demo_contact_hotel_recepcion"), "Cambio de persona de contacto"
        )
        self._make_message(
            conversation,
            conversation.partner_id,
            "Desde este mes las facturas las revisa nuestra nueva compañera. ¿Qué necesitan?",
        )

    @api.model
    def _make_conversation(self, contact, subject):
        """Create a conversation of a contact with the company.

        :rtype: customer.portal.conversation
        """
        return self.env["customer.portal.conversation"].create(
            {
                "name": subject,
                "company_id": self.env.company.id,
                "partner_id": contact.id,
                "user_id": self._ref("demo_user_sales").id,
            }
        )

    @api.model
    def _make_message(self, document, author, text):
        document.message_post(
            author_id=author.id,
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    # === REPORTED PAYMENTS AND CONTRACTS === #

    @api.model
    def _load_shared_documents(self):
        """Share a file with one customer and one with all of them, and ask one for a file."""
        gerencia = self._ref("demo_contact_talleres_gerencia")
        customer = gerencia.commercial_partner_id
        responsible = self._ref("demo_user_sales")
        Document = self.env["customer.portal.document"]
        for values in (
            {
                "name": "Condiciones acordadas",
                "audience": "customer",
                "partner_id": customer.id,
                "category_id": self._ref("document_category_contract").id,
            },
            {
                "name": f"Lista de precios {self._day().year}",
                "audience": "all",
                "category_id": self._ref("document_category_price_list").id,
                "expires_on": fields.Date.end_of(self._day(), "year"),
            },
        ):
            Document.create(
                {
                    **values,
                    "user_id": responsible.id,
                    "file": base64.b64encode(self._draw_pdf(values["name"])),
                    "file_name": f"{values['name']}.pdf",
                    "state": "sent",
                    "sent_on": fields.Datetime.subtract(fields.Datetime.now(), days=3),
                }
            )
        self.env["customer.portal.document.request"].create(
            {
                "name": "Certificado de estar al corriente con Hacienda",
                "description": "El de este año, en PDF. Lo necesitamos para renovar su crédito.",
                "partner_id": customer.id,
                "user_id": responsible.id,
                "due_on": fields.Date.add(self._day(), days=10),
                "state": "requested",
            }
        )

    @api.model
    def _load_payment_report(self):
        """Leave a bank transfer that the customer reported and nobody confirmed yet."""
        accounting = self._ref("demo_contact_talleres_contabilidad")
        overdue = self.env["account.move"].search(
            [
                ("partner_id", "=", self._ref("demo_customer_talleres").id),
                ("payment_state", "=", "not_paid"),
                ("invoice_date_due", "<", self._day()),
                ("currency_id", "=", self.env.ref("base.EUR").id),
                ("portal_visible", "=", True),
            ],
            order="invoice_date_due",
            limit=1,
        )
        report = self.env["customer.portal.payment.report"].create(
            {
                "name": self.env["ir.sequence"].next_by_code("customer.portal.payment.report"),
                "company_id": self.env.company.id,
                "contact_id": accounting.id,
                "customer_id": accounting.commercial_partner_id.id,
                "currency_id": overdue.currency_id.id,
                "date": self._day(days=1),
                "method": "transfer",
                "reference": "TRF-0457-2231",
                "allocation_ids": [
                    Command.create({"invoice_id": overdue.id, "amount": overdue.amount_residual})
                ],
            }
        )
        report._tell_staff()

    @api.model
    def _load_settlement(self, company):
        """Let a customer dispute a line of its newest invoice, promise to pay the next one, pay the
        one after that in instalments, see what late payment costs, and check its year."""
        company.write(
            {
                "portal_allow_disputes": True,
                "portal_allow_promises": True,
                "portal_allow_plans": True,
                "portal_plan_smallest": 20.0,
                "portal_claim_interest": True,
                "portal_claim_fixed_sum": True,
                "portal_show_347": True,
            }
        )
        contact = self._ref("demo_contact_talleres_gerencia")
        invoice, promised, planned = self._newest_unpaid()[:3]
        line = invoice._portal_disputable_lines()[-1:]
        self.env["customer.portal.dispute"]._portal_claim(
            contact, invoice, line.ids, "damaged", "Llegó golpeado; se puede ver en la foto."
        )
        self.env["customer.portal.promise"]._portal_make(
            contact, promised, fields.Date.add(self._day(), days=6)
        )
        Plan = self.env["customer.portal.plan"]
        wishes = (contact, planned, 3, fields.Date.add(self._day(), days=4), 0)
        Plan._portal_propose(*wishes, Plan._portal_offer(*wishes)["digest"])

    @api.model
    def _load_balances(self, company):
        """Ask a customer to confirm its balance of the last month's end."""
        company.portal_allow_confirmations = True
        inquiry = self.env["customer.portal.balance.inquiry"].create(
            {
                "name": "Circularización de saldos",
                "company_id": company.id,
                "date": self._day().replace(day=1) - timedelta(days=1),
                "auditor": "Auditores Asociados, S.L.P.",
                "user_id": self._ref("demo_user_sales").id,
                "customer_ids": [Command.set(self._ref("demo_customer_talleres").ids)],
                "with_settled": True,
            }
        )
        inquiry.action_send()

    @api.model
    def _newest_unpaid(self):
        """Return the invoices of the customer with two years of them of which nothing is paid, nor
        a payment on its way."""
        invoices = self.env["account.move"].search(
            [
                ("partner_id", "=", self._ref("demo_customer_talleres").id),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "=", "not_paid"),
                ("state", "=", "posted"),
                ("portal_visible", "=", True),
            ],
            order="invoice_date desc, id desc",
        )
        return invoices - invoices._portal_covered()

    @api.model
    def _load_seat(self, company):
        """Let who manages the parent company act for its subsidiary, too."""
        company.portal_allow_seats = True
        holder = self._ref("demo_user_talleres_gerencia")
        seat = self.env["customer.portal.seat"].create(
            {
                "customer_id": self._ref("demo_customer_talleres_norte").id,
                "company_id": company.id,
                "name": holder.name,
                "email": holder.email,
                "profile_id": self._ref("profile_accounting").id,
            }
        )
        seat._send()
        seat._accept(holder)

    @api.model
    def _load_contract(self):
        """Send a contract that the customer has to sign."""
        self.env["customer.portal.document"].create(
            {
                "name": "Contrato marco de suministro",
                "partner_id": self._ref("demo_customer_talleres").id,
                "user_id": self._ref("demo_user_sales").id,
                "file": base64.b64encode(
                    self._draw_pdf(
                        "Contrato marco de suministro",
                        "El proveedor suministra herramientas y material de ferretería.",
                        "Los precios son los de la tarifa vigente, con un 5 % de descuento.",
                        "Las facturas se pagan a 30 días.",
                    )
                ),
                "file_name": "contrato-marco.pdf",
                "to_sign": True,
                "expires_on": self._day() + timedelta(days=30),
                "state": "sent",
                "sent_on": fields.Datetime.now(),
            }
        )

    @api.model
    def _draw_pdf(self, title, *lines):
        """Return a PDF of one page.

        :rtype: bytes
        """
        stream = io.BytesIO()
        page = Canvas(stream, pagesize=A4)
        page.setFont("Helvetica-Bold", 16)
        page.drawString(72, 750, title)
        page.setFont("Helvetica", 11)
        for number, line in enumerate(lines, 1):
            page.drawString(72, 750 - 28 * number, f"{number}. {line}")
        page.save()
        return stream.getvalue()

    # === HELPERS === #

    @api.model
    def _ref(self, name):
        record = self.env.ref(f"customer_portal_plus.{name}")
        return record.with_env(self.env)

    @api.model
    def _bank_journal(self):
        domain = [("type", "=", "bank"), ("company_id", "=", self.env.company.id)]
        return self.env["account.journal"].search(domain, limit=1)

    @api.model
    def _products(self, start, count):
        """Return ``count`` products, another choice for another ``start``."""
        names = [PRODUCTS[(start + step) % len(PRODUCTS)] for step in range(count)]
        return [self._ref(f"demo_product_{name}") for name in names]

    @api.model
    def _pricelist(self, currency):
        """Return the company's price list in a currency, empty for its own currency."""
        Pricelist = self.env["product.pricelist"]
        if currency == "EUR":
            return Pricelist
        values = {
            "name": f"Tarifa {currency}",
            "currency_id": self.env.ref(f"base.{currency}").id,
            "company_id": self.env.company.id,
        }
        domain = [(name, "=", value) for name, value in values.items()]
        return Pricelist.search(domain, limit=1) or Pricelist.create(values)

    @api.model
    def _day(self, days=0, months=0, day=None):
        """Return a date in the past.

        :param int day: that day of the month
        :rtype: datetime.date
        """
        date = fields.Date.context_today(self) - relativedelta(days=days, months=months)
        return date.replace(day=day) if day else date
