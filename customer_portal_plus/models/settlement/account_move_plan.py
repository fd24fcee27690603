"""Which invoices are paid by a plan, what that asks for, and which can be."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..lists.account_move_list import UNPAID_STATES
from .customer_portal_plan import PLANNED_PAYMENT_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    # === WHAT IS ASKED FOR === #

    @api.model
    def _portal_running_plans(self):
        """Return the query for the ids of the plans that run."""
        # Sudo: whoever sees the invoice may know that it is paid in instalments.
        plans = self.env["customer.portal.plan"].sudo()
        return plans._search(Domain("state", "=", "running")).subselect()

    @api.model
    def _portal_agreed_query(self):
        """Override: the instalments of plans that run, spread over what is open of their invoices,
        both with the oldest first. What is paid is taken off the first instalments."""
        # Not tracked by the query: it is none of the ORM's.
        self.env["customer.portal.plan"].flush_model(["total"])
        self.env["customer.portal.plan.line"].flush_model(["amount", "date", "plan_id"])
        return SQL(
            """
            SELECT item.id AS line_id, part.date AS due_on,
                   LEAST(item.reached, part.until)
                   - GREATEST(item.reached - item.residual, part.since) AS residual
              FROM (
                SELECT link.customer_portal_plan_id AS plan_id, line.id,
                       line.amount_residual_currency AS residual,
                       SUM(line.amount_residual_currency) OVER (
                           PARTITION BY link.customer_portal_plan_id
                           ORDER BY line.date_maturity, line.id
                       ) AS reached
                  FROM customer_portal_plan_invoice_rel link
                  JOIN account_move move
                    ON move.id = link.account_move_id
                   AND move.state = 'posted' AND move.payment_state IN %(open)s
                  JOIN account_move_line line
                    ON line.move_id = move.id
                   AND line.display_type = 'payment_term' AND line.amount_residual_currency <> 0
                 WHERE link.customer_portal_plan_id IN %(running)s
              ) item
              JOIN (
                -- What of all that is open is due until this instalment, and until the one before.
                SELECT one.plan_id, one.date, one.until - paid.amount AS until,
                       CASE WHEN one.until = one.amount THEN 0
                            ELSE GREATEST(one.until - one.amount - paid.amount, 0)
                        END AS since
                  FROM (
                    SELECT plan_id, date, amount,
                           SUM(amount) OVER (PARTITION BY plan_id ORDER BY date) AS until
                      FROM customer_portal_plan_line
                     WHERE plan_id IN %(running)s
                  ) one
                  JOIN (
                    SELECT plan.id,
                           plan.total - COALESCE(SUM(line.amount_residual_currency), 0) AS amount
                      FROM customer_portal_plan plan
                      JOIN customer_portal_plan_invoice_rel link
                        ON link.customer_portal_plan_id = plan.id
                      LEFT JOIN account_move move
                        ON move.id = link.account_move_id
                       AND move.state = 'posted' AND move.payment_state IN %(open)s
                      LEFT JOIN account_move_line line
                        ON line.move_id = move.id AND line.display_type = 'payment_term'
                     WHERE plan.id IN %(running)s
                     GROUP BY plan.id, plan.total
                  ) paid ON paid.id = one.plan_id
              ) part ON part.plan_id = item.plan_id
             WHERE LEAST(item.reached, part.until)
                   > GREATEST(item.reached - item.residual, part.since)
            """,
            open=PLANNED_PAYMENT_STATES,
            running=self._portal_running_plans(),
        )

    @api.model
    def _portal_held_back_query(self):
        """Override: invoices of plans that run, so that their instalments are looked at."""
        return SQL(
            """
            %s
             UNION ALL
            SELECT link.account_move_id, NULL, 0
              FROM customer_portal_plan_invoice_rel link
              JOIN account_move move
                ON move.id = link.account_move_id AND move.payment_state IN %s
             WHERE link.customer_portal_plan_id IN %s
            """,
            super()._portal_held_back_query(),
            PLANNED_PAYMENT_STATES,
            self._portal_running_plans(),
        )

    def _portal_held_back_coverings(self):
        """Override: plans that run, in words."""
        coverings, due = super()._portal_held_back_coverings(), None
        for plan in self._portal_plans(("running",)):
            due = due or self._portal_due()
            line = plan._portal_next()
            coverings += [
                (
                    invoice.id,
                    {
                        "kind": "planned",
                        "label": self.env._("Payment plan"),
                        "date": line.date or plan.made_on,
                        "amount": due[invoice.id]["later"],
                        "text": self.env._(
                            "This invoice is paid in instalments, as agreed. The next one is due"
                            " on %s.",
                            format_date(self.env, line.date),
                        ),
                        "url": "",
                    },
                )
                for invoice in plan.invoice_ids & self
                if invoice.payment_state in PLANNED_PAYMENT_STATES
            ]
        return coverings

    def _portal_plans(self, states):
        """Return the plans by which these invoices are paid, in sudo.

        :param tuple states: in which the plans are
        :rtype: customer.portal.plan
        """
        # Sudo: whoever sees the invoice may know that it is paid in instalments.
        plans_sudo = self.env["customer.portal.plan"].sudo()
        if not self.ids:
            return plans_sudo
        return plans_sudo.search(
            [("invoice_ids", "in", self.ids), ("state", "in", states)], order="id"
        )

    def _portal_kept_as_planned(self):
        """Return those of these documents that a plan pays, or has paid: who keeps to it was told
        that nothing else is asked for. A plan that ended otherwise has changed nothing.

        :rtype: account.move
        """
        plans_sudo = self._portal_plans(("running", "kept"))
        running = plans_sudo.filtered(lambda plan: plan.state == "running").invoice_ids
        kept = (plans_sudo.invoice_ids - running).filtered(
            # What came back after the plan is open as it was before.
            lambda invoice: invoice.currency_id.is_zero(invoice.amount_residual)
        )
        return (running | kept).sudo(False) & self

    def _portal_waits_with_reminders(self):
        """Override: nobody gets two mails of one day about a plan that was ended."""
        today = fields.Date.context_today(self)
        told = self._portal_plans(("broken", "ended")).filtered(
            lambda plan: plan.closed_on == today
        )
        return super()._portal_waits_with_reminders() | (told.invoice_ids.sudo(False) & self)

    def _portal_debit_obstacle(self):
        """Override: what staff are asked about is waited for, and what is about to be signed."""
        if self._portal_plans(("asked", "to_sign")):
            return self.env._("The customer has proposed a payment plan.")
        return super()._portal_debit_obstacle()

    # === WHO MAY PLAN WHAT === #

    def _portal_may_plan(self, contact):
        """Return whether company and profile let a contact propose a plan for this document.

        :param res.partner contact: who asks; its gates were asked; empty for a guest
        :rtype: bool
        """
        return self._portal_may_settle(contact, "portal_allow_plans", "can_plan")

    def _portal_plan_obstacles(self, contact, plan=None):
        """Return what keeps a contact from paying these documents by a plan.

        :param res.partner contact: who asks; the gates were asked for it; empty for a guest
        :param customer.portal.plan plan: the one that is decided; it is no obstacle itself
        :return: id -> a key of ``_portal_plan_obstacle_texts``, None if nothing does
        :rtype: dict[int, str | None]
        """
        allowed = self if plan else self.filtered(lambda one: one._portal_may_plan(contact))
        if not allowed:
            return dict.fromkeys(self.ids, "off")
        coming = self._portal_covered(self._portal_on_its_way_query())
        disputed = self._portal_open_disputes().invoice_id
        promised = self._portal_promised()
        planned = self._portal_plans(("asked", "running"))
        planned = (planned - plan if plan else planned).invoice_ids

        def obstacle(invoice):
            is_open = invoice.state == "posted" and invoice.payment_state in UNPAID_STATES
            if invoice not in allowed:
                return "off"
            if not is_open or invoice.currency_id.compare_amounts(invoice.amount_residual, 0) <= 0:
                return "nothing_due"
            if invoice in coming:
                return "on_its_way"
            if invoice.sudo() in disputed:
                return "disputed"
            if invoice in promised:
                return "promised"
            if invoice.sudo() in planned:
                return "planned"
            return None

        return {invoice.id: obstacle(invoice) for invoice in self}

    def _portal_plan_obstacle_texts(self):
        """Return what is told to who can't pay by a plan, by obstacle.

        :rtype: dict[str, str]
        """
        return {
            **self._portal_settling_obstacle_texts(),
            "off": self.env._("You can't propose a payment plan for this invoice."),
            "disputed": self.env._("This invoice is disputed. We will answer."),
        }

    def _portal_plan_values(self, contact):
        """Return what the page of this invoice shows of plans.

        :param res.partner contact: who looks; empty for a guest
        :return: ``may_plan``; ``plan``: the row (see ``customer.portal.plan._portal_plan_rows``)
            of the one that runs or waits for an answer or a signature, None if there is none;
            ``rest``: what is due by it now
        :rtype: dict
        """
        self.ensure_one()
        plan = self._portal_plans(("asked", "to_sign", "running"))[:1]
        shown = plan if plan.company_id.portal_allow_plans else plan.browse()
        is_running = plan.state == "running"
        due = self._portal_due()[self.id] if is_running else {}
        return {
            "may_plan": not self._portal_plan_obstacles(contact)[self.id],
            "plan": next(iter(shown._portal_plan_rows(contact)), None),
            # A guest with the link of the invoice sees this invoice alone.
            "may_see_plan": bool(contact) and bool(shown) and not shown._portal_refusal(contact),
            "rest": self.currency_id.round(due.get("open", 0.0)),
        }
