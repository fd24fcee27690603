"""Who may settle with the company what keeps an invoice unpaid, and what is refused then."""

from odoo import api, models

from ...exceptions import PortalRefusal

MAX_INVOICES = 200  # in one promise, or in one plan


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_may_settle(self, contact, switch, capability):
        """Return whether company and profile let a contact settle this document in one way.

        :param res.partner contact: who asks; its gates were asked; empty for a guest
        :param str switch: the company's field
        :param str capability: see ``res.partner._portal_can``
        :rtype: bool
        """
        self.ensure_one()
        contact = self._portal_as_contact(contact) if contact else contact
        return bool(
            contact
            and self.move_type == "out_invoice"
            and self.sudo().company_id[switch]  # Sudo: of the company, a switch.
            and contact._portal_can(capability)
        )

    @api.model
    def _portal_settling_obstacle_texts(self):
        """Return what is told to who can't settle an invoice, whichever way, by obstacle.

        :rtype: dict[str, str]
        """
        return {
            "nothing_due": self.env._("There is nothing left to pay on this invoice."),
            "on_its_way": self.env._("A payment of this invoice is on its way."),
            "promised": self.env._("A payment of this invoice is promised already."),
            "planned": self.env._("This invoice is in a payment plan already."),
        }

    def _portal_settling_check_number(self):
        """Refuse if a contact has chosen none, or more than are settled at once.

        :raise PortalRefusal: in words for the contact
        """
        if not self or len(self) > MAX_INVOICES:
            raise PortalRefusal(
                self.env._("Please choose at least one invoice, %s at most.", MAX_INVOICES),
                "invoices",
            )

    def _portal_settling_check_obstacles(self, obstacles, texts):
        """Refuse if something keeps one of these documents from being settled.

        :param dict obstacles: document id -> a key of ``texts``, None if nothing does
        :param dict texts: what is told of each obstacle
        :raise PortalRefusal: in words for the contact, with the first obstacle
        """
        for document in self:
            if obstacle := obstacles[document.id]:
                raise PortalRefusal(f"{document.name}: {texts[obstacle]}", obstacle)
