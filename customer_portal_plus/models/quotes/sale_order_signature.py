"""Quotes that are signed, or accepted with one click, leave evidence: see
``customer.portal.signature``."""

import base64

from odoo import api, models

from ...tools.mask import mask_address
from ...tools.signature_image import typed_signature

MAX_ORDER_REF_LENGTH = 64


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "customer.portal.sign.mixin"]

    # === SIGNING === #

    def _portal_sign_refusal(self, contact):
        self.ensure_one()
        order = self.sudo()
        obstacle = order._portal_accept_obstacle(contact)
        if not obstacle and order.signature:
            obstacle = "signed"
        return order._portal_obstacle_texts()[obstacle] if obstacle else ""

    def _portal_guest_signers(self, visitor):
        """Return the addresses among which a guest says who signs: those of the customer's
        contacts who may, that of the contact whom the quote is for first.

        :param res.partner visitor: the contact of a personal link, who is asked for its own
            address alone; empty for a guest with the document's token
        :return: ``key``, ``masked``, ``address``, ``contacts`` (numbers) of each
        :rtype: list[dict]
        """
        self.ensure_one()
        order = self.sudo()  # The customer's people, asked for a guest; it is shown no more.
        people = order._portal_as_contact(visitor) or order.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", order.portal_commercial_partner_id.id),
                ("email_normalized", "!=", False),
            ],
            limit=50,
        )
        SignIn = order.env["customer.portal.challenge"]
        rows = SignIn._find_contacts(order.company_id, contact_ids=people.ids, is_sign_in=False)
        by_address = {}
        for contact_id, address, _name, _customer in sorted(
            rows, key=lambda row: (row[0] != order.partner_id.id, row[0])
        ):
            if not order._portal_sign_refusal(people.browse(contact_id)):
                by_address.setdefault(address, []).append(contact_id)
        return [
            {
                "key": SignIn._digest("signer", f"{order.id} {address}")[:16],
                "masked": mask_address(address),
                "address": address,
                # One mailbox is one person: the first of its contacts signs.
                "contacts": contacts[:1],
            }
            for address, contacts in list(by_address.items())[:10]
        ]

    def _portal_signing_act(self, contact):
        return "approved" if self._portal_approval_stage() == "first" else "signed"

    def _portal_signed(self, evidence, image=None):
        """Write core's own fields of a signature, and confirm the order unless it is paid first.
        Of two people who must sign, the second one's signature is the order's."""
        env = self._portal_log_words()
        detail = self._portal_first_person_detail(evidence.act) or env._(
            "Signed by %s", evidence.signer_name
        )
        self._portal_log_answer("accept", evidence.contact_id, detail)
        if evidence.act == "approved":
            self._portal_await_approval(evidence.contact_id)
            return
        picture = image or typed_signature(evidence.signer_name)
        self.write(
            {
                "signed_by": evidence.signer_name,
                "signed_on": evidence.signed_at,
                "signature": base64.b64encode(picture),
            }
        )
        contact = evidence.contact_id
        is_paid = self._portal_take_acceptance(contact)
        self._portal_post_answer(
            contact,
            self.env._(
                "I accept this quote: %(amount)s. Signed by %(name)s.",
                amount=self._portal_amount_text(),
                name=evidence.signer_name,
            ),
            # Their own notice comes when it becomes an order.
            tell_staff=not is_paid,
        )

    def _portal_signed_url(self):
        if self._portal_awaits_second():
            return self.access_url  # Its state says whom it waits for.
        payment = "&allow_payment=yes" if self._has_to_be_paid() else ""
        return f"{self.access_url}?message=sign_ok{payment}"

    # === ONE CLICK === #

    def _portal_keep_click(self, partner, act, posted, facts):
        """Keep evidence of a quote that was accepted with one click.

        :param res.partner partner: see ``_portal_accept_quote``
        :param str act: ``accepted`` or ``approved``
        :param dict posted: likewise
        :param dict facts: likewise
        """
        contact = partner or self.partner_id
        self.env["customer.portal.signature"]._record(
            self,
            contact,
            self._portal_render_pdf(),
            act,
            facts or {},
            method="click",
            order_ref=self._portal_take_order_ref(posted or {}),
            signer_name=contact.name,
            consent_text=self.env._(
                "%(customer)s accepts %(document)s of %(amount)s.",
                customer=self.portal_commercial_partner_id.name,
                document=self.name,
                amount=self._portal_amount_text(),
            ),
        )

    # === THE CUSTOMER'S OWN ORDER NUMBER === #

    def _portal_signing_page_values(self, contact, posted):
        return {
            "ask_order_ref": True,
            "order_ref": posted.get("order_ref", self.client_order_ref or ""),
            "order_ref_required": self._portal_requires_order_ref(),
        }

    def _portal_take_signing_values(self, posted):
        return {"order_ref": self._portal_take_order_ref(posted)}

    @api.model
    def _portal_signature_texts(self):
        return {
            "sign_on_page": self.env._("Please sign this quote on its own page, after reading it."),
            "no_order_ref": self.env._("Please give the number of your own order."),
            "long_order_ref": self.env._(
                "The order number is too long: at most %s characters.", MAX_ORDER_REF_LENGTH
            ),
            "big_order_file": self.env._("The file of your order is too large: 10 MB at most."),
            "bad_order_file": self.env._(
                "Your order must be a PDF or a picture (PNG or JPEG) that can be opened."
            ),
        }
