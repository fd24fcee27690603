"""Payment plans as staff decide and end them, and who is told of what becomes of them."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CustomerPortalPlan(models.Model):
    _inherit = "customer.portal.plan"

    # === ACTIONS OF STAFF === #

    def action_accept(self):
        """Agree to plans that go beyond the policy, if they can still be kept as proposed. Where
        the company wants plans signed, the customer is asked to."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for plan in self:
            plan._check_state("asked")
            if plan.line_ids[:1].date < today:
                raise UserError(
                    plan.env._(
                        "The first day has passed. Please refuse it, and ask for a new proposal."
                    )
                )
            if plan._has_changed():
                raise UserError(
                    plan.env._(
                        "What is open of the invoices has changed, or is on its way, disputed or"
                        " promised by now. Please refuse it, and ask for a new proposal."
                    )
                )
            plan.state = plan._state_of_agreed(plan.company_id)
            plan._after_decision()

    def action_refuse(self):
        """Refuse plans that were proposed, also those that nobody has signed yet, with the reason
        that stands in the field for it.

        :raise UserError: if there is none
        """
        self.check_access("write")
        for plan in self:
            plan._check_state("asked", "to_sign")
            if not (plan.answer or "").strip():
                raise UserError(plan.env._("Please write the answer to the customer first."))
            plan.write({"state": "refused", "closed_on": fields.Date.context_today(plan)})
            plan._after_decision()

    def action_end(self):
        """End plans that run: what is left is asked for by the dates of the invoices again."""
        self.check_access("write")
        for plan in self:
            plan._check_state("running")
            plan._close("ended")
            plan._after_decision()

    def _check_state(self, *states):
        """Take this plan and its invoices, if it is in one of some states.

        :raise UserError: if it is not
        """
        self.ensure_one()
        self.lock_for_update()
        self.invoice_ids.sudo().lock_for_update(allow_referencing=True)
        self.invalidate_recordset(["state"])
        self.invoice_ids.invalidate_recordset(["amount_residual", "payment_state", "state"])
        if self.state not in states:
            raise UserError(self.env._("This plan has changed meanwhile. Please look again."))

    def _has_changed(self):
        """Return whether this plan can't be agreed on any more as it was proposed.

        :rtype: bool
        """
        self.ensure_one()
        obstacles = self.invoice_ids._portal_plan_obstacles(self.contact_id, self)
        is_other = self.currency_id.compare_amounts(self.total, self._count_open())
        return bool(is_other) or any(obstacles.values())

    def _after_decision(self):
        self.ensure_one()
        self.activity_feedback(["mail.mail_activity_data_todo"])
        self._tell_contact()

    def _close(self, state):
        """End this plan; what was announced to be charged by it is announced anew.

        :param str state: how it ended
        """
        self.ensure_one()
        self.write(
            {
                "paid_then": self.paid,
                "closed_on": fields.Date.context_today(self),
                "state": state,
            }
        )
        self.invoice_ids._portal_drop_announced_debits(self.env._("The payment plan has ended."))

    # === WHO IS TOLD === #

    def _tell_contact(self, contacts=None):
        """Write to who proposed this plan how it stands.

        :param res.partner contacts: others who are told, too
        """
        self.ensure_one()
        recipients = self.contact_id | (contacts or self.contact_id.browse())
        # It may be the contact itself who does this, and it is told that it arrived.
        self.with_context(mail_notify_author=True)._portal_mail_contacts(
            recipients.filtered("email"),
            self.company_id,
            self.env.ref("customer_portal_plus.mail_template_plan"),
            lang=self.contact_id.lang,
            email_from=self.customer_id._portal_mail_from(self.company_id),
        )

    def _ask_staff(self, summary):
        """Let who does the invoicing look at this plan.

        :param callable summary: gives the words, in the language of the plan that it gets
        """
        self.ensure_one()
        candidates = self.invoice_ids.invoice_user_id | self.customer_id.user_id
        user = self.company_id._portal_bookkeeper(candidates)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary(self.with_context(lang=user.lang).env),
            user_id=user.id,
        )

    def _staff_summary_asked(self, env):
        return env._(
            "%(customer)s proposes to pay %(amount)s in %(count)s instalments",
            customer=self.customer_id.name,
            amount=self.currency_id.format(self.total),
            count=len(self.line_ids),
        )

    def _staff_summary_broken(self, env):
        return env._(
            "%(customer)s missed an instalment: %(amount)s are left of the plan",
            customer=self.customer_id.name,
            amount=self.currency_id.format(self.left),
        )

    # === WHAT THE MAIL SHOWS === #

    def _portal_headline(self):
        """Return the subject of the mail about this plan.

        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        return {
            "asked": _("Your payment plan: we look at it"),
            "to_sign": _("Your payment plan: please sign it"),
            "running": _("Your payment plan is agreed"),
            "kept": _("Your payment plan is paid"),
            "broken": _("Your payment plan has ended: an instalment is missing"),
            "ended": _("Your payment plan has ended"),
            "refused": _("Your payment plan was not accepted"),
            "lapsed": _("Your payment plan was not signed"),
        }[self.state]

    def _portal_words(self):
        """Return what the mail about this plan says.

        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        total, left = self.currency_id.format(self.total), self.currency_id.format(self.left)
        return {
            "asked": _(
                "You propose to pay %s in instalments. We look at it and answer you. Until then,"
                " your invoices are due as before.",
                total,
            ),
            "to_sign": _(
                "We agree that %(amount)s are paid in the instalments below. Please sign the plan"
                " until %(day)s. Until it is signed, your invoices are due as before.",
                amount=total,
                day=format_date(self.env, self._portal_last_day_to_sign()),
            ),
            "running": _(
                "%s are paid in the instalments below. As long as each is paid by its day, we ask"
                " for nothing else of these invoices.",
                total,
            ),
            "kept": _("%s are paid. Thank you.", total),
            "broken": _(
                "An instalment was not paid in time, so the plan has ended. %s are left to pay, by"
                " the dates of your invoices.",
                left,
            ),
            "ended": _(
                "We have ended the plan. %s are left to pay, by the dates of your invoices.", left
            ),
            "refused": _("We can't accept the plan that you proposed."),
            "lapsed": _(
                "The plan was not signed in time, so it does not hold. Your invoices are due as"
                " before."
            ),
        }[self.state]
