"""Archives over all customers for which one person acts: a folder for each of them."""

from odoo import api, models
from odoo.fields import Domain


class CustomerPortalPack(models.Model):
    _inherit = "customer.portal.pack"

    @api.model
    def _seat_readers(self, holder):
        """Return by whose rights a person reads the documents of all its customers: its own user,
        and those of the seats that it holds now.

        :param res.users holder: who has signed in
        :return: one a customer, in sudo
        :rtype: res.users
        """
        return (holder | self.env["customer.portal.seat"]._held_by(holder).user_id).sudo()

    @api.model
    def _documents_of_seats(self, domain, limit=None):
        """Return the invoices and credit notes that the current user sees of all its customers
        now, customer by customer, the oldest first, in sudo.

        :param Domain domain: further conditions
        :param int limit: how many at most
        :rtype: account.move
        """
        Move = self.env["account.move"]
        readers = self._seat_readers(self.env.user)
        allowed = Domain.OR(Move.with_user(reader)._portal_user_domain() for reader in readers)
        # Sudo: the gates are in the domain.
        return Move.sudo().search(
            allowed & domain, order="commercial_partner_id, invoice_date, id", limit=limit
        )

    @api.model
    def _documents_of_readers(self, document_ids, by_seats):
        """Return which of some documents the current user sees now, and as whom.

        :param list document_ids: ids of invoices and credit notes
        :param bool by_seats: whether they are of all customers for which the user acts: each is
            read by the rights of the contact as whom it acts there, while it may
        :return: pairs of this model, as who reads them, and the documents in sudo, the oldest first
        :rtype: list[tuple[customer.portal.pack, account.move]]
        """
        wanted = Domain("id", "in", document_ids)
        if not by_seats:
            return [(self, self._documents_of_user(wanted))]
        # Sudo: only to ask no more readers than there are customers here.
        moves_sudo = self.env["account.move"].sudo().search(wanted)
        customers = moves_sudo.commercial_partner_id
        found = []
        for user in self._seat_readers(self.env.user):
            if user.partner_id.commercial_partner_id in customers:
                reader = self.with_user(user)
                found.append((reader, reader._documents_of_user(wanted)))
        return found
