"""Documents that several contacts of a customer sign, one after the other.

Each signs the file as the one before has left it: with its certificate, and with its seal where
files are sealed. So the turn goes on when that file has been made. The last one completes the
document; whoever declines stops it.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools.transactions import lock_rows_or_retry


class CustomerPortalDocument(models.Model):
    _inherit = "customer.portal.document"

    signer_ids = fields.One2many(
        "customer.portal.document.signer",
        "document_id",
        "Signers",
        help="The contacts who sign it, in this order. Each is asked by mail when those before"
        " have signed. With none, one contact of the customer signs.",
    )
    next_signer_id = fields.Many2one(
        "res.partner",
        "Next to sign",
        compute="_compute_next_signer_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === COMPUTE METHODS === #

    @api.depends("signer_ids.state", "signer_ids.sequence", "signer_ids.partner_id")
    def _compute_next_signer_id(self):
        for document in self:
            document.next_signer_id = document._portal_waiting_signers()[:1].partner_id

    @api.constrains("partner_id", "to_sign", "audience")
    def _check_signers(self):
        for document in self.filtered("signer_ids"):
            if not document.to_sign:
                raise ValidationError(
                    self.env._("Signers are named for what is to be signed only.")
                )
            for person in document.signer_ids.partner_id:
                if person.commercial_partner_id != document.commercial_partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(contact)s is no contact of %(customer)s.",
                            contact=person.display_name,
                            customer=document.commercial_partner_id.display_name,
                        )
                    )

    # === WHOSE TURN IT IS === #

    def _portal_waiting_signers(self):
        """Return those who have not answered yet, in their order.

        :rtype: customer.portal.document.signer
        """
        return self.signer_ids.filtered(lambda one: one.state == "waiting").sorted("sequence")

    def _portal_awaits_second(self):
        """Override: some have signed, and others are awaited."""
        states = set(self.sudo().signer_ids.mapped("state"))
        return "signed" in states and "waiting" in states

    def _portal_signers_to_come(self):
        return len(self._portal_waiting_signers())

    def _portal_turns_taken(self):
        """Return the evidence of the named signers who have signed, in sudo.

        :rtype: customer.portal.signature
        """
        self.ensure_one()
        return self.sudo().signer_ids.signature_id.sorted("id")

    def _portal_turn_refusal(self, contact):
        """Return why it is not the turn of ``contact`` to sign, in words; empty if it is, or if
        nobody was named.

        - only those who were named sign, once each, in their order;
        - the file that the one before has signed must have been made;
        - what it signed must still be what is signed now.

        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        document = self.sudo()  # Who signs before and after is told to all who see the document.
        if not document.signer_ids:
            return ""
        following = document.next_signer_id.name or ""
        own = document.signer_ids.filtered(lambda one: one.partner_id == contact)
        # Two who were merged are one person, named twice.
        if not own:
            return _("Others of your company sign this document. Next is %s.", following)
        if "signed" in own.mapped("state"):
            return _("You have signed this document. Next is %s.", following)
        if document.next_signer_id != contact:
            return _("%s signs before you. We write to you when it is your turn.", following)
        earlier = document._portal_turns_taken()
        if any(evidence.version != document._portal_version() for evidence in earlier):
            return _(
                "This document has changed since the first of you signed it."
                " Please ask us for a new one."
            )
        if not all(earlier.mapped("delivered_sha256")):
            return _(
                "%s has just signed, and the file for you is being made. Please come back in a"
                " minute.",
                earlier[-1:].signer_name,
            )
        return ""

    def _portal_signer_obstacle(self, contact):
        """Return what keeps a contact from signing this document when it is its turn, in words for
        staff; empty if nothing does.

        :rtype: str
        """
        self.ensure_one()
        why = self._portal_why(contact)
        is_draft = why["gate"] == "document" and self.state == "draft"
        if why["gate"] and not is_draft:
            return why["sentence"]
        if not contact.sudo()._portal_can("can_accept"):
            return self.env._("Its profile does not let it sign.")
        if not contact.sudo()._portal_user():
            return self.env._("It has no user to sign in with.")
        return ""

    # === ASKING === #

    def _portal_check_signers(self):
        """Raise unless all who are to sign these drafts could.

        :raise UserError: naming who can't, and why
        """
        for signer in self.signer_ids:
            if signer.obstacle:
                raise UserError(
                    self.env._(
                        "%(contact)s can't sign %(document)s: %(reason)s",
                        contact=signer.partner_id.name,
                        document=signer.document_id.name,
                        reason=signer.obstacle,
                    )
                )

    def _portal_check_signers_open(self):
        """Raise if the signers of these documents can't be changed any more.

        :raise UserError: in words for staff
        """
        for document in self:
            is_shared_out = document.state == "sent" and bool(document.signer_ids)
            if is_shared_out:
                lock_rows_or_retry(document)  # They may be signing at this moment.
            elif document.state != "draft":
                raise UserError(
                    self.env._("Who signs is named before the document is sent: %s.", document.name)
                )

    def _portal_ask_next_signer(self):
        """Ask by mail whose turn it is, once; tell staff if that one can't sign any more."""
        for document in self:
            # Sudo: also called when a customer has signed.
            document_sudo = document.sudo()
            waiting = document_sudo._portal_waiting_signers()
            signer = waiting[:1]
            # Who was asked, and comes later now, is asked anew.
            (waiting - signer).filtered("asked_on").asked_on = False
            made = all(document_sudo._portal_turns_taken().mapped("delivered_sha256"))
            is_open = document_sudo.state == "sent" and not document_sudo.is_expired
            if not signer or signer.asked_on or not made or not is_open:
                continue
            if signer.obstacle:
                document_sudo._portal_tell_of_obstacle(signer)
                continue
            signer.asked_on = fields.Datetime.now()
            document_sudo.with_context(
                portal_recipient_lang=signer.partner_id.lang,
                portal_signers=document_sudo.with_context(
                    lang=signer.partner_id.lang
                )._portal_signer_rows(signer.partner_id),
            )._portal_mail_contact(
                "customer_portal_plus.mail_template_document_turn", signer.partner_id, "signature"
            )

    def _portal_tell_of_obstacle(self, signer):
        """Tell the responsible person that the next signer can't sign."""
        staff = self.with_context(lang=self._portal_responsible_or_admin().lang)
        self._portal_tell_responsible(
            "document",
            staff.env._(
                "%(contact)s is next to sign %(document)s, and can't: %(reason)s",
                contact=signer.partner_id.name,
                document=self.name,
                reason=signer.with_env(staff.env).obstacle,
            ),
        )

    def action_ask_again(self):
        """Ask once more by mail whose turn it is.

        :raise UserError: if nobody can be asked
        """
        self.ensure_one()
        signer = self._portal_waiting_signers()[:1]
        if self.state != "sent" or self.is_expired or not signer:
            raise UserError(self.env._("Nobody is to sign this document now."))
        if signer.obstacle:
            raise UserError(signer.obstacle)
        signer.sudo().asked_on = False
        self._portal_ask_next_signer()

    # === ANSWERS === #

    def _portal_take_turn(self, evidence):
        """Note who has signed.

        :param customer.portal.signature evidence: what has just been recorded
        :return: whether that was the last one, or the only one
        :rtype: bool
        """
        self.ensure_one()
        self.signer_ids.filtered(lambda one: one.partner_id == evidence.contact_id).write(
            {"state": "signed", "answered_on": evidence.signed_at, "signature_id": evidence.id}
        )
        return not self._portal_waiting_signers()

    def _portal_forget_turns(self):
        """Let all sign anew: the document was withdrawn, and may be another one when it is sent
        again."""
        self.signer_ids.write(
            {"state": "waiting", "asked_on": False, "answered_on": False, "signature_id": False}
        )

    def _portal_counting_signatures(self):
        """Override: what was signed before the document was withdrawn does not count."""
        if self.sudo().signer_ids:
            return self._portal_turns_taken()
        return super()._portal_counting_signatures()

    def _portal_after_delivery(self):
        """Override: the file is at hand, so the next one is asked."""
        self._portal_ask_next_signer()

    def _portal_signature_recipients(self, evidence):
        """Override: the last signature completes the file, and all who signed get it."""
        signers = self.signer_ids
        if self.state == "signed" and evidence == self._portal_turns_taken()[-1:]:
            able = signers.partner_id.filtered(lambda one: not self._portal_refusal(one))
            return able | super()._portal_signature_recipients(evidence)
        return super()._portal_signature_recipients(evidence)

    # === PAGES === #

    def _portal_signer_rows(self, contact):
        """Return who signs, in order, as pages and mails tell it.

        :param res.partner contact: who reads it
        :return: dicts with ``name``, ``is_own`` (of the reader), ``state`` (``signed``,
            ``declined``, ``next``, ``later`` or ``stopped``) and ``date``, in words
        :rtype: list[dict]
        """
        self.ensure_one()
        document = self.sudo()  # Told to all who see the document.
        is_open = document._portal_has_to_be_answered()
        rows = []
        for signer in document.signer_ids.sorted("sequence"):
            state = signer.state
            if state == "waiting":
                is_next = signer.partner_id == document.next_signer_id
                state = ("next" if is_next else "later") if is_open else "stopped"
            rows.append(
                {
                    "name": signer.partner_id.name or "",
                    "is_own": signer.partner_id == contact,
                    "state": state,
                    "date": format_date(self.env, signer.answered_on),
                }
            )
        return rows
