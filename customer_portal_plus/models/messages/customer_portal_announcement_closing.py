from odoo import fields, models


class CustomerPortalAnnouncementClosing(models.Model):
    """That a contact has read an announcement and closed it.

    There is no unique constraint: merging two contacts would delete rows without a word. A second
    row for the same contact is harmless.
    """

    _name = "customer.portal.announcement.closing"
    _description = "Announcement Read"
    _order = "id DESC"
    _rec_name = "contact_id"

    announcement_id = fields.Many2one(
        "customer.portal.announcement", required=True, readonly=True, index=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(
        "res.partner", "Contact", required=True, readonly=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "res.partner", related="contact_id.commercial_partner_id", string="Customer"
    )
    create_date = fields.Datetime("Closed on", readonly=True)
