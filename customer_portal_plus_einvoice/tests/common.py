"""A company of a country that has its customers answer, and invoices that were sent to them."""

from unittest.mock import patch

from odoo.addons.customer_portal_plus.tests.common.payment import PaymentCase

CLOCKS = (
    "es_answer", "es_paid", "cl_answer", "co_answer", "pe_answer", "ar_answer", "mx_complement",
)  # fmt: skip


class EinvoiceCase(PaymentCase):
    """Spain, from today on: the days from which its clocks run are not waited for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use_bank()
        cls.clocks = {
            name: cls.env.ref(f"customer_portal_plus_einvoice.clock_{name}") for name in CLOCKS
        }
        (cls.clocks["es_answer"] | cls.clocks["es_paid"]).date_from = False
        cls.profile_full.can_answer_einvoices = True
        cls.Duty = cls.env["customer.portal.einvoice.duty"]
        cls.Answer = cls.env["customer.portal.einvoice.answer"]
        cls.contact = cls.user_full.partner_id
        cls._in_country("es")
        cls.company.write({"portal_answer_einvoices": True, "portal_einvoice_since": cls.today})

    @classmethod
    def _in_country(cls, code):
        """Have the company and its customers in a country, with tax IDs that nobody checks: each
        country has its own form of them."""
        country = cls.env.ref(f"base.{code}")
        cls.env["account.tax.group"].create({"name": "IVA", "country_id": country.id})
        cls.company.account_fiscal_country_id = country
        for partner in cls.alfa | cls.beta | cls.alfa_norte:
            partner.with_context(no_vat_validation=True).write(
                {"country_id": country.id, "vat": f"X{partner.id:08d}"}
            )

    @classmethod
    def _send_invoice(cls, partner=None, amount=100.0, **values):
        """Return a posted invoice that was sent, with what is expected on it."""
        invoice = cls._create_invoice(partner or cls.alfa, amount, **values)
        invoice.is_move_sent = True
        cls._follow()
        return invoice

    @classmethod
    def _follow(cls):
        cls.env.flush_all()
        cls.Duty._follow_all()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _duty(self, invoice, kind="answer"):
        return self.Duty.search([("invoice_id", "=", invoice.id), ("kind", "=", kind)])

    def _received(self, moment):
        """Return a patch: all that was sent was received at a moment, in universal time."""
        Move = type(self.env["account.move"])
        return patch.object(
            Move, "_portal_einvoice_received_at", lambda moves: dict.fromkeys(moves.ids, moment)
        )

    def _pay(self, invoice, amount=None, day=None):
        values = {"payment_date": day or self.today, "journal_id": self.journal.id}
        if amount:
            values["amount"] = amount
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payments = register.create(values)._create_payments()
        self.env.flush_all()
        return payments

    def _post(self, invoice, duty, act, **values):
        """Answer as the one who is signed in; return where it led."""
        return self.post_form(
            f"/my/invoices/{invoice.id}/einvoice/answer",
            {"duty": duty.id if duty else "", "act": act, **values},
            page="/my/account",
            allow_redirects=False,
        )
