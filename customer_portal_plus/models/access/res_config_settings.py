from odoo import api, fields, models

from ...tools.alias import clean_alias
from ...tools.printer import printer_state


class ResConfigSettings(models.TransientModel):
    """The page "Customer portal" of the settings: the switches of the current company.

    A switch is a field of ``res.company``; here it is repeated as a related one, in the block of
    the page where it is shown.
    """

    _inherit = "res.config.settings"

    # Getting in
    portal_enabled = fields.Boolean(related="company_id.portal_enabled", readonly=False)
    portal_alias = fields.Char(related="company_id.portal_alias", readonly=False)
    portal_alias_url = fields.Char(
        "Address of the portal in full", compute="_compute_portal_alias_url"
    )
    portal_alias_problem = fields.Char(compute="_compute_portal_alias_url")
    portal_allow_verification = fields.Boolean(
        related="company_id.portal_allow_verification", readonly=False
    )
    portal_allow_tax_id = fields.Boolean(related="company_id.portal_allow_tax_id", readonly=False)
    portal_link_days = fields.Integer(related="company_id.portal_link_days", readonly=False)
    portal_security_level = fields.Selection(
        related="company_id.portal_security_level", readonly=False
    )
    portal_allow_email_code = fields.Boolean(
        related="company_id.portal_allow_email_code", readonly=False
    )
    portal_allow_self_registration = fields.Boolean(
        related="company_id.portal_allow_self_registration", readonly=False
    )
    portal_default_profile_id = fields.Many2one(
        related="company_id.portal_default_profile_id", readonly=False
    )
    portal_auto_invite = fields.Boolean(related="company_id.portal_auto_invite", readonly=False)

    # What customers see
    portal_show_invoices = fields.Boolean(related="company_id.portal_show_invoices", readonly=False)
    portal_printer_state = fields.Selection(
        [("whole", "Whole"), ("partial", "Without header and footer"), ("missing", "Not at all")],
        "How reports are printed here",
        compute="_compute_portal_printer_state",
    )
    portal_show_statement = fields.Boolean(
        related="company_id.portal_show_statement", readonly=False
    )
    portal_show_quotes = fields.Boolean(related="company_id.portal_show_quotes", readonly=False)
    portal_show_orders = fields.Boolean(related="company_id.portal_show_orders", readonly=False)
    portal_show_documents = fields.Boolean(
        related="company_id.portal_show_documents", readonly=False
    )
    portal_show_address = fields.Boolean(related="company_id.portal_show_address", readonly=False)
    portal_show_phone = fields.Boolean(related="company_id.portal_show_phone", readonly=False)
    portal_show_social = fields.Boolean(related="company_id.portal_show_social", readonly=False)

    # What customers may do
    portal_allow_quote_acceptance = fields.Boolean(
        related="company_id.portal_allow_quote_acceptance", readonly=False
    )
    portal_allow_quote_rejection = fields.Boolean(
        related="company_id.portal_allow_quote_rejection", readonly=False
    )
    portal_allow_quote_changes = fields.Boolean(
        related="company_id.portal_allow_quote_changes", readonly=False
    )
    portal_allow_uploads = fields.Boolean(related="company_id.portal_allow_uploads", readonly=False)
    portal_allow_billing_update = fields.Boolean(
        related="company_id.portal_allow_billing_update", readonly=False
    )
    portal_allow_team = fields.Boolean(related="company_id.portal_allow_team", readonly=False)
    portal_team_approval = fields.Boolean(related="company_id.portal_team_approval", readonly=False)
    portal_allow_seats = fields.Boolean(related="company_id.portal_allow_seats", readonly=False)

    # Log
    portal_log_address_days = fields.Integer(
        related="company_id.portal_log_address_days", readonly=False
    )

    # Messages and mails
    portal_allow_messages = fields.Boolean(
        related="company_id.portal_allow_messages", readonly=False
    )
    portal_allow_line_questions = fields.Boolean(
        related="company_id.portal_allow_line_questions", readonly=False
    )

    portal_allow_push = fields.Boolean(related="company_id.portal_allow_push", readonly=False)
    portal_document_delivery = fields.Selection(
        related="company_id.portal_document_delivery", readonly=False
    )
    portal_message_user_id = fields.Many2one(
        related="company_id.portal_message_user_id", readonly=False
    )
    portal_mail_alias_name = fields.Char(
        related="company_id.portal_mail_alias_name", readonly=False
    )
    portal_mail_alias_domain = fields.Char(
        "Domain of the address for new messages", related="company_id.alias_domain_id.name"
    )
    portal_tell_quote_accepted = fields.Selection(
        related="company_id.portal_tell_quote_accepted", readonly=False
    )
    portal_tell_quote_rejected = fields.Selection(
        related="company_id.portal_tell_quote_rejected", readonly=False
    )
    portal_tell_quote_changes = fields.Selection(
        related="company_id.portal_tell_quote_changes", readonly=False
    )
    portal_tell_payment = fields.Selection(related="company_id.portal_tell_payment", readonly=False)
    portal_tell_message = fields.Selection(related="company_id.portal_tell_message", readonly=False)
    portal_tell_change = fields.Selection(related="company_id.portal_tell_change", readonly=False)
    portal_tell_document = fields.Selection(
        related="company_id.portal_tell_document", readonly=False
    )
    portal_tell_upload = fields.Selection(related="company_id.portal_tell_upload", readonly=False)

    # Payments
    portal_allow_payment = fields.Boolean(related="company_id.portal_allow_payment", readonly=False)
    portal_allow_part_payment = fields.Boolean(
        related="company_id.portal_allow_part_payment", readonly=False
    )
    portal_part_payment_minimum = fields.Monetary(
        related="company_id.portal_part_payment_minimum",
        currency_field="currency_id",
        readonly=False,
    )
    portal_allow_payment_report = fields.Boolean(
        related="company_id.portal_allow_payment_report", readonly=False
    )
    portal_show_credit = fields.Boolean(related="company_id.portal_show_credit", readonly=False)
    portal_payment_method_ids = fields.Many2many(
        related="company_id.portal_payment_method_ids", readonly=False
    )
    portal_allow_paypal = fields.Boolean(related="company_id.portal_allow_paypal", readonly=False)
    portal_allow_saved_methods = fields.Boolean(
        related="company_id.portal_allow_saved_methods", readonly=False
    )
    portal_show_bank_account = fields.Boolean(
        related="company_id.portal_show_bank_account", readonly=False
    )
    portal_show_pay_link = fields.Boolean(related="company_id.portal_show_pay_link", readonly=False)
    portal_allow_debit = fields.Boolean(related="company_id.portal_allow_debit", readonly=False)
    portal_send_reminders = fields.Boolean(
        related="company_id.portal_send_reminders", readonly=False
    )
    portal_send_statements = fields.Boolean(
        related="company_id.portal_send_statements", readonly=False
    )
    portal_statement_audience = fields.Selection(
        related="company_id.portal_statement_audience", readonly=False
    )
    portal_statement_kind = fields.Selection(
        related="company_id.portal_statement_kind", readonly=False
    )
    portal_statement_day = fields.Integer(related="company_id.portal_statement_day", readonly=False)
    portal_allow_disputes = fields.Boolean(
        related="company_id.portal_allow_disputes", readonly=False
    )
    portal_allow_promises = fields.Boolean(
        related="company_id.portal_allow_promises", readonly=False
    )
    portal_allow_confirmations = fields.Boolean(
        related="company_id.portal_allow_confirmations", readonly=False
    )
    portal_confirmation_days = fields.Integer(
        related="company_id.portal_confirmation_days", readonly=False
    )
    portal_confirmation_reminders = fields.Integer(
        related="company_id.portal_confirmation_reminders", readonly=False
    )
    portal_promise_days = fields.Integer(related="company_id.portal_promise_days", readonly=False)
    portal_promise_grace = fields.Integer(related="company_id.portal_promise_grace", readonly=False)
    portal_promise_times = fields.Integer(related="company_id.portal_promise_times", readonly=False)
    portal_promise_limit = fields.Monetary(
        related="company_id.portal_promise_limit", readonly=False
    )
    portal_allow_plans = fields.Boolean(related="company_id.portal_allow_plans", readonly=False)
    portal_plan_number = fields.Integer(related="company_id.portal_plan_number", readonly=False)
    portal_plan_days = fields.Integer(related="company_id.portal_plan_days", readonly=False)
    portal_plan_smallest = fields.Monetary(
        related="company_id.portal_plan_smallest", readonly=False
    )
    portal_plan_down = fields.Integer(related="company_id.portal_plan_down", readonly=False)
    portal_sign_plans = fields.Boolean(related="company_id.portal_sign_plans", readonly=False)
    portal_plan_grace = fields.Integer(related="company_id.portal_plan_grace", readonly=False)
    portal_claim_interest = fields.Boolean(
        related="company_id.portal_claim_interest", readonly=False
    )
    portal_claim_fixed_sum = fields.Boolean(
        related="company_id.portal_claim_fixed_sum", readonly=False
    )
    portal_interest_journal_id = fields.Many2one(
        related="company_id.portal_interest_journal_id", readonly=False
    )
    portal_interest_product_id = fields.Many2one(
        related="company_id.portal_interest_product_id", readonly=False
    )
    portal_show_347 = fields.Boolean(related="company_id.portal_show_347", readonly=False)
    portal_347_threshold = fields.Monetary(
        related="company_id.portal_347_threshold", readonly=False
    )
    portal_debit_notice_days = fields.Integer(
        related="company_id.portal_debit_notice_days", readonly=False
    )

    # === ACTIONS === #

    def action_portal_share_kit(self):
        """Open what a company tells its customers of the portal with.

        :rtype: dict
        """
        return self.env["customer.portal.share.kit"]._open(self.company_id)

    # === COMPUTE METHODS === #

    @api.depends("portal_alias")
    def _compute_portal_alias_url(self):
        """Say, while it is typed, where the portal will be or why it can't be there."""
        for settings in self:
            alias = clean_alias(settings.portal_alias)
            company = settings.company_id
            settings.portal_alias_problem = company._portal_alias_problem(alias)
            settings.portal_alias_url = f"{company.get_base_url()}/p/{alias}" if alias else False

    def _compute_portal_printer_state(self):
        """Tell the administrator of a program on this machine that customers' files need."""
        for settings in self:
            settings.portal_printer_state = printer_state()
