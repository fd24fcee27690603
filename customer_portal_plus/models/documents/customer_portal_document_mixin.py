"""What a shared document and a file that is asked for have in common."""

from odoo import api, fields, models
from odoo.fields import Domain


class CustomerPortalDocumentMixin(models.AbstractModel):
    """Something between the company and one customer that only who has signed in sees: a document
    that staff share, or a file that they ask for.

    For a model to be one, it must give ``_portal_capability``, ``_portal_switch`` and
    ``_portal_page``, and override ``_portal_shown_domain``.
    """

    _name = "customer.portal.document.mixin"
    _inherit = [
        "customer.portal.access.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Shared with a customer that signs in"
    _check_company_auto = True

    # The switch of the company without which customers see none, and the address of the pages.
    _portal_switch = None
    _portal_page = None

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        tracking=True,
        ondelete="restrict",
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer (commercial entity)",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        index=True,
    )
    portal_visible = fields.Boolean("Visible in portal", default=True, tracking=True)

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        for record in self:
            record.commercial_partner_id = record.partner_id.commercial_partner_id

    def _compute_access_url(self):
        super()._compute_access_url()
        for record in self:
            record.access_url = f"{self._portal_page}/{record.id}"

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain(f"company_id.{self._portal_switch}", "=", True),
            customer=self._portal_customer_domain(contact),
            document=self._portal_shown_domain() & Domain("portal_visible", "=", True),
            by_link=False,
        )

    @api.model
    def _portal_customer_domain(self, contact):
        """Return the domain of the records whose customer has access to the portal.

        :param res.partner contact: see ``_portal_gates``
        :rtype: Domain
        """
        return Domain("commercial_partner_id.portal_access", "=", True)

    @api.model
    def _portal_shown_domain(self):
        """Return the domain of the records that are published, hidden ones among them.

        :rtype: Domain
        """
        raise NotImplementedError

    # === MAILS === #

    def message_post(self, **kwargs):
        """Override of `mail`: its mails look like all mails of the portal."""
        if not kwargs.get("email_layout_xmlid"):
            kwargs["email_layout_xmlid"] = "customer_portal_plus.mail_layout_message"
        return super().message_post(**kwargs)

    def _portal_mail_contact(self, template_xmlid, recipient, kind):
        """Tell a contact by mail what is at its disposal, or what it is asked for.

        :param str template_xmlid: the mail
        :param res.partner recipient: the contact
        :param str kind: of mail, see ``res.partner._portal_wants_mail``; what is none of those
            that contacts choose reaches everybody
        """
        self.ensure_one()
        self.with_context(portal_mail_kind=kind).message_post_with_source(
            self.env.ref(template_xmlid),
            partner_ids=recipient.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _portal_responsible_or_admin(self):
        """Return who is told what the customer did.

        :rtype: res.users
        """
        self.ensure_one()
        return self.user_id or self.env.ref("base.user_admin")

    def _portal_tell_responsible(self, event, summary):
        """Tell the responsible person what the customer did, as the company chose.

        :param str event: see ``customer.portal.staff.notification._wants``
        :param str summary: what was done, in one line
        """
        for record in self:
            self.env["customer.portal.staff.notification"]._tell(
                record,
                event,
                record._portal_responsible_or_admin(),
                summary,
                words=record.commercial_partner_id.name or "",
            )
