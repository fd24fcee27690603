from odoo import fields, models


class CustomerPortalDeliveryProblem(models.Model):
    """What a customer says is missing of a line that was shipped, or has come damaged."""

    _name = "customer.portal.delivery.problem"
    _description = "Problem of a Delivery"
    _order = "id desc"

    picking_id = fields.Many2one(
        "stock.picking", "Delivery", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "stock.move", "Line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="picking_id.company_id", store=True, index=True)
    product_id = fields.Many2one(related="move_id.product_id")
    product_uom_id = fields.Many2one(related="move_id.product_uom")
    kind = fields.Selection(
        [("shortage", "Missing"), ("damage", "Damaged")], "Problem", required=True, readonly=True
    )
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    note = fields.Text("Customer's words", readonly=True)
    contact_id = fields.Many2one(
        "res.partner", "Reported by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "customer_portal_delivery_problem_photo_rel",
        "problem_id",
        "attachment_id",
        "Photos",
        readonly=True,
        bypass_search_access=True,
    )
    conversation_id = fields.Many2one(
        "customer.portal.conversation",
        "Conversation",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved")], required=True, default="open", index=True
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "What is missing or damaged is more than nothing."
    )

    def action_solve(self):
        """Note that nothing is left to be done about these problems."""
        self.state = "solved"

    def action_reopen(self):
        """Look into these problems again."""
        self.state = "open"

    def _portal_texts(self):
        """Return each of these problems in one line, in the reader's language.

        :rtype: list[str]
        """
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        texts = []
        for problem in self:
            quantity = problem.move_id._portal_quantity_text(problem.quantity)
            text = f"{problem.move_id._portal_name()}: {kinds[problem.kind].lower()} {quantity}"
            texts.append(f"{text}. {problem.note}" if problem.note else text)
        return texts
