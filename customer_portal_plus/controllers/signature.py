import base64
import binascii
import logging

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from .document_page import DocumentPage
from .gate import GUEST_PAGE
from .step_up_session import needs_step_up, step_up_url

_logger = logging.getLogger(__name__)

MAX_VERIFIED_FILE_BYTES = 25 * 1024 * 1024
DATA_URL_PREFIX = "data:image/png;base64,"


class Signature(DocumentPage):
    """Signing pages, the same for every kind of document, and the public verification page."""

    # === SIGNING === #

    def _get_portal_signing(self, signing_id):
        """Return a frozen document, the document it was made of, and who is to sign it.

        :return: ``customer.portal.frozen.document``, the document, the contact, all in sudo; and
            the token by which a guest came
        :rtype: tuple[models.Model, models.Model, res.partner, str | None]
        :raise AccessError: if it was frozen for somebody else
        :raise MissingError: if it is gone
        """
        # Sudo: the table is nobody's to read; the contact is compared right here.
        signing_sudo = (
            request.env["customer.portal.frozen.document"].sudo().browse(signing_id).exists()
        )
        contact, token = self._get_portal_signer(signing_sudo.res_model, signing_sudo.res_id)
        if not signing_sudo or not contact or signing_sudo.contact_id != contact:
            raise MissingError(request.env._("This document is no longer at hand."))
        document_sudo = self._document_check_access(
            signing_sudo.res_model, signing_sudo.res_id, token
        )
        return signing_sudo, document_sudo, contact, token

    def _get_portal_signer(self, model_name, document_id):
        """Return who signs a document in this request, in sudo; empty for a guest who has not
        shown who it is.

        For a module to let others sign, it must override this method.

        :return: the contact, and the document's token if it needs one
        :rtype: tuple[res.partner, str | None]
        """
        contact = self._get_portal_contact()
        return (contact.browse() if request.env.user._is_public() else contact), None

    def _must_portal_confirm_signer(self):
        """Return whether the session must be confirmed by a mailed code before it signs. A guest
        is a signer only after it has typed one.

        :rtype: bool
        """
        return not request.env.user._is_public() and needs_step_up()

    def _get_portal_signing_facts(self, document_sudo):
        """Return the circumstances of a signature, see ``_get_portal_request_facts``.

        For a module to let others sign, it must override this method.

        :rtype: dict
        """
        return self._get_portal_request_facts()

    def _start_portal_signing(self, document_sudo):
        """Freeze a document for its signer and send it to the signing page.

        :param models.Model document_sudo: a ``customer.portal.sign.mixin``, from the gate
        """
        contact, token = self._get_portal_signer(document_sudo._name, document_sudo.id)
        if not contact or document_sudo._portal_sign_refusal(contact):
            return request.redirect(self._add_portal_token(document_sudo.access_url, token), 303)
        if self._must_portal_confirm_signer():
            return request.redirect(step_up_url(document_sudo.access_url), 303)
        try:
            with request.env.cr.savepoint():
                signing_sudo = document_sudo._portal_prepare_signing(contact)
        except UserError as error:
            # The PDF can't be made; worded for staff.
            _logger.warning("%s can't be signed: %s", document_sudo.display_name, error)
            return request.render(
                "customer_portal_plus.portal_signing_impossible",
                {
                    "document_name": document_sudo.display_name,
                    "document_url": self._add_portal_token(document_sudo.access_url, token),
                    "no_breadcrumbs": True,
                },
                status=500,
            )
        return request.redirect(f"/my/sign/{signing_sudo.id}", 303)

    @route("/my/sign/<int:signing_id>", type="http", auth="public", website=True, methods=["GET"])
    def portal_signing_page(self, signing_id, **kwargs):
        try:
            signing_sudo, document_sudo, contact, token = self._get_portal_signing(signing_id)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        return self._render_portal_signing_page(signing_sudo, document_sudo, contact, token)

    def _render_portal_signing_page(
        self, signing_sudo, document_sudo, contact, token, error="", posted=None
    ):
        customer = document_sudo._portal_customer()
        posted = posted or {}
        return request.render(
            "customer_portal_plus.portal_signing",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "signing",
                "res_company": document_sudo.company_id,  # The layout wants the record.
                "no_breadcrumbs": True,
                "signing_id": signing_sudo.id,
                "sha256": signing_sudo.sha256,
                "document_name": document_sudo.display_name,
                "document_url": self._add_portal_token(document_sudo.access_url, token),
                "amount": document_sudo._portal_amount_text(),
                "customer_name": customer.name,
                "consent": document_sudo._portal_consent_text(document_sudo, customer.name),
                "signer_name": posted.get("signer_name", contact.name),
                "method": posted.get("method", "draw"),
                "error": error,
                **document_sudo._portal_signing_page_values(contact, posted),
            },
            status=422 if error else 200,
        )

    @route("/my/sign/<int:signing_id>/document.pdf", type="http", auth="public", methods=["GET"])
    def portal_signing_document(self, signing_id, **kwargs):
        try:
            signing_sudo, document_sudo, _contact, _token = self._get_portal_signing(signing_id)
        except (AccessError, MissingError):
            raise NotFound() from None
        return self._make_portal_file_response(
            f"{document_sudo.display_name}.pdf", signing_sudo._pdf_bytes(), shown=True
        )

    @route(
        "/my/sign/<int:signing_id>/confirm",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        max_content_length=8 * 1024 * 1024,
        portal_files=("file", "order_file"),
    )
    def portal_sign(self, signing_id, **posted):
        try:
            signing_sudo, document_sudo, contact, token = self._get_portal_signing(signing_id)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        if self._must_portal_confirm_signer():
            return request.redirect(step_up_url(f"/my/sign/{signing_sudo.id}"), 303)
        customer = document_sudo._portal_customer()
        try:
            if not posted.get("consent"):
                raise UserError(request.env._("Please tick that you have read and accept it."))
            method, image = self._parse_portal_signature(posted)
            with request.env.cr.savepoint():
                document_sudo._portal_sign(
                    signing_sudo,
                    contact,
                    posted.get("sha256"),
                    self._get_portal_signing_facts(document_sudo),
                    method=method,
                    image=image,
                    signer_name=posted.get("signer_name"),
                    consent_text=document_sudo._portal_consent_text(document_sudo, customer.name),
                    posted=posted,
                )
        except UserError as error:
            return self._render_portal_signing_page(
                signing_sudo, document_sudo, contact, token, str(error), posted
            )
        return request.redirect(
            self._add_portal_token(document_sudo._portal_signed_url(), token), 303
        )

    def _parse_portal_signature(self, posted):
        """Return how the signature was made and its picture.

        :return: ``draw``, ``type`` or ``upload``, and the picture's bytes or None
        :rtype: tuple[str, bytes | None]
        :raise UserError: if the picture can't be read
        """
        method = posted.get("method")
        if method == "upload":
            file = posted.get("file")
            return method, file.read() if hasattr(file, "read") else None
        if method == "draw":
            drawn = posted.get("drawing") or ""
            if not drawn.startswith(DATA_URL_PREFIX):
                return method, None
            try:
                return method, base64.b64decode(drawn[len(DATA_URL_PREFIX) :], validate=True)
            except (binascii.Error, ValueError):
                raise UserError(
                    request.env._("The signature must be a picture, PNG or JPEG.")
                ) from None
        return "type", None

    # === VERIFYING === #

    @route(
        ["/portal/verify", "/portal/verify/<string:code>"],
        methods=["GET"],
        **GUEST_PAGE,
    )
    def portal_verify(self, code=None, **kwargs):
        code = code or kwargs.get("code")
        if not isinstance(code, str) or not code.strip():
            return self._render_portal_verification()
        Evidence = request.env["customer.portal.signature"]
        return self._render_portal_verification(Evidence._find_by_code(code))

    @route(
        "/portal/verify/file",
        methods=["POST"],
        max_content_length=MAX_VERIFIED_FILE_BYTES,
        portal_files=("file",),
        **GUEST_PAGE,
    )
    def portal_verify_file(self, file=None, **kwargs):
        data = file.read() if hasattr(file, "read") else b""
        if not data:
            return self._render_portal_verification(error=request.env._("Please choose a file."))
        Evidence = request.env["customer.portal.signature"]
        return self._render_portal_verification(
            Evidence._find_by_file(data), values=self._prepare_portal_verified_file(data)
        )

    def _prepare_portal_verified_file(self, data):
        """Return what the page says of a file that was sent, besides whose it is.

        For a module to look into the file, it must override this method and the template.

        :param bytes data: anything
        :rtype: dict
        """
        return {}

    def _render_portal_verification(self, evidence_sudo=None, error="", values=None, status=200):
        """Render the answer: genuine with the certificate's own words, or not."""
        genuine = bool(evidence_sudo) and evidence_sudo._is_genuine()
        return request.render(
            "customer_portal_plus.portal_verification",
            {
                "asked": evidence_sudo is not None,
                "genuine": genuine,
                "error": error,
                "sections": evidence_sudo._certificate_sections() if genuine else [],
                "no_breadcrumbs": True,
                **({"res_company": evidence_sudo.company_id} if genuine else {}),
                **(values or {}),
            },
            headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
            status=status,
        )
