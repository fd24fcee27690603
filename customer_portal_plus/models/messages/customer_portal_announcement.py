from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerPortalAnnouncement(models.Model):
    """Something that a company tells its customers on their home page: all of them, or some.

    Customers have no right to read these records: the home page asks for those that are meant for
    who is signed in, and nobody gets at others.
    """

    _name = "customer.portal.announcement"
    _description = "Announcement to Customers"
    _order = "begins_on DESC, id DESC"

    name = fields.Char("Title", required=True, translate=True)
    body = fields.Html("Text", translate=True, sanitize_style=True)
    is_important = fields.Boolean("Important", help="It stands out, and before the others.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    audience = fields.Selection(
        [("all", "All customers"), ("customers", "Some customers")],
        "Meant for",
        required=True,
        default="all",
    )
    customer_ids = fields.Many2many(
        "res.partner",
        "customer_portal_announcement_customer_rel",
        "announcement_id",
        "partner_id",
        "Customers",
        help="All contacts of these customers who sign in read it; nobody else does.",
    )
    begins_on = fields.Date(
        "Shown from", required=True, default=lambda self: self._default_begins_on()
    )
    ends_on = fields.Date("Shown until", help="The last day. Empty: until you archive it.")
    closing_ids = fields.One2many(
        "customer.portal.announcement.closing", "announcement_id", "Closed by"
    )
    closing_count = fields.Integer("Times closed", compute="_compute_closing_count")
    state = fields.Selection(
        [("coming", "Not yet"), ("shown", "Shown"), ("ended", "Ended")],
        compute="_compute_state",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_begins_on(self):
        return fields.Date.context_today(self)

    @api.depends("closing_ids")
    def _compute_closing_count(self):
        groups = self.env["customer.portal.announcement.closing"]._read_group(
            [("announcement_id", "in", self.ids)], ["announcement_id"], ["__count"]
        )
        counts = dict(groups)
        for announcement in self:
            announcement.closing_count = counts.get(announcement._origin, 0)

    @api.depends("begins_on", "ends_on")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for announcement in self:
            if announcement.begins_on and announcement.begins_on > today:
                announcement.state = "coming"
            elif announcement.ends_on and announcement.ends_on < today:
                announcement.state = "ended"
            else:
                announcement.state = "shown"

    @api.constrains("audience", "customer_ids", "begins_on", "ends_on")
    def _check_audience(self):
        for announcement in self:
            if announcement.audience == "customers" and not announcement.customer_ids:
                raise ValidationError(self.env._("Choose the customers it is meant for."))
            if announcement.ends_on and announcement.ends_on < announcement.begins_on:
                raise ValidationError(self.env._("The last day is before the first one."))

    # === WHAT A CONTACT IS SHOWN === #

    @api.model
    def _portal_find_for(self, user):
        """Return the announcements that are meant for a user of the portal and that it has not
        closed.

        :param res.users user: who is signed in
        :return: the important ones first; in sudo, what is meant for the user is in the search
        :rtype: customer.portal.announcement
        """
        contact = user.partner_id.sudo()
        if not user.share or not contact.commercial_partner_id.portal_access:
            return self.sudo().browse()
        today = fields.Date.context_today(self)
        meant = Domain("audience", "=", "all") | Domain(
            "customer_ids.commercial_partner_id", "=", contact.commercial_partner_id.id
        )
        closed = self.env["customer.portal.announcement.closing"].sudo()
        return self.sudo().search(
            meant
            & Domain("company_id", "in", user._portal_companies().ids)
            & Domain("begins_on", "<=", today)
            & (Domain("ends_on", "=", False) | Domain("ends_on", ">=", today))
            & Domain(
                "id",
                "not in",
                closed._search([("contact_id", "=", contact.id)]).subselect("announcement_id"),
            ),
            order="is_important DESC, begins_on DESC, id DESC",
        )

    @api.model
    def _portal_rows(self, user):
        """Return what the home page shows of announcements.

        :param res.users user: who is signed in
        :return: dicts with ``id``, ``title``, ``body``, ``is_important``
        :rtype: list[dict]
        """
        return [
            {
                "id": announcement.id,
                "title": announcement.name,
                "body": announcement.body,
                "is_important": announcement.is_important,
            }
            for announcement in self._portal_find_for(user)
        ]

    @api.model
    def _portal_close(self, announcement_id, user):
        """Show an announcement to a contact no more: it has read it.

        :param int announcement_id: which
        :param res.users user: who is signed in
        :return: whether there was such an announcement, meant for it
        :rtype: bool
        """
        announcement_sudo = self._portal_find_for(user).filtered(
            lambda one: one.id == announcement_id
        )
        if not announcement_sudo:
            return False
        announcement_sudo.closing_ids.create(
            {"announcement_id": announcement_sudo.id, "contact_id": user.partner_id.id}
        )
        return True
