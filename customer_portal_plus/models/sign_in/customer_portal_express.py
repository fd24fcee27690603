"""The express page: what a customer owes, for whoever knows its tax ID. Off by default.

Tax IDs are public, so what opens with one is little, and no session: name of the customer's
company, the last four characters of each open invoice, amount, due date and state; paying, and
reporting a payment. A natural person must also give the number of one of its open invoices. For
a tax ID that is unknown, a person's, or of a customer that is left out, the same page asks for
that number, and gives the same answer to a wrong one.
"""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.tax_id import typed_tax_id_keys

MAX_INVOICES = 100
SHOWN_CHARACTERS = 4

# Per hour. Invoice numbers follow one another: few guesses, whoever makes them.
LIMITS = {
    "express.number": 10,
    "express.network": 30,
    "express.payment": 30,
    "express.report": 5,
}


class CustomerPortalExpress(models.AbstractModel):
    _name = "customer.portal.express"
    _description = "Express Page of the Customer Portal"

    # === WHO === #

    @api.model
    def _is_offered(self, company):
        """Return whether a company has the page.

        :param res.company company: in sudo
        :rtype: bool
        """
        return (
            company.portal_enabled
            and company.portal_show_invoices
            and company.portal_allow_tax_id
            and company.portal_security_level == "medium"
        )

    @api.model
    def _find_customers(self, company, tax_id):
        """Return the customers that a tax ID may open the page of, in sudo.

        Neither archived nor switched off nor left out; no member of staff, no company of ours.

        :param res.company company: whose portal it is
        :param str tax_id: as typed
        :rtype: res.partner
        """
        keys = typed_tax_id_keys(tax_id)
        self.env["res.partner"].flush_model()
        self.env["res.users"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT c.id, c.portal_tax_id_key, country.code
                  FROM res_partner c
             LEFT JOIN res_country country ON country.id = c.country_id
                 WHERE c.portal_tax_id_key IN %(keys)s AND c.portal_tax_id_key <> ''
                   AND c.commercial_partner_id = c.id
                   AND c.active AND c.portal_access AND c.portal_express
                   AND (c.company_id IS NULL OR c.company_id = %(company)s)
                   AND NOT EXISTS (SELECT FROM res_company own WHERE own.partner_id = c.id)
                   AND NOT EXISTS (
                           SELECT FROM res_users staff
                            WHERE NOT staff.share AND staff.partner_id = c.id)
                 ORDER BY c.id
                 LIMIT 50
                """,
                keys=tuple(keys) or ("",),
                company=company.id,
            )
        )
        rows = self.env.cr.fetchall()
        home = company.sudo().country_id.code
        ids = [row[0] for row in rows if keys[row[1]] in ("", row[2] or home)]
        return self.env["res.partner"].sudo().browse(ids)

    @api.model
    def _open(self, company, tax_id, number=""):
        """Return the customer whose page a tax ID opens, in sudo; empty if it opens none.

        :param res.company company: whose portal it is
        :param str tax_id: as typed
        :param str number: of an open invoice, as typed; needed but for a company whose tax ID
            no other customer has but its branches
        :rtype: res.partner
        """
        customers = self._find_customers(company, tax_id)
        if number:
            wanted = self._compact(number)
            customers = customers.filtered(
                lambda customer: (
                    wanted in map(self._compact, self._invoices(company, customer).mapped("name"))
                )
            )
            return customers if len(customers) == 1 else customers.browse()
        # Branches have the tax ID of their company: it stands for the company then.
        customers = customers.filtered(
            lambda customer: customer.parent_id.commercial_partner_id not in customers
        )
        return customers if len(customers) == 1 and customers.is_company else customers.browse()

    @api.model
    def _nobody(self):
        return self.env["res.partner"]

    @api.model
    def _log_opened(self, company, customer):
        """Note that somebody sees the page of a customer."""
        events = self.env["customer.portal.event"]
        env = events._company_words(company)
        events._log(
            "view",
            contact=self._nobody(),
            customer=customer,
            company=company,
            detail=env._("Express page, opened with the tax ID"),
        )

    @api.model
    def _try_number(self, company, tax_id, number, network):
        """Return the customer whose page opens with the number of one of its open invoices.

        :param str network: network address of who tries
        :rtype: res.partner
        :raise UserError: if it does not open
        :raise TooManyTries: if that is tried too often
        """
        challenges = self.env["customer.portal.challenge"]
        key = next(iter(typed_tax_id_keys(tax_id)), "")
        self._count(
            {
                "express.network": challenges._network(network),
                "express.number": f"{company.id} {key}",
            }
        )
        customer = self._open(company, tax_id, number) if self._compact(number) else None
        if not customer:
            self.env["customer.portal.event"]._log_failed_sign_in(
                detail=self.env._("Wrong invoice number on the express page"), way="tax_id"
            )
            raise UserError(
                self.env._("We found no open invoice with this number for this tax ID.")
            )
        return customer

    @api.model
    def _count(self, tried):
        """Count one try of each, and refuse it if that is done too often; see ``LIMITS``.

        :raise TooManyTries: if it is
        """
        self.env["customer.portal.throttle"]._count(
            {(scope, str(value)): LIMITS[scope] for scope, value in tried.items()}
        )

    @api.model
    def _compact(self, number):
        return "".join(char for char in (number or "")[:60].upper() if char.isalnum())

    # === WHAT === #

    @api.model
    def _invoices(self, company, customer):
        """Return the open invoices of a customer, in sudo, the oldest due first.

        The gates are asked as for a guest: nobody's rights count.

        :param res.partner customer: from ``_open``
        :rtype: account.move
        """
        Move = self.env["account.move"].sudo()
        nobody = self.env["res.partner"]
        return Move.search(
            self.env["customer.portal.basket"]._open_invoices_domain()
            & Domain("commercial_partner_id", "=", customer.id)
            & Domain("company_id", "=", company.id)
            & Domain.AND(domain for _gate, domain in Move._portal_gates(nobody)),
            order="invoice_date_due, id",
            limit=MAX_INVOICES,
        )

    @api.model
    def _rows(self, invoices):
        """Return what the page shows of open invoices.

        :return: dicts with ``key`` (what a form names it by), ``reference``, ``amount``,
            ``currency``, ``due``, ``overdue`` (what of it is past its date), ``state``,
            ``state_tone``, ``payable``, ``covered`` (a payment is on its way); what is due first
            comes first
        :rtype: list[dict]
        """
        by_id = {invoice.id: invoice for invoice in invoices}
        # Who reports a payment or announces a transfer here sees it again, though it counts for
        # nothing yet.
        told = self._told(invoices)
        rows = invoices._portal_rows()
        for row in rows:
            if row["to_pay"] and row["id"] in told:
                look = invoices._portal_look("pending", [told[row["id"]]])
                row |= {"state_label": look["label"], "state_tone": look["tone"]}
                row |= {"state": look["state"], "to_pay": False}
        return [
            {
                "key": self._key(by_id[row["id"]]),
                "reference": self._short(row["name"]),
                # What paying it takes.
                "amount": row["asked"] if row["to_pay"] and row["asked"] else row["remaining"],
                "currency": row["currency"],
                "due": row["due_date"],
                "overdue": row["overdue"] if row["to_pay"] else 0.0,
                "state": row["state_label"],
                "state_tone": row["state_tone"],
                "payable": by_id[row["id"]]._has_to_be_paid(),
                "covered": not row["to_pay"],
            }
            for row in sorted(rows, key=lambda row: (row["due_date"], row["id"]))
        ]

    @api.model
    def _told(self, invoices):
        """Return what was said on this page of payments of open invoices.

        :param account.move invoices: in sudo
        :return: invoice id -> what ``account.move._portal_look`` shows
        :rtype: dict[int, dict]
        """
        Transaction = self.env["payment.transaction"].sudo()
        promises = Transaction.search(
            Domain("invoice_ids", "in", invoices.ids) & Transaction._portal_promised_domain()
        )
        reported = invoices._portal_reports(by_anybody=True).invoice_id
        promised = {"kind": "promised", "label": self.env._("Transfer announced")}
        paid = {"kind": "reported", "label": self.env._("Payment reported")}
        return {
            **dict.fromkeys(
                promises.filtered(lambda tx: tx._portal_is_express()).invoice_ids.ids, promised
            ),
            **dict.fromkeys(reported.ids, paid),
        }

    @api.model
    def _totals(self, rows):
        """Return the sums of what ``_rows`` gives.

        :return: pairs of amount and currency
        :rtype: list[tuple[float, res.currency]]
        """
        totals = {}
        for row in rows:
            totals[row["currency"]] = totals.get(row["currency"], 0.0) + row["amount"]
        return [(amount, currency) for currency, amount in totals.items()]

    @api.model
    def _key(self, invoice):
        return self.env["customer.portal.challenge"]._digest("express", str(invoice.id))[:16]

    @api.model
    def _short(self, name):
        return f"…{(name or '')[-SHOWN_CHARACTERS:]}"

    @api.model
    def _choose(self, company, customer, keys):
        """Return the invoices that a form names, in sudo.

        :param list keys: see ``_rows``
        :rtype: account.move
        :raise ValidationError: if there are none, or some are not open any more
        """
        invoices = self._invoices(company, customer)
        chosen = invoices.filtered(lambda invoice: self._key(invoice) in keys)
        if not keys:
            raise ValidationError(self.env._("Please choose at least one invoice."))
        if len(chosen) != len(set(keys)):
            raise ValidationError(
                self.env._(
                    "Some of these invoices are not to be paid any more. Please choose again."
                )
            )
        if len(chosen.currency_id) > 1:
            raise ValidationError(self.env._("Please choose invoices in one currency at a time."))
        return chosen

    @api.model
    def _make_basket(self, company, customer, keys, online=True):
        """Return a basket with all that is open of the invoices that a form names.

        :rtype: customer.portal.basket
        :raise UserError: in words that tell no more of an invoice than the page does
        """
        invoices = self._choose(company, customer, keys)
        self._count({"express.payment": f"{company.id} {customer.id}"})
        with self._short_names(invoices):
            basket = self.env["customer.portal.basket"]._build(customer, invoices, online=online)
        basket.is_express = True
        return basket

    @api.model
    def _report(self, company, customer, keys, date, method, reference, note, proof=None):
        """Report a payment that was made elsewhere; staff confirm it as any other. Until they have
        taken it up, nothing waits for it.

        :param bytes proof: a PDF or picture, None if there is none
        :raise UserError: in words that tell no more of an invoice than the page does
        """
        self._count({"express.report": f"{company.id} {customer.id}"})
        basket = self._make_basket(company, customer, keys, online=False)
        with self._short_names(basket.line_ids.invoice_id):
            report = self.env["customer.portal.payment.report"]._declare(
                customer, basket, date, method, reference, note, proof, is_anonymous=True
            )
        basket.unlink()
        report.message_post(
            body=self.env["customer.portal.event"]
            ._company_words(company)
            ._("Reported on the express page, by somebody who knows the tax ID; nobody signed in."),
            subtype_xmlid="mail.mt_note",
        )

    @contextmanager
    def _short_names(self, invoices):
        """Shorten the names of invoices in what is said when something can't be done."""
        try:
            yield
        except UserError as error:
            words = str(error)
            for name in sorted(invoices.mapped("name"), key=len, reverse=True):
                words = words.replace(name, self._short(name))
            raise UserError(words) from error
