"""Whom a contact brought in: until somebody else vouches for it, it may be a second address of who
did, and does not count as the second person where two are needed."""

from odoo import fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_introduced_by_id = fields.Many2one(
        "res.partner",
        "Brought in by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The colleague who gave this person access, or wrote its e-mail address. Where a"
        " customer wants two people to approve a quote, the two don't count as two until you or a"
        " third colleague confirm that this is somebody else.",
    )

    def _portal_introduce(self, contact):
        """Note that a contact brought these people in.

        :param res.partner contact: who invited them, or wrote their addresses
        """
        # Sudo: nobody writes this but by its acts.
        (self - contact).sudo().portal_introduced_by_id = contact

    def _portal_vouch(self):
        """Note that these people are known to somebody else than who brought them in."""
        self.sudo().filtered("portal_introduced_by_id").portal_introduced_by_id = False

    def _portal_was_introduced_by(self, contact):
        """Return whether this contact was brought in by another one, or by whom that one brought
        in, and nobody else has confirmed it since.

        :rtype: bool
        """
        self.ensure_one()
        seen = person_sudo = self.sudo()
        while person_sudo := person_sudo.portal_introduced_by_id - seen:
            if person_sudo == contact:
                return True
            seen |= person_sudo
        return False

    def _portal_can_vouch(self, colleague):
        """Return whether this contact may confirm a colleague: somebody else brought it in, and
        nobody doubts that this contact itself is somebody.

        :param res.partner colleague: one whom this contact manages
        :rtype: bool
        """
        self.ensure_one()
        introducer = colleague.sudo().portal_introduced_by_id
        is_confirmed = not self.sudo().portal_introduced_by_id
        return bool(introducer) and is_confirmed and introducer != self != colleague

    def action_portal_confirm_person(self):
        """Confirm that these contacts are other people than those who brought them in."""
        self.check_access("write")
        self._portal_vouch()
        for contact in self:
            self._portal_log_confirmed(contact)
        return self.env["customer.portal.access.mixin"]._portal_notify(self.env._("Confirmed."))

    def _portal_team_confirm(self, contact_id):
        """Confirm a colleague whom another one brought in.

        :param int contact_id: an id that came from outside
        :raise UserError: in words for the customer, if it is not possible
        """
        colleague = self._portal_team_begin(contact_id)
        if not self._portal_can_vouch(colleague):
            raise UserError(self.env._("Somebody else has to confirm this colleague."))
        colleague._portal_vouch()
        self._portal_log_confirmed(colleague)
        self.commercial_partner_id._portal_tell_staff(
            self.env._(
                "%(contact)s confirmed in the customer portal who %(name)s is.",
                contact=self.name,
                name=colleague.name,
            ),
            self,
        )

    def _portal_log_confirmed(self, contact):
        events = self.env["customer.portal.event"]
        env = events._company_words()
        events._log("rights", contact=contact, detail=env._("Confirmed as a person of its own"))
