from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerPortalReply(models.Model):
    """One turn of a conversation: what the customer wrote, until staff answered."""

    _name = "customer.portal.reply"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "Messages and Their Answers"
    _auto = False
    _order = "asked_on DESC, id DESC"
    _rec_name = "conversation_id"
    _depends = {
        "customer.portal.conversation": ["commercial_partner_id", "company_id", "state", "user_id"],
        "mail.message": ["author_id", "date", "is_internal", "message_type", "subtype_id"],
        "res.partner": ["partner_share"],
    }

    user_id = fields.Many2one(string="Assigned to")
    conversation_id = fields.Many2one("customer.portal.conversation", "Conversation", readonly=True)
    asked_on = fields.Datetime("Written on", readonly=True)
    answered_on = fields.Datetime("Answered on", readonly=True)
    hours = fields.Float("Hours until the answer", readonly=True, aggregator="avg", digits=(16, 1))
    state = fields.Selection(
        [
            ("waiting", "Not answered"),
            ("answered", "Answered"),
            ("closed", "Closed without an answer"),
        ],
        readonly=True,
    )

    @api.model
    def _rows_query(self):
        """Override: the turns of the conversations that the current user may read."""
        conversations = self.env["customer.portal.conversation"]
        fields_ = conversations._portal_document_fields()
        domain = Domain("company_id", "in", self.env.companies.ids) & Domain(
            "unverified", "=", False
        )
        columns = (
            "id", "commercial_partner_id", "company_id", "state", "user_id", *fields_.values(),
        )  # fmt: skip
        threads = [(conversations._name, SQL("conversation.id"))]
        threads += [
            (model_name, SQL.identifier("conversation", name))
            for model_name, name in fields_.items()
        ]
        said = SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT message.id, message.date, conversation.id AS conversation_id,
                       author.partner_share AS from_customer
                  FROM conversation
                  JOIN mail_message message ON message.model = %(model)s AND message.res_id = %(id)s
                  JOIN res_partner author ON author.id = message.author_id
                 WHERE message.subtype_id = %(comment)s
                   AND message.message_type IN ('comment', 'email', 'email_outgoing')
                   AND message.is_internal IS NOT TRUE
                """,
                model=model_name,
                id=res_id,
                comment=self.env.ref("mail.mt_comment").id,
            )
            for model_name, res_id in threads
        )
        return SQL(
            """
            (
                WITH conversation AS (SELECT * FROM %(conversations)s found),
                turns AS (
                    SELECT said.*,
                           LAG(from_customer) OVER (
                               PARTITION BY conversation_id ORDER BY date, id
                           ) AS went_on,
                           MIN(date) FILTER (WHERE NOT from_customer) OVER (
                               PARTITION BY conversation_id ORDER BY date, id
                               ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
                           ) AS answered_on
                      FROM (%(said)s) said
                )
                SELECT turns.id, turns.conversation_id, turns.date AS asked_on, turns.answered_on,
                       conversation.commercial_partner_id AS customer_id, conversation.user_id,
                       conversation.company_id,
                       EXTRACT(EPOCH FROM turns.answered_on - turns.date) / 3600 AS hours,
                       CASE
                           WHEN turns.answered_on IS NOT NULL THEN 'answered'
                           WHEN conversation.state = 'closed' THEN 'closed'
                           ELSE 'waiting'
                       END AS state
                  FROM turns
                  JOIN conversation ON conversation.id = turns.conversation_id
                 WHERE turns.from_customer AND turns.went_on IS NOT TRUE
            )
            """,
            conversations=self._columns_of(conversations, domain, *columns),
            said=said,
        )

    def _get_record(self):
        return self.conversation_id
