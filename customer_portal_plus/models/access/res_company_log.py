"""Switches of the portal that change, for the log."""

from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _portal_watched_switches(self, vals):
        """Return how the switches that are about to be written stand now.

        :param dict vals: what is written
        :return: for each company, its values by name of the switch
        :rtype: dict[res.company, dict[str, bool]]
        """
        names = [
            name
            for name in vals
            if name.startswith("portal_") and self._fields[name].type == "boolean"
        ]
        return {company: {name: company[name] for name in names} for company in self if names}

    def _portal_log_switches(self, before):
        """Note which switches have changed since.

        :param dict before: see ``_portal_watched_switches``
        """
        events = self.env["customer.portal.event"]
        for company, values in before.items():
            env = events._company_words(company)
            for name in sorted(values):
                if company[name] == values[name]:
                    continue
                label = events._field_labels(self._name, [name])
                value = env._("yes") if company[name] else env._("no")
                events._log(
                    "rights",
                    company=company,
                    contact=self.env["res.partner"],
                    detail=f"{label}: {value}",
                )
