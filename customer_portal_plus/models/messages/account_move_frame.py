from odoo import models
from odoo.tools import format_date

from ..lists.account_move_list import TO_PAY_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_mail_summary(self):
        """Override: what is left to pay and when, never the total of what is partly paid."""
        self.ensure_one()
        move_sudo = self.sudo()  # The mail is about it, and leads to it.
        if move_sudo.state != "posted":
            return {}
        due = move_sudo._portal_due()[move_sudo.id]
        coverings = move_sudo._portal_coverings().get(move_sudo.id, [])
        state = move_sudo._portal_state(due=due)
        look = self._portal_look(state, coverings)
        if look["state"] not in TO_PAY_STATES:
            left = move_sudo.amount_residual or move_sudo.amount_total
            return self._portal_mail_words(look["label"], left)
        if state == "overdue":
            note = self._portal_overdue_note(due)
        else:
            note = due["date"] and self.env._("Due on %s", format_date(self.env, due["date"]))
        is_partly_paid = move_sudo.currency_id.compare_amounts(due["open"], move_sudo.amount_total)
        label = self.env._("Left to pay") if is_partly_paid else self.env._("To pay")
        return self._portal_mail_words(label, due["open"], note)

    def _portal_overdue_note(self, due):
        """Return since when it is overdue, and how much of it, if something is due later.

        :param dict due: see ``_portal_due``
        :rtype: str
        """
        since, currency = format_date(self.env, due["overdue_since"]), self.sudo().currency_id
        if currency.compare_amounts(due["overdue"], due["open"]) >= 0:
            return self.env._("Overdue since %s", since)
        overdue = currency.format(due["overdue"])
        return self.env._("%(overdue)s of it overdue since %(since)s", overdue=overdue, since=since)

    def _portal_mail_words(self, label, amount, note=""):
        currency = self.sudo().currency_id
        return {"label": label, "amount": currency.format(amount), "note": note or ""}

    def _notify_by_email_prepare_rendering_context(self, message, *args, **kwargs):
        """Override of `account`: staff who read core's look are told what is left, too."""
        values = super()._notify_by_email_prepare_rendering_context(message, *args, **kwargs)
        if self and self._portal_in_scope():
            document = self.with_context(lang=values.get("lang") or self.env.lang)
            if summary := document._portal_mail_summary():
                words = [summary["label"], summary["amount"], summary["note"]]
                values["subtitles"] = [
                    *values["subtitles"][:1],
                    " · ".join(word for word in words if word),
                ]
        return values
