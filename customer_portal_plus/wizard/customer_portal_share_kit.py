import base64
import io

import qrcode
import qrcode.image.svg

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import LazyTranslate
from odoo.tools.misc import html_escape

from ..tools.actions import form_action

_lt = LazyTranslate(__name__)

LANGUAGES = {"en": "en_US", "es": "es_ES"}
DEFAULT_COLOR = "#714B67"
BUTTON = (
    '<a href="%(url)s" style="display: inline-block; padding: 10px 18px; border-radius: 6px;'
    " background: %(color)s; color: %(text_color)s; font-family: sans-serif;"
    ' text-decoration: none;">%(label)s</a>'
)
# Translated for the chosen language, whether the database speaks it or not.
TEXTS = {
    "button": _lt("Customer portal"),
    "web_text": _lt(
        "Are you our customer? In our customer portal you see your invoices and quotes at any"
        " time, download them, pay and accept online. You need no password: we send you a link"
        " by e-mail.\n%(url)s"
    ),
    "signature_text": _lt("Your invoices and quotes, at any time: %(url)s"),
    "invoice_text": _lt(
        "See, download and pay this invoice in our customer portal: %(url)s (or scan the code)"
    ),
}


def qr_code(text, image_factory=None):
    """Return a QR code.

    :param str text: what it says
    :param image_factory: the class of qrcode that draws it; a PNG if not given
    :return: the file
    :rtype: bytes
    """
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=12, border=4)
    code.add_data(text)
    buffer = io.BytesIO()
    code.make_image(image_factory=image_factory).save(buffer)
    return buffer.getvalue()


class CustomerPortalShareKit(models.TransientModel):
    """What a company needs to tell its customers of the portal: link, QR code, button, texts."""

    _name = "customer.portal.share.kit"
    _description = "Share kit of the customer portal"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    language = fields.Selection(
        [("en", "English"), ("es", "Spanish")],
        "Language of the texts",
        required=True,
        default=lambda self: self._default_language(),
    )
    url = fields.Char("Link", compute="_compute_link")
    qr_png = fields.Binary("QR code (PNG)", compute="_compute_link", attachment=False)
    qr_png_name = fields.Char(compute="_compute_link")
    qr_svg = fields.Binary("QR code (SVG)", compute="_compute_link", attachment=False)
    qr_svg_name = fields.Char(compute="_compute_link")
    button_html = fields.Char("Button (HTML)", compute="_compute_texts")
    web_text = fields.Char("For your website", compute="_compute_texts")
    signature_text = fields.Char("For the signature of your mails", compute="_compute_texts")
    invoice_text = fields.Char("For your invoices", compute="_compute_texts")

    @api.model
    def _default_language(self):
        return "es" if (self.env.lang or "").startswith("es") else "en"

    @api.depends("company_id")
    def _compute_display_name(self):
        for kit in self:
            kit.display_name = self.env._("Share Kit")

    @api.depends("company_id")
    def _compute_link(self):
        for kit in self:
            kit.url = kit.company_id._portal_page_url()
            alias = kit.company_id.portal_alias
            kit.qr_png = base64.b64encode(qr_code(kit.url))
            kit.qr_png_name = f"{alias}.png"
            kit.qr_svg = base64.b64encode(qr_code(kit.url, qrcode.image.svg.SvgPathFillImage))
            kit.qr_svg_name = f"{alias}.svg"

    @api.depends("company_id", "language")
    def _compute_texts(self):
        for kit in self:
            texts = {
                name: text._translate(LANGUAGES[kit.language or "en"])
                for name, text in TEXTS.items()
            }
            color, text_color = kit.company_id._portal_colors(DEFAULT_COLOR)
            kit.button_html = BUTTON % {
                "url": html_escape(kit.url),
                "color": color,
                "text_color": text_color,
                "label": html_escape(texts["button"]),
            }
            for name in ("web_text", "signature_text", "invoice_text"):
                kit[name] = texts[name] % {"url": kit.url}

    @api.model
    def _open(self, company):
        """Return the action that shows the kit of a company.

        :param res.company company: one of the user's
        :rtype: dict
        :raise AccessError: if the user is no administrator
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators set up the portal."))
        kit = self.create({"company_id": company.id})
        return form_action(kit, name=self.env._("Share Kit"), target="current")

    def action_open_settings(self):
        """Open the settings, where the link to pay on invoices is switched on.

        :raise AccessError: if the current user may not
        """
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_plus.res_config_settings_action"
        )
