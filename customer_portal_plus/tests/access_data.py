"""What the access matrix asks for: people, documents in all states with what hangs on them, and
all else that a customer has in the portal. One builder for each kind of target."""

import base64
import io
import re
import secrets
from contextlib import contextmanager
from datetime import timedelta

from PIL import Image

from odoo import Command, fields
from odoo.http import Request, root

from .access_rules import ACTORS, CONTACTS, TARGETS
from .common import PortalHttpCase
from .common.signature import make_pdf

ALIAS = "matrix"
NONCE = "secret of another browser"
VATS = {
    "alfa": "ESB85738045", "beta": "ESA28015865", "alfa_norte": "ESB58378431",
    "gamma": "ESA48265169",
}  # fmt: skip


class MatrixCase(PortalHttpCase):
    """People, and documents in all states with messages and files on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gamma = cls._create_customer("Gamma Obras SL")
        cls.user_off = cls._create_contact_user("Obras", "off", cls.gamma)
        cls.user_reader = cls._create_contact_user(
            "Consultas", "reader", cls.alfa, cls.profile_read_only
        )
        cls.env["ir.config_parameter"].set_param("portal.allow_api_keys", "True")
        cls.pdf = make_pdf()
        cls.provider = cls._create_provider()
        cls.env["res.partner.bank"].create(
            {"partner_id": cls.company.partner_id.id, "acc_number": "ES9121000418450200051332"}
        )
        cls.product.product_document_ids = [
            Command.create(
                {
                    "name": "sheet.txt",
                    "raw": b"product sheet",
                    "attached_on_sale": "quotation",
                    "res_model": "product.product",
                    "res_id": cls.product.id,
                }
            )
        ]
        cls.follower = cls.env["res.partner"].create({"name": "Seguidor", "email": "f@example.com"})
        cls._prepare_people()
        cls.targets = {target.name: target for target in TARGETS}
        cls.documents = {"no document": cls.env["res.partner"]}
        cls.things = {"no document": {}}
        for target in TARGETS:
            if target.kind in ("invoice", "order"):
                cls.documents[target.name] = cls._create_target(target)
        for target in TARGETS:
            if target.kind in ("invoice", "order"):
                cls.things[target.name] = cls._dress(target, cls.documents[target.name])
            elif target.kind:
                make = getattr(cls, f"_make_{target.kind.replace(' ', '_').replace('-', '_')}")
                cls.documents[target.name], cls.things[target.name] = make(target)
        cls.keys = {}
        for actor in ACTORS:
            if actor.login and actor.login not in cls.keys:
                user = cls.user_of(actor)
                cls.keys[actor.login] = (
                    cls.env["res.users.apikeys"]
                    .with_user(user)
                    .sudo()
                    ._generate("rpc", "matrix", fields.Datetime.now() + timedelta(days=1))
                )
        # Switched off last: the contact had a session, a key and links before.
        cls.gamma.portal_access = False
        cls.env.flush_all()

    @classmethod
    def user_of(cls, actor):
        return (
            getattr(cls, f"user_{actor.login}") if actor.login else cls.env.ref("base.public_user")
        )

    @classmethod
    def announce_transfer(cls, invoice):
        """Let the contact of an invoice have chosen to pay it by bank transfer."""
        invoice_sudo = invoice.sudo()
        cls.env["payment.transaction"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.provider.payment_method_ids.id,
                "reference": f"transfer {invoice.id}",
                "amount": 10.0,
                "currency_id": invoice_sudo.currency_id.id,
                "partner_id": invoice_sudo.partner_id.id,
                "operation": "online_redirect",
                "landing_route": "/my/invoices",
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )._set_pending()

    @classmethod
    def _create_target(cls, target):
        customer = getattr(cls, target.customer)
        partner = (
            getattr(cls, f"user_{target.addressed_to}").partner_id
            if target.addressed_to
            else customer
        )
        mark = cls._mark(target)
        if target.kind == "invoice":
            document = cls._create_invoice(
                partner, days=-60, due_days=-30, post=target.name != "draft invoice"
            )
            document.invoice_line_ids.with_context(check_move_validity=False).name = mark
            if target.name == "cancelled invoice":
                document.button_draft()
                document.button_cancel()
        else:
            document = cls._create_order(
                partner,
                require_signature=target.asks != "click" and target.asks != "payment",
                require_payment=target.asks == "payment",
                state="draft",
            )
            document.order_line.name = mark
            document.order_line = [
                Command.create(
                    {"display_type": "line_section", "name": "Options", "is_optional": True}
                ),
                Command.create({"product_id": cls.product.id, "product_uom_qty": 1}),
            ]
            if target.name == "confirmed order":
                document.action_confirm()
            elif target.name != "draft quote":
                document.state = "cancel" if target.name == "cancelled quote" else "sent"
        if target.name.startswith("hidden"):
            document.portal_visible = False
        document._portal_ensure_token()
        return document

    # === PEOPLE, AND WHAT WAS MAILED TO THEM === #

    @classmethod
    def _prepare_people(cls):
        cls.company.write(
            {
                "portal_alias": ALIAS,
                "portal_allow_verification": True,
                "portal_allow_email_code": True,
                "portal_allow_tax_id": True,
                "portal_team_approval": False,
                "portal_allow_debit": True,
                "portal_allow_disputes": True,
                "portal_allow_promises": True,
                "portal_allow_confirmations": True,
                "portal_allow_plans": True,
                "portal_allow_seats": True,
                "portal_claim_interest": True,
            }
        )
        cls._use_interest_rates({})
        profile = cls.profile_full.copy({"name": "By a seat", "can_see_statement": False})
        cls.seat = cls._create_seat(cls.user_stranger, cls.alfa, profile)
        cls.user_seat = cls.seat.user_id
        cls.profile_narrow = cls.profile_purchasing.copy(
            {"name": "Purchasing, own documents", "scope": "own", "portal_offered": True}
        )
        cls.state = cls.env.ref("base.state_es_m")

    @classmethod
    def _address_values(cls, target):
        return {
            "street": cls._mark(target),
            "city": "Madrid",
            "zip": "28001",
            "state_id": cls.state.id,
            "country_id": cls.env.ref("base.es").id,
            "phone": "+34 910 000 000",
        }

    @classmethod
    def _make_customer(cls, target):
        customer = getattr(cls, target.customer)
        # Odoo would give the subsidiary's address to its parent.
        only = customer.with_context(portal_customer_only=customer.id)
        only.write({**cls._address_values(target), "vat": VATS[target.customer]})
        return customer, {"mark": cls._mark(target)}

    @classmethod
    def _make_address(cls, target):
        address = cls.env["res.partner"].create(
            {
                **cls._address_values(target),
                "name": f"Facturas {target.customer}",
                "type": "invoice",
                "parent_id": getattr(cls, target.customer).id,
                "email": f"facturas.{target.customer}@example.com",
            }
        )
        return address, {"mark": cls._mark(target)}

    @classmethod
    def _make_own_data(cls, target):
        return getattr(cls, f"user_{target.for_one}").partner_id, {}

    @classmethod
    def _make_person(cls, target):
        """A contact with a user, with the profile that the target says."""
        profile = cls.profile_full if "can_pay" in target.can else cls.profile_purchasing
        contact = cls.env["res.partner"].create(
            {
                "name": target.name.capitalize(),
                "parent_id": getattr(cls, target.customer).id,
                "email": f"{target.name.replace(' ', '.')}@example.com".replace("'", ""),
                "portal_profile_id": (cls.profile_narrow if target.scope == "own" else profile).id,
            }
        )
        contact._portal_make_user()
        return contact, {}

    @classmethod
    def _make_introduced_person(cls, target):
        contact, things = cls._make_person(target)
        contact.portal_introduced_by_id = getattr(cls, target.customer)
        return contact, things

    @classmethod
    def _make_invited_person(cls, target, hours=1):
        contact, _things = cls._make_person(target)
        contact.write(
            {
                "portal_invited_on": fields.Datetime.now() - timedelta(hours=hours),
                "signup_type": "signup",
            }
        )
        return contact, {"secret": contact._portal_invitation_token()}

    @classmethod
    def _make_invitation(cls, target):
        contact, things = cls._make_invited_person(target)
        if "used" in target.name:
            contact.signup_type = False
        elif "replaced" in target.name:
            contact.portal_invited_on = fields.Datetime.now()
        return contact, things

    @classmethod
    def _make_expired_invitation(cls, target):
        return cls._make_invited_person(target, hours=24 * 365)

    @classmethod
    def _make_seat(cls, target):
        customer = getattr(cls, target.customer)
        # Of alfa the holder has one already, as which it acts, and of beta it is a contact.
        if customer != cls.gamma:
            customer = cls._create_customer(f"Cliente {target.name}")
        holder = getattr(cls, f"user_{target.for_one}")
        seat = cls._create_seat(holder, customer)
        # Of a day on which there is nothing else.
        invoice = cls._create_invoice(customer, 23.0, days=-400)
        if not target.published:
            seat._end()
        return seat, {"invoice": invoice}

    @classmethod
    def _make_offered_seat(cls, target):
        seat = cls._create_seat(cls.user_reader, getattr(cls, target.customer), accepted=False)
        if not target.published:
            seat._decline()
        return seat, {}

    @classmethod
    def _make_invitation_to_a_seat(cls, target):
        """Mailed to a contact of alfa, who may act for another customer."""
        customer = cls._create_customer(f"Cliente {target.name}")
        customer = customer if target.customer == "alfa" else getattr(cls, target.customer)
        holder = getattr(cls, f"user_{target.for_one}")
        seat = cls._create_seat(holder, customer, accepted=False)
        token = seat._token()
        if not target.published:
            seat._end()
        return seat, {"secret": token}

    @classmethod
    def _make_change_request(cls, target, **values):
        asked = cls.env["customer.portal.change.request"].create(
            {
                "customer_id": getattr(cls, target.customer).id,
                "company_id": cls.company.id,
                "state": "pending" if target.published else "accepted",
                **values,
            }
        )
        return asked, {}

    @classmethod
    def _make_billing_change(cls, target):
        return cls._make_change_request(
            target, kind="billing", partner_id=getattr(cls, target.customer).id
        )

    @classmethod
    def _make_asked_invitation(cls, target):
        return cls._make_change_request(
            target, kind="invitation", contact_name="Caja", contact_email="caja@example.com"
        )

    @classmethod
    def _make_approval_rule(cls, target):
        rule = cls.env["customer.portal.approval.rule"].create(
            {
                "customer_id": getattr(cls, target.customer).id,
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "amount": 900000.0,  # More than any quote here.
            }
        )
        return rule, {}

    @classmethod
    def _make_sign_in_mail(cls, target, purpose="sign_in"):
        """A mail that was asked for in a browser that nobody of the actors has."""
        contact = cls.receiver("full", target)
        challenge = cls.env["customer.portal.challenge"]._ask(
            cls.company, contact.email_normalized, contact.ids, NONCE, "127.0.0.1", purpose
        )
        code, token = challenge._draw_secrets()
        # On a slow machine all cells together take longer than a mail is good for.
        challenge.expires_on = fields.Datetime.now() + timedelta(hours=1)
        if "used" in target.name:
            challenge.used_on = fields.Datetime.now()
        elif "expired" in target.name:
            challenge.expires_on = fields.Datetime.now() - timedelta(minutes=1)
        return challenge, {"secret": token, "code": code}

    @classmethod
    def _make_expired_link(cls, target):
        Link = cls.env["customer.portal.link"]
        invoice = cls.documents["open invoice"]
        if target.customer != "alfa":
            invoice = cls._create_invoice(getattr(cls, target.customer))
        path = Link._make(invoice, cls.receiver("full", target))
        token = path.rpartition("/")[2]
        link = Link._from_token(token)
        link.expires_on = fields.Datetime.now() - timedelta(days=1)
        if "revoked" in target.name:
            link._revoke()
        return link, {"secret": token}

    # === MESSAGES, SHARED FILES, SIGNING === #

    @classmethod
    def _addressee(cls, target):
        """Whom something is addressed to: a contact, or the customer itself."""
        if target.addressed_to:
            return getattr(cls, f"user_{target.addressed_to}").partner_id
        return getattr(cls, target.customer)

    @classmethod
    def _say(cls, record, target, **kwargs):
        """Have staff write on a record, with a file; return what hangs on it then."""
        message = record.with_context(mail_notify_force_send=False).message_post(
            body=cls._mark(target),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=cls.user_sales.partner_id.id,
            attachments=[("file of a message.pdf", b"%PDF-1.4 said")],
        )
        return {
            "mark": cls._mark(target),
            "message": cls._mark(target),
            "file": b"%PDF-1.4 said",
            "file_id": message.attachment_ids.id,
        }

    @classmethod
    def _make_conversation(cls, target):
        Conversation = cls.env["customer.portal.conversation"]
        if "invoice" in target.name:
            name = "hidden invoice" if "hidden" in target.name else "open invoice"
            invoice = cls.documents[name]
            things = cls._say(invoice, target)
            conversation = Conversation._get_for(invoice)
            conversation._portal_ensure_token()
            return conversation, things
        contact = cls.receiver(target.addressed_to or "full", target)
        conversation = Conversation.create(
            {
                "name": f"Matter of {target.name}",
                "partner_id": contact.id,
                "user_id": cls.user_sales.id,
                "unverified": "unknown" in target.name,
            }
        )
        things = cls._say(conversation, target)
        if "closed" in target.name:
            conversation.action_close()
        conversation._portal_ensure_token()
        return conversation, things

    @classmethod
    def _make_announcement(cls, target):
        today = fields.Date.today()
        begins, ends = today, today
        if "ended" in target.name:
            begins = ends = today - timedelta(days=2)
        elif "not begun" in target.name:
            begins = ends = today + timedelta(days=2)
        announcement = cls.env["customer.portal.announcement"].create(
            {
                "name": cls._mark(target),
                "body": cls._mark(target),
                "audience": "all" if target.for_all else "customers",
                "customer_ids": []
                if target.for_all
                else [Command.set(getattr(cls, target.customer).ids)],
                "begins_on": begins,
                "ends_on": ends,
                "active": "archived" not in target.name,
            }
        )
        return announcement, {"mark": cls._mark(target)}

    @classmethod
    def _make_shared_file(cls, target):
        audience = {}
        if target.for_one:
            contact = getattr(cls, f"user_{target.for_one}").partner_id
            audience = {"audience": "contacts", "contact_ids": [Command.set(contact.ids)]}
        elif target.for_all:
            audience = {"audience": "all"}
        else:
            audience = {"partner_id": cls._addressee(target).id}
        document = cls.env["customer.portal.document"].create(
            {
                "name": cls._mark(target),
                "user_id": cls.user_sales.id,
                "file": base64.b64encode(make_pdf(target.name)),
                "file_name": "file.pdf",
                "to_sign": target.asks == "signature",
                "portal_visible": "hidden" not in target.name,
                **audience,
            }
        )
        things = cls._say(document, target)
        document.state = next(
            (state for word, state in (("draft", "draft"), ("withdrawn", "cancel"))
             if word in target.name),
            "sent",
        )  # fmt: skip
        if "expired" in target.name:
            document.expires_on = cls.today - timedelta(days=1)
        document._portal_ensure_token()
        return document, things

    @classmethod
    def _make_file_request(cls, target):
        asked = cls.env["customer.portal.document.request"].create(
            {
                "name": cls._mark(target),
                "partner_id": cls._addressee(target).id,
                "user_id": cls.user_sales.id,
                "portal_visible": "hidden" not in target.name,
            }
        )
        asked.state = next(
            (state for word, state in (("draft", "draft"), ("withdrawn", "cancel"),
                                       ("answered", "received")) if word in target.name),
            "requested",
        )  # fmt: skip
        things = cls._say(asked, target)
        asked._portal_ensure_token()
        return asked, things

    @classmethod
    def _make_signing_page(cls, target):
        contact = getattr(cls, f"user_{target.for_one}").partner_id
        contract = cls.env["customer.portal.document"].create(
            {
                "name": f"Contract of {target.name}",
                "partner_id": contact.id,
                "user_id": cls.user_sales.id,
                "file": base64.b64encode(make_pdf(target.name)),
                "file_name": "contract.pdf",
                "to_sign": True,
            }
        )
        contract.state = "sent"
        signing = contract._portal_prepare_signing(contact)
        if "withdrawn" in target.name:
            contract.state = "cancel"
        return signing, {"contract": contract}

    @classmethod
    def _make_approval(cls, target):
        order = cls._create_order(cls._addressee(target))
        # Who has accepted is a colleague that is none of the actors.
        first = cls.documents["person who may do everything"]
        if target.customer != "alfa":
            first = getattr(cls, target.customer)
        order.write(
            {
                "portal_approval_on": fields.Datetime.now(),
                "portal_approval_contact_id": first.id,
                "portal_approval_version": order._portal_version(),
                "portal_visible": "hidden" not in target.name,
            }
        )
        order._portal_ensure_token()
        links = cls._make_personal_links(target, order)
        return order, {"link_to": links}

    # === PAYMENTS === #

    @classmethod
    def _make_basket(cls, target, credits=None):
        """What a contact is about to pay, and another basket beside it."""
        contact = getattr(cls, f"user_{target.for_one}").partner_id
        invoices = cls._create_invoice(contact, 41.0) | cls._create_invoice(contact, 42.0)
        Basket = cls.env["customer.portal.basket"]
        basket = Basket._build(contact, invoices[0], credits=credits)
        Basket._build(contact, invoices[1]).choice = basket.choice
        return basket, {"mark": invoices[0].name, "invoice": invoices[0]}

    @classmethod
    def _create_pack(cls, user, invoice_id, number):
        """An archive of one document that is ready, whether its user may see that or not."""
        return cls.env["customer.portal.pack"].create(
            {
                "user_id": user.id,
                "company_id": cls.company.id,
                "digest": secrets.token_hex(),
                "documents": [[invoice_id, number]],
                "document_count": 1,
                "done_count": 1,
                "state": "ready",
                "expires_on": fields.Datetime.now() + timedelta(days=7),
            }
        )

    @classmethod
    def _make_archive(cls, target):
        user = getattr(cls, f"user_{target.for_one}")
        invoice = cls._create_invoice(user.partner_id, 43.0)
        pack = cls._create_pack(user, invoice.id, invoice.name)
        if not target.published:
            pack.expires_on = fields.Datetime.now() - timedelta(days=1)
        return pack, {"mark": invoice.name, "number": invoice.name}

    @classmethod
    def _make_credit_basket(cls, target):
        refund = cls._create_invoice(getattr(cls, target.customer), 41.0, "out_refund")
        return cls._make_basket(target, credits=cls._credit_line(refund))

    @classmethod
    def _credit_line(cls, refund):
        return refund.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    @classmethod
    def _make_credit(cls, target):
        refund = cls._create_invoice(getattr(cls, target.customer), 17.0, "out_refund")
        return cls._credit_line(refund), {"mark": refund.name}

    @classmethod
    def _make_saved_method(cls, target):
        owner = getattr(cls, target.customer)
        if target.for_one:
            owner = getattr(cls, f"user_{target.for_one}").partner_id
        token = cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.provider.payment_method_ids.id,
                "payment_details": f"mark{len(cls.things):03}",
                "partner_id": owner.id,
                "provider_ref": target.name,
                "active": target.published,
            }
        )
        return token, {"mark": f"mark{len(cls.things):03}"}

    @classmethod
    def _make_debit(cls, target):
        """A customer that may switch automatic debit of its main method on."""
        token, things = cls._make_saved_method(target)
        customer = getattr(cls, target.customer)
        customer.portal_main_token_id = token
        return customer, things

    @classmethod
    def _make_payment(cls, target):
        to_customer = "to the customer" in target.name
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "outbound" if to_customer else "inbound",
                "partner_type": "customer",
                "partner_id": getattr(cls, target.customer).id,
                "amount": 12.0,
                "payment_transaction_id": cls.env["payment.transaction"]
                .create(
                    {
                        "provider_id": cls.provider.id,
                        "payment_method_id": cls.provider.payment_method_ids.id,
                        "reference": target.name,
                        "amount": 12.0,
                        "currency_id": cls.company.currency_id.id,
                        "partner_id": cls.receiver(target.addressed_to or "full", target).id,
                    }
                )
                .id,
            }
        )
        payment.name = cls._mark(target)
        if "draft" not in target.name:
            payment.action_post()
        return payment, {"mark": payment.name}

    @classmethod
    def _make_payment_report(cls, target):
        report = cls.env["customer.portal.payment.report"].create(
            {
                "name": cls._mark(target),
                "company_id": cls.company.id,
                "contact_id": cls.receiver(target.addressed_to or "full", target).id,
                "customer_id": getattr(cls, target.customer).id,
                "currency_id": cls.company.currency_id.id,
                "date": cls.today,
            }
        )
        report.proof_id = cls.env["ir.attachment"].create(
            {
                "name": "proof.pdf",
                "raw": f"%PDF- {cls._mark(target)}".encode(),
                "mimetype": "application/pdf",
                "res_model": report._name,
                "res_id": report.id,
            }
        )
        return report, {"mark": cls._mark(target)}

    @classmethod
    def _make_dispute(cls, target):
        contact = cls.receiver(target.addressed_to or "full", target)
        customer = getattr(cls, target.customer)
        invoice = cls._create_invoice(contact if target.addressed_to else customer)
        dispute = cls.env["customer.portal.dispute"]._portal_claim(
            contact,
            invoice,
            invoice.invoice_line_ids.ids,
            "other",
            cls._mark(target),
        )
        dispute.file_id = cls.env["ir.attachment"]._portal_keep_proof(
            dispute, "F", f"%PDF-1.4 {cls._mark(target)}".encode(), "application/pdf"
        )
        dispute.answer = "No."
        dispute.action_refuse()
        invoice.portal_visible = target.published
        return dispute, {"mark": cls._mark(target)}

    @classmethod
    def _make_balance(cls, target):
        inquiry = cls.env["customer.portal.balance.inquiry"].create(
            {
                "name": target.name,
                "date": cls.today,
                "customer_ids": [Command.set(getattr(cls, target.customer).ids)],
                "with_settled": True,
            }
        )
        balance = cls.env["customer.portal.balance.confirmation"]._freeze(inquiry)[:1]
        balance.name = cls._mark(target)
        if not target.published:
            balance.action_withdraw()
        balance._portal_ensure_token()
        return balance, {"mark": cls._mark(target)}

    @classmethod
    def _make_plan(cls, target):
        contact = cls.receiver(target.addressed_to or "full", target)
        customer = getattr(cls, target.customer)
        invoice = cls._create_invoice(contact if target.addressed_to else customer)
        Plan = cls.env["customer.portal.plan"]
        wishes = (contact, invoice, 2, cls.today, 0)
        plan = Plan._portal_propose(*wishes, Plan._portal_offer(*wishes)["digest"])
        plan.answer = cls._mark(target)
        return plan, {"mark": cls._mark(target)}

    @classmethod
    def _make_newest_quote(cls, target):
        # Each customer has another number of quotes.
        for _one in range(1 + 3 * list(CONTACTS).index(target.customer)):
            quote = cls._create_order(getattr(cls, target.customer))
        quote.date_order = fields.Datetime.now() + timedelta(days=1)
        quote.portal_visible = target.published
        return quote, {}

    # === DOCUMENTS === #

    @classmethod
    def _mark(cls, target):
        return f"MARK OF {target.name.upper()} END"

    @classmethod
    def _dress(cls, target, document):
        """Put a message and an internal note on a document, each with a file."""

        def post(body, *files, **kwargs):
            message = document.with_context(mail_notify_force_send=False).message_post(
                body=body,
                message_type="comment",
                author_id=cls.user_sales.partner_id.id,
                attachments=files,
                **kwargs,
            )
            return message, message.attachment_ids

        document.message_subscribe(cls.follower.ids)
        message_text = f"Message on the {target.name}"
        message, files = post(
            message_text,
            ("file of a message.pdf", b"%PDF-1.4 message"),
            ("picture of a message.png", cls._image(1)),
            subtype_xmlid="mail.mt_comment",
        )
        note_text = f"Internal note on the {target.name}"
        _note, note_files = post(
            note_text,
            ("file of a note.pdf", b"%PDF-1.4 note"),
            ("picture of a note.png", cls._image(2)),
            subtype_xmlid="mail.mt_note",
        )
        things = {}
        for key, shown in (("", files), ("note_", note_files)):
            for attachment in shown:
                kind = "file" if attachment.name.endswith("pdf") else "picture"
                things[f"{key}{kind}"] = attachment.raw
                things[f"{key}{kind}_id"] = attachment.id
                things[f"{key}{kind}_token"] = attachment._get_raw_access_token()
        if target.kind == "invoice" and document.state == "posted":
            # The legal document, as it is kept when the invoice was sent.
            cls.env["ir.attachment"].create(
                {
                    "name": "legal.pdf",
                    "raw": b"%PDF-1.4 legal",
                    "res_model": document._name,
                    "res_id": document.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
        return {
            "mark": cls._mark(target),
            "message": message_text,
            "message_id": message.id,
            "note": note_text,
            "option": document.order_line[-1:].id if target.kind == "order" else False,
            "line": (document.order_line if target.kind == "order" else document.invoice_line_ids)[
                :1
            ].id,
            "sheet": cls.product.product_document_ids.id,
            "link_to": cls._make_personal_links(target, document),
            **things,
        }

    @classmethod
    def _make_personal_links(cls, target, document):
        """Return the addresses of the personal links to a document, by to whom they were mailed;
        made when it could still be seen, with the contact's rights of then."""
        return {
            login: cls.env["customer.portal.link"]._make(document, cls.receiver(login, target))
            for login in {actor.mailed_to for actor in ACTORS if actor.mailed_to}
        }

    @staticmethod
    def _image(width):
        stream = io.BytesIO()
        Image.new("RGB", (width, 1)).save(stream, "PNG")
        return stream.getvalue()

    # === WHAT ROWS ASK FOR === #

    def other_name(self, target):
        """The name of another target of the same kind."""
        return next(
            other.name for other in TARGETS if other.kind == target.kind and other != target
        )

    def other_document(self, target):
        return self.documents[self.other_name(target)]

    def other_things(self, target):
        return self.things[self.other_name(target)]

    def other_token(self, target):
        return self.other_document(target).access_token

    def api_key(self, actor):
        return self.keys.get(actor.login)

    @classmethod
    def receiver(cls, login, target):
        """The contact of the target's customer to whom a mail went: that of alfa that is named,
        of another customer its only one."""
        login = login if target.customer == "alfa" else CONTACTS[target.customer]
        return getattr(cls, f"user_{login}").partner_id

    def mailed_to(self, actor, target):
        return self.receiver(actor.mailed_to, target)

    def csrf_token(self, actor):
        if actor.customer == "gamma":
            # Its session has ended: what it gets is the token of a guest.
            return re.search(r'csrf_token: "([^"]+)"', self.url_open("/web/login").text).group(1)
        return Request.csrf_token(self)

    def payment_values(self):
        return {
            "provider_id": self.provider.id,
            "payment_method_id": self.provider.payment_method_ids.id,
            "token_id": None,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my",
        }

    def chatter_token(self, cell):
        """The token that the document's page would carry for this contact. It is made whether
        the contact may write or not: the answer must not rest on the page's hiding it.
        """
        return cell.document._portal_sign_chatter_token(cell.contact)

    def own_invoice(self, cell):
        """The id of an open invoice that the actor may pay itself."""
        invoices = self.env["account.move"].search(
            [
                ("partner_id", "=", cell.contact.id),
                ("state", "=", "posted"),
                ("payment_state", "=", "not_paid"),
                ("id", "!=", cell.document.id),
            ],
            limit=1,
        )
        return invoices.id or cell.res_id

    # === BROWSERS === #

    def sign_in_as(self, actor):
        """Go on in a new browser, as an actor."""
        if actor.customer == "gamma":
            # Whose access is off can't sign in: it had a session when it was switched off.
            self.gamma.portal_access = True
        user = self.user_stranger if actor.by_seat else self.user_of(actor)
        self.sign_in(user if actor.login else None)
        if actor.by_seat:
            self.post_form(f"/my/seats/{self.seat.id}/enter", page="/my/seats")
            self.session = self.session_of_browser()
            self.assertEqual(self.session.uid, self.user_seat.id)
        self.gamma.portal_access = False
        self.env.flush_all()
        if actor.customer == "gamma":
            self.url_open("/web/login")  # Its first request ends the session.
        if actor.weak:
            self.edit_session(portal_opened_by="document_link")
        self.browsers = {}

    def open_personal_link(self, actor, target):
        """Go on in a guest's browser that has opened one personal link and nothing else."""
        if target.name not in self.browsers:
            self.session = None  # Those of the other browsers are kept.
            self.authenticate(None, None)
            name = target.name if actor.link == "right" else self.other_name(target)
            address = self.things[name]["link_to"][actor.mailed_to]
            self.url_open(address, allow_redirects=False)
            self.browsers[target.name] = self.session, self.opener
        self.session, self.opener = self.browsers[target.name]

    def session_of_browser(self):
        return root.session_store.get(self.opener.cookies["session_id"])

    def edit_session(self, **values):
        """Have this browser's session know something."""
        session = self.session_of_browser()
        session.update(values)
        root.session_store.save(session)

    @contextmanager
    def rolled_back(self):
        """Undo what a request has changed."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
