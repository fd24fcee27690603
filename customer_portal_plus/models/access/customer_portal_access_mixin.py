from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

from ...tools.parsing import is_token, parse_id


class CustomerPortalAccessMixin(models.AbstractModel):
    """The four gates before a customer's document, written once.

    ``_portal_gates`` gives them as domains. Record rules, lists and sums use their conjunction
    (``_portal_domain``); pages, downloads, tokens and the chatter ask ``_portal_refusal``, which
    says which gate stays shut. So the two ways of asking can't disagree.
    """

    _name = "customer.portal.access.mixin"
    _inherit = ["customer.portal.columns.mixin"]
    _description = "Document behind the gates of the customer portal"

    # Where a document's customer is, and to which contacts it is addressed: paths of fields.
    _portal_customer_path = "commercial_partner_id"
    _portal_addressee_paths = ("partner_id",)
    # The capability without which a contact sees none, by name; None if there is no such one.
    _portal_capability = None
    # Whether customer and staff write to each other on it. Else what is said about it is elsewhere.
    _portal_has_messages = True

    # === GATES === #

    @api.model
    def _portal_scope_domain(self):
        """Return the domain of the records that the gates are for; the others stay as core has
        them (vendor bills, for one).

        :rtype: Domain
        """
        return Domain.TRUE

    @api.model
    def _portal_gates(self, contact):
        """Return the gates, in the order in which they are asked.

        For a model to stand behind the gates, it must override this method and give domains
        for ``company`` (is this function on), ``customer`` (is its access on), ``contact``
        (whose document, and which capability) and ``document`` (published and not hidden).

        :param res.partner contact: who asks; empty for a guest who holds the document's token,
            who has no profile: the gate ``contact`` is left out then
        :return: pairs of gate name and domain
        :rtype: list[tuple[str, Domain]]
        """
        raise NotImplementedError

    @api.model
    def _portal_make_gates(self, contact, *, company, document, customer=None, by_link=True):
        """Return the gates in their order, from what differs between the models.

        :param res.partner contact: see ``_portal_gates``
        :param Domain company: whether the company has the function on; that it has a portal at
            all is asked here
        :param Domain document: whether the document is published and not hidden
        :param Domain customer: whether the customer has access, if that is not told by
            ``_portal_customer_path``
        :param bool by_link: whether a link may open it; else it is for who has signed in
        :return: see ``_portal_gates``
        """
        if customer is None:
            customer = Domain(f"{self._portal_customer_path}.portal_access", "=", True)
        gates = [
            ("company", Domain("company_id.portal_enabled", "=", True) & company),
            ("customer", customer),
        ]
        if contact:
            gates.append(("contact", self._portal_contact_domain(contact)))
        elif not by_link:
            document = Domain.FALSE
        gates.append(("document", document))
        return gates

    @api.model
    def _portal_contact_domain(self, contact):
        """Return the domain of the documents that are for a contact, by its profile: those
        addressed to it, if it has the capability to see any.

        For a model whose documents are for somebody by more than that, it must override this
        method.

        :param res.partner contact: a contact, never empty
        :rtype: Domain
        """
        capability = self._portal_capability
        if capability and not contact._portal_profile()[capability]:
            return Domain.FALSE
        return self._portal_addressed_domain(contact)

    @api.model
    def _portal_domain(self, contact):
        """Return the domain of the documents that ``contact`` sees in the portal.

        :param res.partner contact: a contact, with or without a user
        :rtype: Domain
        """
        if not contact:
            return Domain.FALSE
        return self._portal_scope_domain() & Domain.AND(
            domain for _gate, domain in self._portal_all_gates(contact)
        )

    @api.model
    def _portal_user_domain(self):
        """Return the domain of the documents that the current user, a contact, sees in the portal
        of the companies it is in.

        :rtype: Domain
        """
        user = self.env.user
        companies = Domain("company_id", "in", user.company_ids.ids)
        return self._portal_domain(user.partner_id) & companies

    @api.model
    def _portal_all_gates(self, contact):
        """Return the four gates, and for a contact with a user a last one, ``rule``: what record
        rules of other modules and of administrators hide from that user. A guest's token is none
        of their business, as in core.

        :param res.partner contact: see ``_portal_gates``
        :return: pairs of gate name and domain
        :rtype: list[tuple[str, Domain]]
        """
        gates = self._portal_gates(contact)
        user = contact and contact._portal_users().filtered(lambda user: user._is_portal())[:1]
        if user:
            rules = self.env["ir.rule"].with_user(user)
            rules = rules.with_context(allowed_company_ids=user.company_ids.ids)
            gates.append(("rule", rules._portal_others_domain(self._name)))
        return gates

    @api.model
    @api.private
    def portal_rule_domain(self, user):
        """Return the domain of this model's global record rule for a user that is not staff.

        Public only because rule expressions can't call a name with an underscore.

        :param res.users user: a portal or public user
        :rtype: list
        """
        return list(~self._portal_scope_domain() | self._portal_domain(user.partner_id))

    @api.model
    def _portal_find(self, document_id):
        """Return the document with that id, before it is known whether one may see it.

        :param int document_id: anything that came in with a request
        :raise AccessError: if there is none, in the words of ``_portal_check_gates``
        """
        document = self.browse(parse_id(document_id) or ()).exists()
        if not document:
            raise self._portal_make_refusal()
        return document

    @api.model
    def _portal_company_of(self, document_id):
        """Return the company of a document, in sudo; empty if there is none.

        :param int document_id: anything that came in with a request
        :rtype: res.company
        """
        # Sudo: only for the company's public choices, before it is known whether one may see it.
        return self.sudo().browse(parse_id(document_id) or ()).exists().company_id

    @api.model
    def _portal_models(self):
        """Return the names of the models behind the gates.

        :rtype: list[str]
        """
        mixin = self.pool["customer.portal.access.mixin"]
        return [
            name
            for name, model in self.pool.items()
            if issubclass(model, mixin) and not model._abstract
        ]

    def _portal_in_scope(self):
        """Return whether this record is a customer's document, which the gates are for.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.sudo().filtered_domain(self._portal_scope_domain()))

    def _portal_filter_shut(self, user):
        """Return those of these documents whose gates are shut for a user; missing ones as well.

        Contacts of the document's customer are judged by their profile, others as if they held
        the document's link.

        :param res.users user: a portal or public user
        """
        # Sudo: the answer must be the same whoever asks.
        documents_sudo = self.sudo().with_context(active_test=False).exists()
        beyond = ~self._portal_scope_domain()
        nobody = self.env["res.partner"]
        contact = nobody if user._is_public() else user.sudo().partner_id
        own = documents_sudo.filtered(lambda document: document._portal_as_contact(contact))
        by_link = Domain.AND(domain for _gate, domain in self._portal_gates(nobody))
        opened = documents_sudo.search(
            Domain("id", "in", (documents_sudo - own).ids) & (beyond | by_link)
        )
        if own:
            opened += documents_sudo.search(
                Domain("id", "in", own.ids) & (beyond | self._portal_domain(contact))
            )
        return self - opened.with_env(self.env)

    def _portal_refusal(self, contact):
        """Return the gate that keeps ``contact`` from this document.

        :param res.partner contact: who asks; empty for a guest who holds the document's token
        :return: ``company``, ``customer``, ``contact``, ``document`` or ``rule``; None if all are
            open or the record is not a customer's document
        :rtype: str | None
        """
        self.ensure_one()
        # Sudo: the answer must be the same whoever asks, also for a document that is hidden.
        document_sudo = self.sudo()
        if not document_sudo.filtered_domain(self._portal_scope_domain()):
            return None
        for gate, domain in self._portal_all_gates(contact.sudo()):
            if not document_sudo.filtered_domain(domain):
                return gate
        return None

    def _portal_check_gates(self, contact):
        """Raise unless all gates are open; the message does not tell which one is shut.

        :param res.partner contact: see ``_portal_refusal``
        :raise AccessError: if one gate is shut
        """
        if self._portal_refusal(contact):
            raise self._portal_make_refusal()

    def _portal_check_token(self, access_token):
        """Raise unless a text is this document's token, which opens it to guests.

        :param str access_token: what came in with a request
        :raise AccessError: if it is not, in the words of ``_portal_check_gates``
        """
        self.ensure_one()
        token = self.sudo().access_token  # Sudo: only to compare.
        if not token or not is_token(access_token) or not consteq(access_token, token):
            raise self._portal_make_refusal()

    @api.model
    def _portal_make_refusal(self):
        return AccessError(self.env._("This document does not exist or is not yours to see."))

    def _get_access_contact(self):
        """Return the contact whose rights decide on this document for the current user.

        A signed-in contact of this document's customer is judged by its own profile, and so is
        the contact to whom a personal link was mailed. Anybody else can only come with the
        document's token, as a guest does.

        :rtype: res.partner
        """
        self.ensure_one()
        if self.env.user._is_public():
            return self._portal_as_contact(self._portal_personal_link().partner_id)
        return self._portal_as_contact(self.env.user.partner_id)

    def _portal_personal_link(self):
        """Return the personal link by which the guest of this request has opened this document.

        :return: the link in sudo; empty for who is signed in, and outside of requests
        :rtype: customer.portal.link
        """
        self.ensure_one()
        links = self.env["customer.portal.link"]
        if not request or request.session.uid:
            return links.sudo().browse()
        return links._remembered(self)

    @api.model
    def _portal_addressed_domain(self, contact):
        """Return the domain of the documents of a contact's customer; of those addressed to the
        contact itself where it sees only its own. Which fields say so, the model tells in
        ``_portal_customer_path`` and ``_portal_addressee_paths``.

        :param res.partner contact: who asks
        :rtype: Domain
        """
        domain = Domain(self._portal_customer_path, "=", contact.commercial_partner_id.id)
        if contact._portal_scope() == "own":
            domain &= Domain.OR(
                Domain(path, "=", contact.id) for path in self._portal_addressee_paths
            )
        return domain

    def _portal_customer(self):
        """Return the commercial partner whose document this is.

        :rtype: res.partner
        """
        return self.mapped(self._portal_customer_path)

    def _portal_was_seen(self, event):
        """Hook that is called when a person of the customer looked at this document.

        For a module to tell somebody, it must override this method.

        :param customer.portal.event event: the view, in sudo
        """

    # === PAGES === #

    def _portal_as_contact(self, partner):
        """Return ``partner`` if it is a contact of this document's customer, else nobody.

        :param res.partner partner: the partner of a signed-in user; empty for a guest
        :rtype: res.partner
        """
        self.ensure_one()
        partner_sudo = partner.sudo()
        is_contact = (
            partner and partner_sudo.commercial_partner_id == self.sudo()._portal_customer()
        )
        return partner_sudo if is_contact else partner_sudo.browse()

    # === RESPONSIBLE === #

    def _portal_responsible_candidates(self):
        """Return the users who may be responsible for this document, the likeliest first.

        :rtype: res.users
        """
        return self.env["res.users"]

    def _portal_responsible(self):
        """Return the staff member who is told what the customer does with this document.

        :return: one user who can open the document, or none
        :rtype: res.users
        """
        self.ensure_one()
        for user in self.sudo()._portal_responsible_candidates():
            if user.active and user._is_internal() and self.with_user(user).has_access("read"):
                return user
        return self.env["res.users"]

    # === RPC === #

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Override of `mail`: who follows a document is the company's to say."""
        self._portal_check_staff()
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    def message_unsubscribe(self, partner_ids=None):
        """Override of `mail`: who follows a document is the company's to say."""
        self._portal_check_staff()
        return super().message_unsubscribe(partner_ids=partner_ids)

    def unlink(self):
        """Override of `base`: refused before anything of the document is looked at."""
        self._portal_check_staff()
        self._portal_before_unlink()
        return super().unlink()

    def _portal_before_unlink(self):
        """Hook that is called when these documents are about to be deleted.

        For a module to delete what it keeps of them elsewhere, it must override this method.
        """

    def write(self, vals):
        """Override of `base`: refused before anything of the document is looked at; documents
        that are hidden or shown are noted."""
        self._portal_check_staff()
        if "portal_visible" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda document: document.portal_visible != vals["portal_visible"])
        result = super().write(vals)
        changed._portal_log_visibility()
        return result

    def read(self, fields=None, load="_classic_read"):
        """Override of `base`: to a customer, a document that doesn't exist looks like one that
        is not its own."""
        if self.env.user.share and not self.env.su:
            if self.exists()._filtered_access("read") != self:
                raise self._portal_make_refusal()
        return super().read(fields, load)

    def _portal_check_staff(self):
        """Raise for customers, unless it is our own code, in sudo, that acts for them. What is
        no customer's document stays as core has it.

        :raise AccessError: for portal and public users, also if there is no such document
        """
        if self.env.user.share and not self.env.su:
            documents_sudo = self.sudo().exists()  # The answer must be the same for all.
            if documents_sudo != self or documents_sudo.filtered_domain(
                self._portal_scope_domain()
            ):
                raise self._portal_make_refusal()
