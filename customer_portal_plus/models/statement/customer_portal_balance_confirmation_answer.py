"""What a customer answers: it is taken down, and counts once it is signed."""

from odoo import api, models

from ...exceptions import PortalRefusal
from ...tools.parsing import parse_money
from ...tools.transactions import lock_rows_or_retry

MAX_WORDS = 2000


class CustomerPortalBalanceConfirmation(models.Model):
    _inherit = "customer.portal.balance.confirmation"

    def _portal_answer(self, contact, answer, own="", owed_by="us", words="", files=()):
        """Take down what a contact is about to sign; until it has, nothing is answered.

        Of two contacts at once, the one whose answer was replaced is told when it signs: the
        version of what it read is another one.

        :param res.partner contact: who answers; the gates were asked for it
        :param str answer: ``agreed`` or ``differs``
        :param str own: the customer's own balance, as typed
        :param str owed_by: ``us`` if the customer owes that, ``you`` if it is in its favour
        :param str words: what explains the difference
        :param list files: pairs of name and content, one at most
        :raise PortalRefusal: in words for the contact; nothing is taken down then
        """
        self.ensure_one()
        _ = self.env._
        lock_rows_or_retry(self)
        if refusal := self._portal_sign_refusal(contact):
            raise PortalRefusal(refusal, "closed")
        values = {"answer": answer, "own_amount": 0.0, "words": False, "own_file_id": False}
        if answer == "differs":
            values.update(self._own_values(own, owed_by, words))
        elif answer != "agreed":
            raise PortalRefusal(_("Please say whether you agree with this balance."), "answer")
        if len(files) > 1:
            raise PortalRefusal(_("One file, please; several as one PDF."), "file")
        self_sudo = self.sudo()  # Contacts write no table; the gates have been asked.
        if answer == "differs" and files:
            checked = self.env["customer.portal.document.request"]._portal_check_files(files)
            values["own_file_id"] = (
                self_sudo.env["ir.attachment"]
                .create([{**one, "res_model": self._name, "res_id": self.id} for one in checked])
                .id
            )
        earlier = self_sudo.own_file_id
        self_sudo.write(values)
        earlier.unlink()

    def _own_values(self, own, owed_by, words):
        """Return the values of an answer that differs.

        :raise PortalRefusal: if the amount or the words won't do
        """
        _ = self.env._
        currency = self.currency_id
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        amount = parse_money(own, currency, lang)
        if amount is None or abs(currency.round(amount) - amount) > 1e-9:
            raise PortalRefusal(
                _("Please type your balance as an amount in %s.", currency.name), "amount"
            )
        if owed_by not in ("us", "you"):
            raise PortalRefusal(_("Please say who owes that by your books."), "amount")
        amount = currency.round(-amount if owed_by == "you" else amount) + 0.0
        if not currency.compare_amounts(amount, self.amount):
            raise PortalRefusal(
                _("That is our balance, too. Please choose that you agree with it."), "amount"
            )
        words = words.strip() if isinstance(words, str) else ""
        if not words or len(words) > MAX_WORDS:
            raise PortalRefusal(
                _("Please say what the difference is, %s characters at most.", MAX_WORDS), "words"
            )
        return {"own_amount": amount, "words": words}

    # === SIGNING === #

    def _portal_amount_text(self):
        """Override: what is said to be owed."""
        self.ensure_one()
        return self._money(self.own_amount if self.answer == "differs" else self.amount)

    def _portal_version_content(self):
        """Override: what was sent, by its digest, and what is said of it."""
        self.ensure_one()
        places = self.currency_id.decimal_places
        return {
            "name": self.name,
            "company": self.company_id.id,
            "customer": self.commercial_partner_id.id,
            "date": self.date.isoformat(),
            "currency": self.currency_id.name,
            "amount": f"{self.amount:.{places}f}",
            "sent": self.sha256 or "",
            "answer": self.answer or "",
            "own_amount": f"{self.own_amount:.{places}f}",
            "words": self.words or "",
            "file": self._own_digest(),
        }

    def _portal_render_pdf(self):
        self.ensure_one()
        return self.sudo()._draw(with_answer=True)

    def _portal_sign_refusal(self, contact):
        self.ensure_one()
        _ = self.env._
        if self.state in ("agreed", "differs"):
            return _("This has been answered already. What was answered first counts.")
        if self.state != "sent":
            return _("We do not ask for this any more.")
        if not self._portal_as_contact(contact) or self._portal_refusal(contact):
            return _("Your profile does not let you confirm balances.")
        return ""

    def _portal_prepare_signing(self, contact):
        """Override: there must be an answer to sign."""
        if not self.answer:
            raise PortalRefusal(
                self.env._("Please say whether you agree with this balance."), "answer"
            )
        return super()._portal_prepare_signing(contact)

    @api.model
    def _portal_consent_text(self, document, customer_name):
        """Override: neither is anything accepted, nor does it bind to pay."""
        return self.env._(
            "I have read this and declare on behalf of %s that its answer agrees with our books."
            " I agree to sign it electronically.",
            customer_name,
        )

    def _portal_signed(self, evidence, image=None):
        contact = evidence.contact_id
        self.write(
            {
                "state": self.answer,
                "answered_on": evidence.signed_at,
                "answered_by_id": contact.id,
            }
        )
        events = self.env["customer.portal.event"]
        env = events._company_words(self.company_id)
        told = self.with_context(lang=env.lang)
        texts = {
            "agreed": env._("Balance confirmed: %s", told._money(self.amount)),
            "differs": env._("Another balance: %s", told._money(self.own_amount)),
        }
        kind = "accept" if self.state == "agreed" else "reject"
        events._log(kind, record=self, contact=contact, detail=texts[self.state])
        staff = self.with_context(lang=self._portal_responsible_or_admin().lang)
        summary = (
            staff.env._(
                "%(customer)s confirms its balance of %(amount)s",
                customer=self.partner_id.name,
                amount=staff._money(self.amount),
            )
            if self.state == "agreed"
            else staff.env._(
                "%(customer)s has a balance of %(own)s, not %(amount)s",
                customer=self.partner_id.name,
                own=staff._money(self.own_amount),
                amount=staff._money(self.amount),
            )
        )
        self._portal_tell_responsible("document", summary)
