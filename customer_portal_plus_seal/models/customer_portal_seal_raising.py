"""What is raised to its level later: files that were sealed while a service was away."""

from odoo import api, fields, models

from odoo.addons.customer_portal_plus.tools.transactions import run_each_in_own_commit

ORDER = ("none", "b", "t", "lta")
# An hour after the first failure, then two, four, ... a day; for about two months.
MAX_PAUSE_HOURS = 24
MAX_TRIES = 64


class CustomerPortalSeal(models.Model):
    _inherit = "customer.portal.seal"

    @api.model
    def _cron_raise(self):
        """Raise the files that wait for it, each in a commit of its own."""
        due = self.sudo().search(
            [("is_waiting", "=", True), ("next_try", "<=", fields.Datetime.now())],
            order="next_try, id",
        )
        run_each_in_own_commit(due, lambda seal: seal._raise_level())

    def _raise_level(self):
        """Raise a file as far as it goes today, and attach what it has become."""
        self.ensure_one()
        if not self.try_lock_for_update():
            return  # Another process has it: the next run looks again.
        evidence = self.signature_id
        document, file = evidence._document(), evidence._attachment(self.sha256)
        if not document or not file:
            # Deleted meanwhile: there is nothing to raise any more.
            self.write({"is_waiting": False, "next_try": False})
            return
        was, before = self.level, file.raw
        pdf, values = self._climb(evidence, before, was, self.wanted)
        tries = self.tries + 1
        if values["is_waiting"] and tries >= MAX_TRIES:
            values.update(is_waiting=False, next_try=False)
        elif values["is_waiting"]:
            pause = min(MAX_PAUSE_HOURS, 2 ** min(tries, 10))
            values["next_try"] = fields.Datetime.add(fields.Datetime.now(), hours=pause)
        if was == "none":
            values["certificate_id"] = self.company_id.portal_seal_certificate_id.id
        self.write({**values, "tries": tries})
        if ORDER.index(self.level) > ORDER.index(was):
            name = self.with_context(lang=evidence.lang).env._(
                "%(document)s (signed, %(level)s).pdf",
                document=evidence.document_name,
                level=self._level_name(),
            )
            document._portal_attach(name, pdf)

    def _problem_text(self):
        """Return why a file has not reached its level yet, in words of the record's language.

        :rtype: str
        """
        labels = self._fields["problem"]._description_selection(self.env)
        return self.env._(
            "%(reason)s. It is tried again.", reason=dict(labels).get(self.problem, "")
        )

    @api.model
    def _try_again(self, company):
        """Have a company's waiting files tried again at once: something was mended.

        :param res.company company: whose
        """
        now = fields.Datetime.now()
        # Sudo: nobody writes these records by hand.
        waiting_sudo = self.sudo().search(
            [("company_id", "=", company.id), ("is_waiting", "=", True)]
        )
        if waiting_sudo:
            waiting_sudo.write({"next_try": now, "tried_on": False})
            self.env.ref("customer_portal_plus_seal.ir_cron_raise_seals").sudo()._trigger()

    def action_try_again(self):
        """Have the waiting files of the companies of the chosen ones tried again.

        :rtype: dict
        """
        self.env["customer.portal.seal.import"].check_access("create")
        for company in self.company_id:
            self._try_again(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
