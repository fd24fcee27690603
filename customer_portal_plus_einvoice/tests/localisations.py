"""Companies as the localisations of Odoo have them, where these are installed:
``./dev test --with l10n_ar,l10n_cl,l10n_co,l10n_mx,l10n_pe``, or ``--all``."""

import os

from odoo import Command

# The chart of accounts of each country, what its localisation wants of a company and of who gets
# its invoices, and of the journal of sales. References to records are written as such.
COUNTRIES = {
    "ar": (
        "ar_ri",
        {"l10n_ar_afip_responsibility_type_id": "l10n_ar.res_IVARI"},
        # On-line invoices: others are no credit invoices.
        {"l10n_ar_is_pos": True, "l10n_ar_afip_pos_system": "RLI_RLM"},
    ),
    "cl": ("cl", {"l10n_cl_sii_taxpayer_type": "1"}, {}),
    "co": ("co", {}, {}),
    "mx": ("mx", {}, {}),
    "pe": ("pe", {"l10n_latam_identification_type_id": "l10n_pe.it_RUC"}, {}),
}
ARE_INSTALLED = {f"l10n_{code}" for code in COUNTRIES} <= set(
    os.environ.get("CPP_TEST_WITH", "").split(",")
)


class LocalisedCase:
    """For test cases on ``EinvoiceCase``: a company with the accounts of a country."""

    def _localise(self, code):
        """Have a company in a country that uses its localisation, and Alfa there, too.

        :rtype: res.company
        """
        companies = self.env["res.company"]
        chart, of_partners, of_journal = COUNTRIES[code]
        country = self.env.ref(f"base.{code}")
        company = companies.with_context(no_vat_validation=True).create(
            {"name": f"Localised {code}", "country_id": country.id, "vat": "X1"}
        )
        company.partner_id.with_context(no_vat_validation=True).write(self._resolve(of_partners))
        self.env["account.chart.template"].try_loading(chart, company=company, install_demo=False)
        self.alfa.with_context(no_vat_validation=True).write(
            {"country_id": country.id, "vat": "X2", **self._resolve(of_partners)}
        )
        switches = {
            name: self.company[name]
            for name, field in companies._fields.items()
            if name.startswith("portal_") and field.type == "boolean" and field.store
        }
        company.write({**switches, "portal_einvoice_since": self.today})
        self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", company.id)]
        ).write(of_journal)
        self.user_full.company_ids = [Command.link(company.id)]
        self.assertEqual(company.account_fiscal_country_id, country)
        return company

    def _resolve(self, values):
        return {
            name: self.env.ref(value).id if name.endswith("_id") else value
            for name, value in values.items()
        }

    def _invoice_of(self, company, document_code=None, **values):
        """Return a posted invoice to Alfa that was sent, of the type with a code of the country."""
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.alfa.id,
                "invoice_date": self.today,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Tornillo",
                            "price_unit": 100.0,
                            "tax_ids": [Command.set(company.account_sale_tax_id.ids)],
                        }
                    )
                ],
                **values,
            }
        )
        if document_code:
            known = invoice.l10n_latam_available_document_type_ids
            invoice.l10n_latam_document_type_id = known.filtered(
                lambda one: one.code == document_code
            )[:1]
            self.assertEqual(invoice.l10n_latam_document_type_id.code, document_code)
        invoice.action_post()
        invoice.is_move_sent = True
        self._follow()
        return invoice
