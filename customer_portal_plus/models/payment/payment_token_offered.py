from odoo import models
from odoo.fields import Domain


class PaymentToken(models.Model):
    _inherit = "payment.token"

    def _get_available_tokens(
        self, providers_ids, partner_id, *args, is_validation=False, **kwargs
    ):
        """Override of `payment`: the main method comes first, and is chosen beforehand by that;
        saved methods of ways that are not offered now are left out, and all of them for who acts
        by a seat: they are the customer's own people's."""
        if self.env.user._portal_is_seat():
            return self.browse()
        tokens = super()._get_available_tokens(
            providers_ids, partner_id, *args, is_validation=is_validation, **kwargs
        )
        company = self.env["payment.provider"]._portal_ways_company()
        contact = self.env.user.partner_id
        if company and not is_validation and contact.id == partner_id:
            # Those saved for the customer itself, for who manages them; never for guests.
            tokens |= self.search(
                Domain("provider_id", "in", providers_ids) & self._portal_domain(contact)
            )
        tokens = tokens.sorted(lambda token: not token._portal_is_main())
        if not company or is_validation:
            return tokens
        if not company.portal_allow_saved_methods:
            return tokens.browse()
        return tokens.filtered(
            lambda token: (
                company._portal_offered_methods(token.payment_method_id)
                and company._portal_offered_providers(token.provider_id)
            )
        )
