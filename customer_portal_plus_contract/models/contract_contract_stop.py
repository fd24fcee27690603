"""Staff accept that a subscription ends."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _portal_stop(self, day):
        """End this contract, as its form does it: by the last day of its lines, which the engine
        checks against what is billed.

        :param date day: its last day
        :raise UserError: if it has an end already
        :raise ValidationError: if more of it is billed already
        """
        self.ensure_one()
        if self.date_end:
            raise UserError(
                self.env._(
                    "%(contract)s has an end already: %(day)s.",
                    contract=self.name or self.code,
                    day=format_date(self.env, self.date_end),
                )
            )
        # Headings as well: the engine takes a contract for one without an end as long as one of
        # its lines has none.
        for line in self.contract_line_ids:
            if line.date_start and line.date_start > day:
                # What has not begun by then never begins; its end can't lie before its start.
                line.write({"is_canceled": True, "date_end": line.date_end or line.date_start})
            elif not line.date_end or line.date_end > day:
                line.date_end = day
        self.date_end = day
