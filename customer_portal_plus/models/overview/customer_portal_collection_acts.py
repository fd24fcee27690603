"""What staff do from the list of amounts to collect; each act is one that exists elsewhere."""

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.actions import list_action


class CustomerPortalCollection(models.Model):
    _inherit = "customer.portal.collection"

    def action_open_invoices(self):
        """List the unpaid invoices of this row, the oldest first.

        :rtype: dict
        """
        self.ensure_one()
        domain = (
            self._invoices_domain()
            & Domain("commercial_partner_id", "=", self.customer_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("currency_id", "=", self.currency_id.id)
        )
        action = list_action(
            self.env,
            "account.action_move_out_invoice_type",
            domain,
            default_move_type="out_invoice",
            create=False,
        )
        return {
            **action,
            "name": self.env._("Unpaid invoices of %s", self.customer_id.display_name),
        }

    def action_remind(self):
        """Remind the customers of all that is overdue, today and by the company's schedule of
        levels.

        :return: the action that says how many mails leave, and of how many customers nobody
        :rtype: dict
        :raise UserError: if no mail leaves
        """
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only who makes invoices may remind of them."))
        # Sudo: the list of reminders is nobody's to write but by sending; the customers are those
        # of rows that the user may read.
        levels_sudo = self.env["customer.portal.reminder"].sudo()
        sent, left_out = 0, 0
        for company, rows in self.grouped("company_id").items():
            levels = levels_sudo.search([("company_id", "=", company.id)])
            for customer in rows.customer_id.sudo():
                if company.sudo().portal_enabled and levels._remind(customer, by_hand=True):
                    sent += 1
                else:
                    left_out += 1
        if not sent:
            raise UserError(
                self.env._(
                    "Nobody was reminded. A customer gets one reminder a day at most, and none if"
                    " nothing is overdue, a payment is on its way, or nobody of it sees the"
                    " invoices in the portal. The company needs a schedule of reminders, too."
                )
            )
        message = self.env._(
            "Reminders sent: %(sent)s. Left out: %(left)s.", sent=sent, left=left_out
        )
        return self.env["customer.portal.access.mixin"]._portal_notify(message)

    def action_message(self):
        """Open the dialog that begins a conversation with each of the customers.

        :rtype: dict
        """
        self.check_access("read")
        return self.env["customer.portal.message.wizard"]._open(
            self.customer_id, self._only_company()
        )

    def action_statement(self):
        """Open the dialog that prints or mails the customers' statements.

        :rtype: dict
        """
        self.check_access("read")
        customers = self.customer_id.with_context(default_company_id=self._only_company().id)
        return customers.action_portal_statement()

    def action_invite(self):
        """Open the dialog that gives contacts of the customers access, and invites them.

        :rtype: dict
        """
        self.check_access("read")
        return self.customer_id.action_portal_give_access()

    def _only_company(self):
        """Return the one company that these rows are of.

        :rtype: res.company
        :raise UserError: if there are several
        """
        if len(self.company_id) > 1:
            raise UserError(self.env._("Please choose customers of one company."))
        return self.company_id or self.env.company
