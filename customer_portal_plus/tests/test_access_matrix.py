"""The access matrix: every actor asks for every document by every request.

``access_rules.py`` says in prose who gets in, ``access_requests.py`` lists what can be asked.
This file asks, and compares.
"""

import io
import re
from contextlib import contextmanager
from datetime import timedelta

from PIL import Image

from odoo import Command, fields
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import access_requests
from .access_requests import GROUPS, REQUESTS, Cell
from .access_rules import ACTORS, TARGETS, deciding_rule, expected, may_see
from .common import PortalHttpCase

MISSING_ID = 2_000_000_000
QUIET = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.rpc.controllers.json2",
    "odoo.models",
    "odoo.orm.models",
)
# What no customer may do at all is tried on one document that can be seen and one that can't.
ENOUGH = ("open invoice", "draft invoice", "quote to sign", "draft quote")


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
        cls.documents, cls.things = {}, {}
        for target in TARGETS:
            if target.kind:
                cls.documents[target.name] = cls._create_target(target)
        for target in TARGETS:
            if target.kind:
                cls.things[target.name] = cls._dress(target, cls.documents[target.name])
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
    def _create_provider(cls):
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
            "sheet": cls.product.product_document_ids.id,
            **things,
        }

    @staticmethod
    def _image(width):
        stream = io.BytesIO()
        Image.new("RGB", (width, 1)).save(stream, "PNG")
        return stream.getvalue()

    # === WHAT ROWS ASK FOR === #

    def other_document(self, target):
        """Another document than the target, of the same customer and kind."""
        name = {
            "open invoice": "invoice of the own-scope contact",
            "quote to sign": "quote of the own-scope contact",
        }.get(target.name, "open invoice" if target.kind == "invoice" else "quote to sign")
        return self.documents[name]

    def other_token(self, target):
        return self.other_document(target).access_token

    def api_key(self, actor):
        return self.keys.get(actor.login)

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

    @contextmanager
    def rolled_back(self):
        """Undo what a request has changed."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestAccessMatrix(MatrixCase):
    """One test a kind of request, so that a failure names its family."""

    def _run(self, group):
        requests = GROUPS[group]
        differing, seen_in, cells = [], set(), 0
        for actor in ACTORS:
            self._sign_in(actor)
            for request in requests:
                if actor.link and not request.links:
                    continue
                refused_looks = None
                for target in TARGETS:
                    if request.never and target.name not in ENOUGH:
                        continue
                    fits = request.fits(target)
                    # That nothing can be done twice is for customers to try.
                    worth_trying = fits or (request.tries_misfits and not actor.staff)
                    if target.kind != request.kind or not worth_trying:
                        continue
                    cells += 1
                    wanted = expected(actor, target, request)
                    answer = self._ask(request, actor, target)
                    if wanted and answer.inside:
                        seen_in.add(request.name)
                    if wanted != answer.inside:
                        differing.append(
                            f"{actor.name} | {target.name} | {request.name}: must be"
                            f" {'allowed' if wanted else 'refused'} and is not, because:"
                            f" {deciding_rule(actor, target, request).sentence}"
                            f" [{self._short(answer.looks)}]"
                        )
                    elif (
                        not wanted
                        and request.compare
                        and not actor.staff
                        and not may_see(actor, target, request)
                    ):
                        if refused_looks is None:
                            refused_looks = self._ask(request, actor, target, missing=True).looks
                        if answer.looks != refused_looks:
                            differing.append(
                                f"{actor.name} | {target.name} | {request.name}: the refusal"
                                f" differs from that of a missing document:"
                                f" [{self._short(answer.looks)}] / [{self._short(refused_looks)}]"
                            )
        if differing:
            self.fail(f"{len(differing)} of {cells} cells differ:\n" + "\n".join(differing))
        alone = {request.name for request in requests if not request.never} - seen_in
        self.assertFalse(alone, "Nobody at all gets in: the refusals prove nothing.")

    def _short(self, looks):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", looks))[:200]

    def _sign_in(self, actor):
        if actor.customer == "gamma":
            # Whose access is off can't sign in: it had a session when it was switched off.
            self.gamma.portal_access = True
        self.sign_in(self.user_of(actor) if actor.login else None)
        self.gamma.portal_access = False
        self.env.flush_all()

    def _ask(self, request, actor, target, missing=False):
        document = self.documents[target.name]
        cell = Cell(self, actor, target, document, MISSING_ID if missing else document.id)
        with mute_logger(*QUIET):
            if request.changes:
                with self.rolled_back():
                    return request.ask(cell)
            return request.ask(cell)

    def test_invoices(self):
        self._run("invoices")

    def test_orders(self):
        self._run("orders")

    def test_chatter_of_invoices(self):
        self._run("chatter of invoices")

    def test_chatter_of_orders(self):
        self._run("chatter of orders")

    def test_express_page(self):
        self.company.write({"portal_alias": "matrix", "portal_security_level": "medium"})
        self._run("express page")

    def test_rpc_on_invoices(self):
        self._run("RPC on invoices")

    def test_rpc_on_orders(self):
        self._run("RPC on orders")

    def test_every_group_is_run(self):
        tests = {name for name in dir(self) if name.startswith("test_")}
        for group in GROUPS:
            self.assertIn(f"test_{group.lower().replace(' ', '_')}", tests)

    def test_every_route_is_listed(self):
        """A route that could show a customer's document has a row, or a reason for none."""
        listed = {route for request in REQUESTS for route in request.routes}
        exempt = [re.compile(pattern) for pattern in access_requests.EXEMPT]
        family = re.compile("|".join(access_requests.FAMILIES))
        unlisted, known = set(), set()
        self.url_open("/web/health")  # a request fills the routing map
        for rule in self.env["ir.http"].routing_map().iter_rules():
            method = rule.endpoint.func
            modules = {
                controller.__module__.split(".")[2]
                for controller in type(method.__self__).__mro__
                if controller.__module__.startswith("odoo.addons.")
                and method.__name__ in vars(controller)
            }
            ours = any(module.startswith("customer_portal_plus") for module in modules)
            known.add(rule.rule)
            if not ours and not (
                family.match(rule.rule) and modules & set(access_requests.MODULES)
            ):
                continue
            if rule.rule in listed or any(p.fullmatch(rule.rule) for p in exempt):
                continue
            unlisted.add(rule.rule)
        self.assertEqual(sorted(unlisted), [], "Routes without a row in access_requests.py")
        self.assertEqual(sorted(listed - known), [], "Rows for routes that do not exist")
