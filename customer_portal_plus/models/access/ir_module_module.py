from odoo import api, models
from odoo.tools import SQL

# What Odoo's own Spanish says in the subject of the mail of a quote, and what it means.
BROKEN, MEANT = "('draft, 'sent')", "('draft', 'sent')"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """Override of `base`: a quote can be mailed in Spanish, too.

        A quotation mark is missing in Odoo's translation, so that the subject can't be made and
        nobody whose customer speaks Spanish can send a quote.
        """
        super()._load_module_terms(modules, langs, overwrite=overwrite)
        template = self.env.ref("sale.email_template_edi_sale", raise_if_not_found=False)
        if not template:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_template
                   SET subject = replace(subject::text, %(broken)s, %(meant)s)::jsonb
                 WHERE id = %(id)s AND strpos(subject::text, %(broken)s) > 0
                """,
                broken=BROKEN,
                meant=MEANT,
                id=template.id,
            )
        )
        template.invalidate_recordset(["subject"])
