"""What a company needs before its first customer can pay: what is done, what is missing, and where
each is done."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import config

from ...tools.printer import printer_state

STEPS = (
    "address", "look", "bank", "provider", "outgoing_mail", "incoming_mail", "printer",
    "invitation",
)  # fmt: skip
PRINTER_HELP = "https://github.com/odoo/odoo/wiki/Wkhtmltopdf"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_step_address = fields.Boolean("Address chosen", compute="_compute_portal_steps")
    portal_step_look = fields.Boolean("Logo and colour chosen", compute="_compute_portal_steps")
    portal_step_bank = fields.Boolean("Bank account entered", compute="_compute_portal_steps")
    portal_step_provider = fields.Boolean("Provider published", compute="_compute_portal_steps")
    portal_step_outgoing_mail = fields.Boolean("Mail leaves", compute="_compute_portal_steps")
    portal_step_incoming_mail = fields.Boolean("Mail comes in", compute="_compute_portal_steps")
    portal_step_printer = fields.Boolean("PDF files are made", compute="_compute_portal_steps")
    portal_step_invitation = fields.Boolean("Somebody invited", compute="_compute_portal_steps")
    portal_holder_problem = fields.Char(compute="_compute_portal_steps")
    portal_steps_left = fields.Integer(compute="_compute_portal_steps")

    @api.depends("company_id", "portal_enabled", "portal_alias")
    def _compute_portal_steps(self):
        for settings in self:
            done = settings._portal_steps_done()
            settings.update({f"portal_step_{step}": done[step] for step in STEPS})
            settings.portal_holder_problem = settings._portal_holder_problem()
            settings.portal_steps_left = sum(not done[step] for step in STEPS)

    def _portal_steps_done(self):
        """Return which of the first steps of the company are done.

        :return: by step
        :rtype: dict[str, bool]
        """
        self.ensure_one()
        company = self.company_id
        account = company.partner_id.bank_ids[:1]
        mail_servers = self.env["ir.mail_server"].search_count([], limit=1)
        return {
            "address": bool(
                self.portal_enabled and self.portal_alias and not self.portal_alias_problem
            ),
            "look": bool(company.logo and not company.uses_default_logo and company.primary_color),
            "bank": bool(account.acc_number and account.acc_holder_name),
            "provider": bool(
                self.env["payment.provider"].search_count(
                    Domain("state", "=", "enabled")
                    & Domain("is_published", "=", True)
                    & Domain("company_id", "parent_of", company.id),
                    limit=1,
                )
            ),
            # The server may be named in Odoo's own configuration instead.
            "outgoing_mail": bool(
                mail_servers or config.get("smtp_server") not in (False, "", "localhost")
            ),
            "incoming_mail": bool(company.alias_domain_id and self._portal_mail_comes_in()),
            "printer": printer_state() == "whole",
            "invitation": bool(
                self.env["res.users"].search_count(
                    Domain("share", "=", True)
                    & Domain("partner_id.portal_invited_on", "!=", False),
                    limit=1,
                )
            ),
        }

    def _portal_holder_problem(self):
        """Return in words why banks may warn who pays to one of the company's accounts: they
        compare the name of its holder with what the payer typed, which is what we show.

        :rtype: str
        """
        partner = self.company_id.partner_id
        others = partner.bank_ids.filtered(
            lambda account: account._portal_has_other_holder(partner)
        )
        if not others:
            return ""
        return self.env._(
            "Customers are told that the holder of %(account)s is “%(holder)s”, not “%(company)s”."
            " Banks compare the name: write it as your bank does.",
            account=others[0].acc_number,
            holder=others[0]._portal_holder(),
            company=partner.name,
        )

    def _portal_mail_comes_in(self):
        """Return whether answers to mails reach Odoo: it fetches them, or has received some.

        :rtype: bool
        """
        fetches = self.env["fetchmail.server"].search_count([("state", "=", "done")], limit=1)
        return bool(
            fetches
            or self.env["mail.message"].search_count([("message_type", "=", "email")], limit=1)
        )

    def action_portal_step(self, step=""):
        """Open where a step is done.

        :param str step: one of ``STEPS``
        :rtype: dict
        """
        self.ensure_one()
        if step not in STEPS:
            raise UserError(self.env._("There is no such step."))
        return getattr(self, f"_portal_open_{step}")()

    def _portal_open_address(self):
        return self.action_portal_share_kit()

    def _portal_open_look(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "web.action_base_document_layout_configurator"
        )

    def _portal_open_bank(self):
        company = self.company_id.partner_id
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank Accounts of %s", self.company_id.name),
            "res_model": "res.partner.bank",
            "views": [(False, "list"), (False, "form")],
            "domain": [("partner_id", "=", company.id)],
            "context": {"default_partner_id": company.id},
        }
        if not company.bank_ids:
            # The first one is typed at once, on top of the steps that are left.
            action.update({"views": [(False, "form")], "target": "new"})
        return action

    def _portal_open_provider(self):
        return self.env["ir.actions.act_window"]._for_xml_id("payment.action_payment_provider")

    def _portal_open_outgoing_mail(self):
        return self.env["ir.actions.act_window"]._for_xml_id("base.action_ir_mail_server_list")

    def _portal_open_incoming_mail(self):
        return self.env["ir.actions.act_window"]._for_xml_id("mail.action_email_server_tree")

    def _portal_open_printer(self):
        return {"type": "ir.actions.act_url", "url": PRINTER_HELP, "target": "new"}

    def _portal_open_invitation(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give Portal Access"),
            "res_model": "customer.portal.invitation.wizard",
            "views": [(False, "form")],
            "target": "new",
            # Nobody is selected where one comes from.
            "context": {"portal_choose": True, "default_partner_ids": []},
        }
