"""What is around the mails of the portal: a company's name, logo, colour and how to reach it."""

import re

from odoo import models

from ...tools.mail_text import first_words
from .res_company import _COLOR, _GROUND, _link_color, _luminance, _text_color

# What core's mails are coloured with, if nobody chose anything.
_CORE_COLOR = "#875A7B"
# Of mails, and of the portal as an app, where the company has chosen none.
DEFAULT_COLOR = "#714b67"
# What mails are drawn on in the dark.
DARK_GROUND = "#111827"


def _lightened(color):
    """Return a colour, lightened until it can be read on the dark ground of mails."""
    channels = [int(color[index : index + 2], 16) for index in (1, 3, 5)]
    while (_luminance(color) + 0.05) / (_luminance(DARK_GROUND) + 0.05) < 4.5:
        channels = [min(255, value + 8) for value in channels]
        color = "#{:02x}{:02x}{:02x}".format(*channels)
    return color


class ResCompany(models.Model):
    _inherit = "res.company"

    def _portal_mail_colors(self):
        """Return the colours of this company's mails: the one chosen for the buttons of mails,
        else that of its pages and documents.

        :return: ``brand``, ``text`` (on it), ``link``, and ``link_dark`` (on a dark ground)
        :rtype: dict[str, str]
        """
        self.ensure_one()
        chosen = self.sudo().email_secondary_color or ""  # Everybody sees it in a mail.
        if _COLOR.fullmatch(chosen) and chosen.upper() != _CORE_COLOR:
            brand, text = chosen, _text_color(chosen)
        else:
            brand, text = self._portal_colors(DEFAULT_COLOR)
        return {
            "brand": brand,
            "text": text,
            "ground": _GROUND,
            "link": _link_color(brand),
            "link_dark": _lightened(brand),
        }

    def _portal_mail_button_style(self):
        """Return the style of the button of a mail.

        :rtype: str
        """
        colors = self._portal_mail_colors()
        return (
            "display: inline-block; padding: 12px 24px; border-radius: 8px; font-size: 16px;"
            " line-height: 20px; font-weight: 600; text-decoration: none;"
            f" background-color: {colors['brand']}; color: {colors['text']};"
        )

    def _portal_mail_frame(self, lang, body):
        """Return what stands around a mail.

        :param str lang: code of the language of who reads it
        :param str body: the text, as HTML
        :return: the company's ``name``, ``logo_url`` (empty if it has none of its own), ``phone``,
            ``email``, ``website`` (empty if it does not show them), ``colors``, ``lang`` as in
            ``es-ES``, ``dir``, and ``preheader``, what an inbox shows beside the subject
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = self.sudo()  # Everybody sees these in a mail.
        language = self.env["res.lang"]._get_data(code=lang or self.env.lang)
        website = company_sudo.website or ""
        if website and not re.match(r"https?://", website, re.I):
            website = f"http://{website}"
        shows_phone = company_sudo.portal_show_phone
        return {
            "name": company_sudo.name,
            "logo_url": self._portal_brand()["logo_url"],
            "phone": shows_phone and company_sudo.phone or "",
            "email": shows_phone and company_sudo.email or "",
            "website": website,
            "colors": self._portal_mail_colors(),
            "lang": (lang or "").partition("@")[0].replace("_", "-") or None,
            "dir": language.direction or "ltr",
            "preheader": first_words(str(body or "")),
        }
