from odoo import fields, models


class CustomerPortalReminderLine(models.Model):
    _name = "customer.portal.reminder.line"
    _description = "Amount in a Payment Reminder"
    _order = "id"

    mail_id = fields.Many2one(
        "customer.portal.reminder.mail", "Reminder", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(related="mail_id.date", store=True)
    company_id = fields.Many2one(related="mail_id.company_id")
    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "account.move.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    due_date = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount = fields.Monetary(readonly=True)
    level = fields.Char(
        readonly=True, help="The level that the amount has reached; empty if it was mentioned only."
    )
    days = fields.Integer("Days of the level", readonly=True, aggregator=None)
