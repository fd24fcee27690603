"""What the portal's home page and menu ask of companies and users."""

from odoo import models
from odoo.tools import str2bool


class ResUsers(models.Model):
    _inherit = "res.users"

    def _portal_companies(self, switch=None):
        """Return the companies of this user whose portal is on.

        :param str switch: a switch of ``res.company`` that must be on, too
        :return: the companies, in sudo: a customer can't read settings
        :rtype: res.company
        """
        self.ensure_one()
        return self.company_ids.sudo().filtered(
            lambda company: company.portal_enabled and (not switch or company[switch])
        )

    def _portal_allows(self, switch, capability):
        """Return whether a function is there for this user: one of its companies has it
        switched on, and the contact has the capability.

        :param str switch: a switch of ``res.company``
        :param str capability: a capability of ``customer.portal.profile``
        :rtype: bool
        """
        self.ensure_one()
        return bool(self._portal_companies(switch)) and self.partner_id._portal_can(capability)

    def _portal_allows_invoices(self):
        """Return whether this user sees invoices: what is about them, such as credit or plans, is
        there for nobody else.

        :rtype: bool
        """
        return self._portal_allows("portal_show_invoices", "can_see_invoices")

    def _portal_can_pay_online(self):
        """Return whether this user can pay invoices online at all: core's own setting, a
        company's switch and the contact's capability decide together.

        :rtype: bool
        """
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return str2bool(
            parameters_sudo.get_param("account_payment.enable_portal_payment"), False
        ) and self._portal_allows("portal_allow_payment", "can_pay")
