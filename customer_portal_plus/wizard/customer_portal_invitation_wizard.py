from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class CustomerPortalInvitationWizard(models.TransientModel):
    """Show who can be given access to the portal, who can't and why; then invite."""

    _name = "customer.portal.invitation.wizard"
    _description = "Give Portal Access"

    partner_ids = fields.Many2many("res.partner", string="Selected", required=True)
    profile_id = fields.Many2one(
        "customer.portal.profile",
        "Profile",
        help="Empty: the profile the contact has, or the company's default.",
    )
    profile_description = fields.Char(related="profile_id.description")
    line_ids = fields.One2many(
        "customer.portal.invitation.wizard.line",
        "wizard_id",
        "Contacts",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    invited_count = fields.Integer(compute="_compute_counts")
    refused_count = fields.Integer(compute="_compute_counts")

    @api.depends("partner_ids")
    def _compute_line_ids(self):
        for wizard in self:
            contacts = wizard._get_contacts()
            refused = contacts._portal_invitation_refusals()
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create(
                    {
                        "partner_id": contact.id,
                        "selected": contact not in refused
                        and not wizard._has_people(contact, contacts),
                    }
                )
                for contact in contacts
            ]

    def _get_contacts(self):
        """Return the selected contacts and, of selected customers, their contacts.

        A subsidiary is a customer of its own, and an address is nobody who signs in.
        """
        contacts = self.env["res.partner"]
        for partner in self.partner_ids._origin or self.partner_ids:
            contacts |= partner
            if partner == partner.commercial_partner_id:
                contacts |= partner.child_ids.filtered(
                    lambda child: child.type == "contact" and not child.is_company
                )
        return contacts

    @api.model
    def _has_people(self, contact, contacts):
        """Return whether it is the contacts of a company who sign in, not the company itself."""
        return contact.is_company and any(
            other.commercial_partner_id == contact and other != contact and other.email
            for other in contacts
        )

    @api.depends("line_ids.selected", "line_ids.refusal")
    def _compute_counts(self):
        for wizard in self:
            selected = wizard.line_ids.filtered("selected")
            wizard.refused_count = len(selected.filtered("refusal"))
            wizard.invited_count = len(selected) - wizard.refused_count

    def action_invite(self):
        """Give the ticked contacts access; the others, and those who can't, are left alone."""
        self.ensure_one()
        self.partner_ids.check_access("write")
        lines = self.line_ids.filtered("selected")
        allowed = lines.filtered(lambda line: not line.refusal)
        if not allowed:
            raise UserError(
                self.env._("Nobody to invite:") + "\n" + "\n".join(lines._get_summary())
                if lines
                else self.env._("Tick the contacts who shall be given access.")
            )
        for line in allowed:
            if email_normalize(line.partner_id.email) != email_normalize(line.email):
                line.partner_id.email = line.email
        allowed.partner_id._portal_give_access(profile=self.profile_id)
        allowed.partner_id._portal_vouch()
        refused = lines - allowed
        message = self.env._("Contacts who were invited: %s", len(allowed))
        if refused:
            message += "\n" + self.env._("Not invited:") + " "
            message += "; ".join(refused._get_summary())
        return self.env["customer.portal.access.mixin"]._portal_notify(message)


class CustomerPortalInvitationWizardLine(models.TransientModel):
    _name = "customer.portal.invitation.wizard.line"
    _description = "Contact to Be Given Portal Access"

    wizard_id = fields.Many2one(
        "customer.portal.invitation.wizard", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, readonly=True, ondelete="cascade"
    )
    selected = fields.Boolean("Invite")
    email = fields.Char("E-mail", compute="_compute_email", store=True, readonly=False)
    refusal = fields.Char("Not possible because", compute="_compute_refusal")

    @api.depends("partner_id")
    def _compute_email(self):
        for line in self:
            line.email = line.partner_id.email

    @api.onchange("email")
    def _onchange_email(self):
        """Tick whom an address is typed for that had none."""
        if email_normalize(self.email) and not email_normalize(self.partner_id.email):
            self.selected = True

    @api.depends("partner_id", "email", "selected", "wizard_id.line_ids.selected")
    def _compute_refusal(self):
        for wizard, lines in self.grouped("wizard_id").items():
            # Two ticked lines with one address are in each other's way, others aren't.
            ticked = wizard.line_ids.filtered("selected") | lines.filtered("selected")
            refusals = self._get_refusals(ticked)
            for line in lines:
                found = refusals if line in ticked else self._get_refusals(line)
                _code, line.refusal = found.get(line.partner_id, (False, False))

    @api.model
    def _get_refusals(self, lines):
        emails = {line.partner_id: line.email for line in lines}
        return lines.partner_id._portal_invitation_refusals(emails)

    def _get_summary(self):
        return [f"{line.partner_id.display_name}: {line.refusal}" for line in self]
