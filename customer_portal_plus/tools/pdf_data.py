"""From records to the plain data that the papers of ``report`` are drawn from."""

import base64

from odoo.tools import formatLang

from ..report.paper_pdf import Paper, Party


def money(record, amount):
    """Return ``amount`` in the currency and the language of ``record``."""
    return formatLang(record.env, amount, currency_obj=record.currency_id)


def number(record, value):
    """Return a quantity or percentage in the language of ``record``, with no needless zeros."""
    text = formatLang(record.env, value, digits=3)
    separator = record.env["res.lang"]._get_data(code=record.env.lang or "en_US").decimal_point
    return text.rstrip("0").rstrip(separator or ".") if (separator or ".") in text else text


def company_party(company):
    """Return the seller: name, address and how to reach it.

    :rtype: Party
    """
    partner = company.partner_id
    lines = [line for line in partner._display_address(True).splitlines() if line.strip()]
    lines += [_tax_id(partner), company.company_registry, company.phone, company.email]
    return Party(company.name or "", [line for line in lines if line])


def partner_party(partner):
    """Return the buyer: name, address, tax ID.

    :rtype: Party
    """
    lines = [line for line in partner._display_address(True).splitlines() if line.strip()]
    customer = partner.commercial_partner_id
    lines += [_tax_id(customer), customer.company_registry]
    return Party(
        partner.display_name.replace("\n", " "), [line for line in dict.fromkeys(lines) if line]
    )


def _tax_id(partner):
    """Return the tax ID with the word that its country has for it, empty if there is none."""
    if not partner.vat:
        return ""
    label = partner.country_id.vat_label or partner.env._("Tax ID")
    return f"{label}: {partner.vat}"


def language(env):
    """Return the language of ``env`` as in ``es-ES``, for the programs that read a file aloud.

    :rtype: str
    """
    return (env.lang or "").partition("@")[0].replace("_", "-")


def paper(company, title):
    """Return what is on each page of a paper, in the language of the company's environment.

    :param res.company company: whose paper it is
    :param str title: what it is
    :rtype: Paper
    """
    return Paper(
        title,
        author=company.name or "",
        language=language(company.env),
        color=company._portal_colors()[0],
        page_label=company.env._("Page %(page)s of %(pages)s"),
    )


def logo(company):
    """Return a company's logo, empty if it has none of its own.

    :rtype: bytes
    """
    return b"" if company.uses_default_logo else picture(company.logo)


def picture(value):
    """Return the bytes of a binary field's value, empty if there are none.

    :rtype: bytes
    """
    return base64.b64decode(value) if value else b""


def tax_total_rows(record, tax_totals, total_label):
    """Return label and amount of each line below the table, the total last.

    :param record: whose ``tax_totals`` they are
    :rtype: list[tuple[str, str]]
    """
    rows = []
    several = sum(len(subtotal["tax_groups"]) for subtotal in tax_totals["subtotals"]) > 1
    for subtotal in tax_totals["subtotals"]:
        rows.append((subtotal["name"], money(record, subtotal["base_amount_currency"])))
        for group in subtotal["tax_groups"]:
            label = group["group_name"]
            base = group["display_base_amount_currency"]
            if several and base:
                label = record.env._("%(tax)s on %(base)s", tax=label, base=money(record, base))
            rows.append((label, money(record, group["tax_amount_currency"])))
    rows.append((total_label, money(record, tax_totals["total_amount_currency"])))
    return rows
