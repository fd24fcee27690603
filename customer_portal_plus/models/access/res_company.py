import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.alias import clean_alias, derive_alias, is_valid_alias, numbered_alias

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
# What pages are drawn on: --cpp-page in the style sheets; and on a dark screen --cpp-raised, the
# lightest of what is dark.
_GROUND = "#f9fafb"
_DARK_GROUND = "#1f2937"
# What buttons stand on there.
_DARK_SURFACE = "#111827"


def _luminance(color):
    """Return the relative luminance, as WCAG 2 defines it, of a colour such as ``#875A7B``."""
    channels = (int(color[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _text_color(background):
    """Return black or white: whichever is easier to read on a colour."""
    # 0.179 is where both contrasts are equal.
    return "#000000" if _luminance(background) > 0.179 else "#ffffff"


def _contrast(one, other):
    """Return the contrast of two colours, as WCAG 2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _channels(color):
    """Return red, green and blue of a colour such as ``#875A7B``."""
    return [int(color[index : index + 2], 16) for index in (1, 3, 5)]


def _link_color(color, ground=_GROUND):
    """Return a colour, darkened until it can be read on a light ground, or lightened on a dark one.

    4.5:1 is what WCAG 2.2 AA asks of text.
    """
    channels = _channels(color)
    lighter = 255 * 0.05 if ground == _DARK_GROUND else 0
    while _contrast(color, ground) < 4.5:
        channels = [min(255, int(value * 0.95 + lighter + bool(lighter))) for value in channels]
        color = "#{:02x}{:02x}{:02x}".format(*channels)
    return color


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_enabled = fields.Boolean(
        "Customer portal",
        default=True,
        help="Customers see their documents of this company in the portal.",
    )
    portal_alias = fields.Char(
        "Address of the portal",
        copy=False,
        help="The last part of the portal's own address, /p/<alias>. It is made from the"
        " company's name; when you change it, the old address keeps leading to the new one.",
    )
    portal_security_level = fields.Selection(
        selection=[
            ("high", "High: a secure link or code, sent by mail"),
            ("medium", "Medium: the tax ID alone shows what is due"),
        ],
        string="Security of the portal",
        default="high",
        required=True,
        help="Medium adds a page on which everybody who knows a customer's tax ID sees what this"
        " customer has to pay. It never opens the portal itself.",
    )
    portal_allow_email_code = fields.Boolean(
        "Sign in with a mailed code",
        default=True,
        help="Contacts type their e-mail address and get a link and a code, valid 10 minutes.",
    )
    portal_allow_tax_id = fields.Boolean(
        "Sign in with the tax ID",
        default=True,
        help="Contacts type their tax ID, choose one of the registered e-mail addresses, and get"
        " a link and a code there.",
    )
    portal_allow_verification = fields.Boolean(
        "Bank account can be checked",
        help="A page for everybody: who types number, date and amount of an invoice is told which"
        " account you printed on it.",
    )
    portal_allow_self_registration = fields.Boolean(
        "Registered contacts need no invitation",
        default=True,
        help="A contact with an e-mail address becomes a user of the portal when it first signs"
        " in by mail. Otherwise only those whom you gave access get in.",
    )
    portal_link_days = fields.Integer(
        "Days that links in mails work",
        default=30,
        required=True,
        help="The button of a mail opens its document for the contact to whom it was sent, so"
        " many days long. After that a new link can be asked for.",
    )
    portal_default_profile_id = fields.Many2one(
        "customer.portal.profile",
        "Default profile",
        default=lambda self: self._default_portal_profile_id(),
        ondelete="restrict",
        help="What a contact may do until it is given a profile of its own.",
    )
    portal_show_invoices = fields.Boolean("Show invoices", default=True)
    portal_show_statement = fields.Boolean("Show the account statement", default=True)
    portal_show_quotes = fields.Boolean("Show quotes", default=True)
    portal_show_orders = fields.Boolean("Show orders", default=True)
    portal_show_documents = fields.Boolean("Show shared documents", default=True)
    portal_allow_uploads = fields.Boolean("Customers may send files you ask for", default=True)
    portal_show_address = fields.Boolean("Show our address", default=True)
    portal_show_phone = fields.Boolean("Show our phone and e-mail", default=True)
    portal_show_social = fields.Boolean("Show our social networks", default=True)
    portal_allow_messages = fields.Boolean("Customers may write to us", default=True)
    portal_allow_line_questions = fields.Boolean("Customers may ask about lines", default=True)
    portal_allow_payment = fields.Boolean("Customers may pay online", default=True)
    portal_allow_part_payment = fields.Boolean("Customers may pay in parts", default=True)
    portal_part_payment_minimum = fields.Monetary(
        "Smallest part payment",
        currency_field="currency_id",
        help="In the company's currency; nothing means any amount.",
    )
    portal_allow_payment_report = fields.Boolean("Customers may report payments", default=True)
    portal_show_credit = fields.Boolean("Show open credit", default=True)
    portal_allow_debit = fields.Boolean("Customers may switch on automatic debit")
    portal_debit_notice_days = fields.Integer(
        "Days between notice and charge",
        default=5,
        required=True,
        help="So many days before a charge, at least, the customer is told of it by mail.",
    )

    _portal_debit_notice_days_positive = models.Constraint(
        "CHECK(portal_debit_notice_days > 0)",
        "A charge must be announced at least one day before.",
    )
    portal_allow_quote_acceptance = fields.Boolean("Customers may accept quotes", default=True)
    portal_allow_quote_rejection = fields.Boolean("Customers may reject quotes", default=True)
    portal_allow_quote_changes = fields.Boolean("Customers may ask for changes", default=True)
    portal_auto_invite = fields.Boolean(
        "Invite new customers",
        help="A customer that is created with an e-mail address, or gets its first invoice, is"
        " given access to the portal and invited by mail, with the default profile.",
    )
    portal_allow_team = fields.Boolean(
        "Customers may manage their team",
        default=True,
        help="Contacts whose profile says so invite colleagues, and change or take away their"
        " access.",
    )
    portal_team_approval = fields.Boolean(
        "Approve invited colleagues",
        help="A colleague whom a customer invites waits until you accept the request.",
    )
    portal_allow_seats = fields.Boolean(
        "One person may act for several customers",
        help="A customer's accountant, or its head office, gets a seat there: with its own sign-in"
        " it acts for the customer, as far as the profile goes that was given to it.",
    )
    portal_allow_billing_update = fields.Boolean(
        "Customers may update their billing data",
        default=True,
        help="Address, phone and e-mail for invoices change at once; tax ID, legal name and"
        " country wait for your approval once there are documents.",
    )
    portal_log_address_days = fields.Integer(
        "Keep network addresses for",
        default=90,
        help="After so many days the network addresses in the portal's log are erased; the"
        " entries stay. 0: they are not noted at all.",
    )

    _portal_log_address_days_positive = models.Constraint(
        "CHECK(portal_log_address_days >= 0)",
        "Network addresses can't be kept for less than 0 days.",
    )

    _portal_alias_unique = models.UniqueIndex(
        "(portal_alias) WHERE portal_alias IS NOT NULL",
        "This address belongs to the portal of another company.",
    )

    _portal_link_days_positive = models.Constraint(
        "CHECK(portal_link_days BETWEEN 1 AND 3650)",
        "Links in mails work for 1 to 3650 days.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to give the portal of a new company its address."""
        vals_list = [self._portal_clean_alias_vals(vals) for vals in vals_list]
        companies = super().create(vals_list)
        companies._portal_set_missing_alias()
        return companies

    def write(self, vals):
        """Override of `base` to keep the old address of the portal working, to prepare what is
        switched on, and to note which switches changed."""
        watched = self._portal_watched_switches(vals)
        former = {company: company.portal_alias for company in self if "portal_alias" in vals}
        result = super().write(self._portal_clean_alias_vals(vals))
        self._portal_keep_former_aliases(former)
        self._portal_prepare_switches({name for name in vals if vals[name]})
        self._portal_log_switches(watched)
        return result

    def _portal_prepare_switches(self, names):
        """Hook that is called after fields of these companies were set.

        For a module to prepare what one of its switches needs, it must override this method.

        :param set names: fields that have got a value
        """

    def _portal_keep_former_aliases(self, former):
        """Keep addresses working that the portals of companies had before they were changed.

        :param dict former: the earlier alias by company
        """
        if former:
            self._portal_set_missing_alias()
        # Sudo: nobody but this method writes former addresses.
        aliases_sudo = self.env["customer.portal.former.alias"].sudo()
        for company, alias in former.items():
            if alias and alias != company.portal_alias:
                aliases_sudo.create({"alias": alias, "company_id": company.id})
            # A company that takes an old address of its own back has it as its present one.
            aliases_sudo.search([("alias", "=", company.portal_alias)]).unlink()

    def _portal_clean_alias_vals(self, vals):
        """Return values to write on these companies with the alias as it is kept.

        :raise ValidationError: if they can't have it; asked before it is written, because the
            database's own refusal has no words for people
        """
        if not vals.get("portal_alias"):
            return vals
        alias = clean_alias(vals["portal_alias"])
        if problem := self._portal_alias_problem(alias):
            raise ValidationError(problem)
        return {**vals, "portal_alias": alias}

    # === ADDRESS OF THE PORTAL === #

    def _portal_alias_problem(self, alias):
        """Return why this company's portal can't have ``alias``, in words.

        :param str alias: as it would be stored
        :return: the sentence; empty if there is no problem
        :rtype: str
        """
        if not alias:
            return ""
        if not is_valid_alias(alias):
            return self.env._(
                "Please use 2 to 40 small letters without accents, digits and single hyphens."
            )
        if self._portal_alias_is_taken(alias):
            return self.env._("“%s” belongs to the portal of another company.", alias)
        return ""

    def _portal_alias_is_taken(self, alias):
        # Sudo: also companies that the user may not see have their addresses.
        domain = [("portal_alias", "=", alias), ("id", "not in", self._origin.ids)]
        companies_sudo = self.sudo().with_context(active_test=False)
        former_sudo = self.env["customer.portal.former.alias"].sudo()
        return bool(
            companies_sudo.search_count(domain, limit=1)
            or former_sudo.search_count(
                [("alias", "=", alias), ("company_id", "not in", self._origin.ids)], limit=1
            )
        )

    def _portal_set_missing_alias(self):
        """Write an alias made from its name on every company of these that has none."""
        for company in self.filtered(lambda company: not company.portal_alias):
            derived = alias = derive_alias(company.name)
            number = 1
            while company._portal_alias_is_taken(alias):
                number += 1
                alias = numbered_alias(derived, number)
            company.portal_alias = alias

    def _portal_page_url(self, path=""):
        """Return the full address of a page of this company's portal that needs no sign-in.

        :param str path: what comes after ``/p/<alias>``, with its slash
        :rtype: str
        """
        self.ensure_one()
        company_sudo = self.sudo()  # A guest's page shows it, too.
        return f"{company_sudo.get_base_url()}/p/{company_sudo.portal_alias}{path}"

    # === WHAT GUESTS SEE === #

    def _portal_colors(self, default=""):
        """Return the company's colour, and black or white, whichever is easier to read on it.

        :param str default: the colour of a company that has none; six digits
        :return: both as ``#rrggbb``; empty ones if there is neither
        :rtype: tuple[str, str]
        """
        color = self.sudo().primary_color or ""  # Shown to everybody.
        color = color if _COLOR.fullmatch(color) else default
        return color, _text_color(color) if color else ""

    def _portal_brand(self):
        """Return what makes a page look like this company's.

        :return: ``name``, ``url`` (of the portal's page), ``logo_url`` (empty if it has none of
            its own), and ``style``: CSS properties with its colour, the colour of text on it and
            of links, and the same for dark screens; empty if it has none
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = self.sudo()  # Shown to everybody.
        style = ""
        color, text_color = self._portal_colors()
        if color:
            link, dark = _link_color(color), _link_color(color, _DARK_GROUND)
            rgb, dark_rgb = (", ".join(map(str, _channels(one))) for one in (link, dark))
            # WCAG 2.2 AA asks 3:1 of what one must see to use it: nobody sees that black words on a
            # dark screen are a button.
            button = color if _contrast(color, _DARK_SURFACE) >= 3 else dark
            # The names that Bootstrap gives the colours of links.
            style = (
                f"--cpp-brand: {color}; --cpp-brand-text: {text_color}; --link-color: {link};"
                f" --link-color-rgb: {rgb}; --link-hover-color-rgb: {rgb};"
                f" --cpp-link-dark: {dark}; --cpp-link-dark-rgb: {dark_rgb};"
                f" --cpp-brand-dark: {button}; --cpp-brand-dark-text: {_text_color(button)};"
            )
        return {
            "name": company_sudo.name,
            "url": f"/p/{company_sudo.portal_alias}",
            "logo_url": (
                "" if company_sudo.uses_default_logo else f"/logo.png?company={company_sudo.id}"
            ),
            "style": style,
        }

    def _portal_public_offers(self):
        """Return what this company's portal is good for, as far as it is switched on.

        For a module to add something, it must override this method and append to the list.

        :return: pairs of icon and sentence
        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        company_sudo = self.sudo()  # Shown to everybody.
        offers = []
        if company_sudo.portal_show_invoices:
            offers.append(("fa-file-text-o", self.env._("See and download your invoices")))
            if company_sudo.portal_show_statement:
                offers.append(("fa-balance-scale", self.env._("Download your account statement")))
            if company_sudo.portal_allow_payment:
                offers.append(("fa-credit-card", self.env._("Pay what is due, in a minute")))
        if company_sudo.portal_show_quotes:
            if company_sudo.portal_allow_quote_acceptance:
                offers.append(("fa-check", self.env._("Read your quotes and accept them")))
            else:
                offers.append(("fa-check", self.env._("Read your quotes")))
        if company_sudo.portal_show_orders:
            offers.append(("fa-truck", self.env._("Follow your orders")))
        if company_sudo.portal_allow_messages:
            offers.append(("fa-comments-o", self.env._("Write to us and read our answers")))
        return offers

    def _default_portal_profile_id(self):
        return self.env.ref("customer_portal_plus.profile_full", raise_if_not_found=False)
