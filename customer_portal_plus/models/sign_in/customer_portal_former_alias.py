from odoo import fields, models


class CustomerPortalFormerAlias(models.Model):
    """An address that a company's portal had before; it leads to the present one.

    The present alias is a field of ``res.company``. An alias that was ever in use is not given
    to another company: saved links must not lead to a stranger.
    """

    _name = "customer.portal.former.alias"
    _description = "Former Address of a Customer Portal"
    _rec_name = "alias"

    alias = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _alias_unique = models.Constraint(
        "UNIQUE(alias)", "This address was used by a customer portal before."
    )
