"""What keeps a contact from answering a quote, and what it is told then."""

from odoo import api, models

from ...exceptions import PortalRefusal


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === WHAT IS POSSIBLE === #

    def _portal_answer_obstacle(self, partner, capabilities=("can_accept",)):
        """Return what keeps ``partner`` from answering this quote at all. It can be answered if:

        - the four gates are open for it, or for a guest with the document's token;
        - it was sent, is not answered yet, nor cancelled;
        - it is not expired;
        - no payment for it is under way;
        - the contact has the capability *Accept, sign and reject quotes* (a guest with the
          document's token is not asked for one).

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :param tuple capabilities: those of which the contact needs one
        :return: a key of ``_portal_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        self.ensure_one()
        contact = self._portal_as_contact(partner)
        if self.state == "draft":
            return "draft"
        if self._portal_refusal(contact):
            return "unavailable"
        if self.state == "sale":
            return "accepted"
        if self.state == "cancel":
            return "rejected"
        if self.is_expired:
            return "expired"
        if contact and not any(contact._portal_can(capability) for capability in capabilities):
            return "no_right"
        if self._portal_payment_under_way():
            return "payment_under_way"
        return None

    def _portal_accept_obstacle(self, partner):
        """Return what keeps ``partner`` from accepting this quote. It can be accepted if:

        - it can be answered (see ``_portal_answer_obstacle``);
        - the company lets customers accept quotes;
        - where a payment is asked for, the company lets customers pay online;
        - it can be confirmed: each of its lines has a product;
        - where two people are needed, it is the turn of ``partner`` (see
          ``_portal_approval_obstacle``).

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :return: a key of ``_portal_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        obstacle = self._portal_answer_obstacle(partner)
        if obstacle:
            return obstacle
        if not self.company_id.portal_allow_quote_acceptance:
            return "acceptance_off"
        if self._has_to_be_paid() and not self.company_id.portal_allow_payment:
            return "payment_off"
        if self._confirmation_error_message():
            return "incomplete"
        return self._portal_approval_obstacle(partner)

    def _portal_reject_obstacle(self, partner):
        """Return what keeps ``partner`` from rejecting this quote. It can be rejected if:

        - it can be answered (see ``_portal_answer_obstacle``);
        - the company lets customers reject quotes;
        - it is not signed yet.

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :return: a key of ``_portal_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        obstacle = self._portal_answer_obstacle(partner)
        if obstacle:
            return obstacle
        if not self.company_id.portal_allow_quote_rejection:
            return "rejection_off"
        if self.signature:
            return "signed"
        return None

    def _portal_payment_under_way(self):
        """Return whether this document is being paid online at this moment.

        :rtype: bool
        """
        return bool(self.sudo().transaction_ids._portal_filter_under_way())

    def _portal_next_act(self, partner):
        """Return how ``partner`` accepts this quote: the act that the page offers first.

        :return: ``sign``, ``pay`` (both as core knows them) or ``accept`` (one click); None if it
            can't be accepted
        :rtype: str | None
        """
        if self._portal_accept_obstacle(partner):
            return None
        if self._has_to_be_signed():
            return "sign"
        if self._has_to_be_paid() and not self._portal_approval_stage():
            return "pay"
        return "accept"

    @api.model
    def _portal_obstacle_texts(self):
        """Return what is told to a customer who can't answer, by obstacle.

        :rtype: dict[str, str]
        """
        return {
            "draft": self.env._("This quote is not sent yet, so it can't be answered."),
            "unavailable": self.env._("This quote is not available."),
            "accepted": self.env._("This quote is already accepted. Nothing was changed."),
            "rejected": self.env._("This quote is already rejected. Nothing was changed."),
            "expired": self.env._(
                "This quote is no longer valid. Write to us if you want a new one."
            ),
            "no_right": self.env._(
                "You can read this quote. To answer it, ask a colleague who may, or write to us."
            ),
            "payment_under_way": self.env._(
                "A payment for this quote is under way. Please wait until it is finished."
            ),
            "acceptance_off": self.env._(
                "Quotes are not accepted online. Please write to us or call us to order."
            ),
            "rejection_off": self.env._("Quotes are not rejected online. Please write to us."),
            "payment_off": self.env._(
                "This quote asks for a payment, and online payment is switched off."
                " Please write to us."
            ),
            "incomplete": self.env._("This quote can't be accepted online. Please write to us."),
            "signed": self.env._("This quote is already signed. Nothing was changed."),
            "changed": self.env._(
                "This quote has changed since you opened it, so nothing was done."
                " Please read it again before you answer."
            ),
            "to_sign": self.env._("This quote asks for a signature."),
            "to_pay": self.env._("This quote asks for a payment."),
            **self._portal_changes_texts(),
            **self._portal_signature_texts(),
            **self._portal_approval_texts(),
            **self.env["customer.portal.rejection.reason"]._portal_refusal_texts(),
        }

    def _portal_refuse(self, code):
        """Raise the refusal of an act, in words for the customer.

        :param str code: a key of ``_portal_obstacle_texts``
        :raise PortalRefusal: always
        """
        raise PortalRefusal(self._portal_obstacle_texts()[code], code)
