from urllib.parse import urlsplit

from odoo import models

# Field of social_media -> what the link is called, and its icon.
SOCIAL_NETWORKS = {
    "social_facebook": ("Facebook", "fa-facebook-square"),
    "social_instagram": ("Instagram", "fa-instagram"),
    "social_linkedin": ("LinkedIn", "fa-linkedin-square"),
    "social_twitter": ("X", "fa-twitter-square"),
    "social_youtube": ("YouTube", "fa-youtube-play"),
    "social_tiktok": ("TikTok", "fa-music"),
    "social_github": ("GitHub", "fa-github-square"),
    "social_discord": ("Discord", "fa-comments"),
}


def safe_web_address(text):
    """Return ``text`` as an address that may be linked to, with https if it names no scheme.

    :param str text: what staff typed as a web address
    :return: the address; empty if it is none, or of another kind (``javascript:``)
    :rtype: str
    """
    address = (text or "").strip()
    if not address:
        return ""
    try:
        if not urlsplit(address).scheme:
            address = f"https://{address.lstrip('/')}"
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


class ResCompany(models.Model):
    _inherit = "res.company"

    def _portal_contact_card(self):
        """Return how customers reach this company, as far as it shows that to them.

        :return: ``name``, ``address`` (lines), ``phone``, ``email``, ``website``, and
            ``networks`` (dicts with ``name``, ``icon``, ``url``); what is not shown is empty
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = self.sudo()  # Told to everybody on purpose, by the switches.
        card = {
            "name": company_sudo.name,
            "address": [],
            "phone": "",
            "email": "",
            "website": safe_web_address(company_sudo.website),
            "networks": [],
        }
        if company_sudo.portal_show_address:
            address = company_sudo.partner_id._display_address(without_company=True)
            card["address"] = [line.strip() for line in address.splitlines() if line.strip()]
        if company_sudo.portal_show_phone:
            card["phone"] = company_sudo.phone or ""
            card["email"] = company_sudo.email or ""
        if company_sudo.portal_show_social:
            for field_name, (name, icon) in SOCIAL_NETWORKS.items():
                if url := safe_web_address(company_sudo[field_name]):
                    card["networks"].append({"name": name, "icon": icon, "url": url})
        return card
