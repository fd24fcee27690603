"""An overdue invoice of two lines, and the jobs that ask for its payment, at any time."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command

from .mail import LeavingMails
from .payment import PaymentCase


class SettlementCase(LeavingMails, PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_send_reminders": True, "portal_allow_debit": True})
        cls.company.email = "empresa@example.com"
        cls.env["account.move"].search([("state", "=", "posted")]).no_followup = True
        cls.invoice = cls._create_two_lines()
        cls.bolts, cls.nuts = cls.invoice.invoice_line_ids
        cls.contact = cls.user_full.partner_id

    @classmethod
    def _create_two_lines(cls, **values):
        """Create an invoice of 60 and 40, five days overdue."""
        return cls._create_invoice(
            cls.alfa,
            days=-30,
            due_days=-5,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": cls.product.id,
                        "name": name,
                        "quantity": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
                for name, quantity, price in (("Pernos", 3, 20.0), ("Tuercas", 1, 40.0))
            ],
            **values,
        )

    def setUp(self):
        super().setUp()
        self.now = self.env.cr.now()

    def _run_job(self, model, method, days=0):
        self._run_cron(model, method, at=self.now + timedelta(days=days))

    def _reminded(self, days=0):
        """Run the reminders; return the amounts of the mail that leaves, by invoice."""
        Mail = self.env["customer.portal.reminder.mail"]
        before = Mail.search([])
        self._run_job("customer.portal.reminder", "_cron_remind", days)
        return {
            line.invoice_id: line.amount
            for line in (Mail.search([("customer_id", "=", self.alfa.id)]) - before).line_ids
        }

    def _agree_to_debit(self):
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "payment_details": "1234",
                "partner_id": self.contact.id,
                "provider_ref": "demo",
                "demo_simulated_state": "done",
            }
        )
        self.alfa.portal_main_token_id = token
        Debit = self.env["customer.portal.debit"]
        return Debit._agree(self.contact, Debit._text_digest(Debit._consent_text(self.alfa, token)))

    def _debited(self, days=0):
        """Run automatic debit; return state and amount of all its charges of the invoice."""
        self._run_job("customer.portal.debit", "_cron_debit", days)
        attempts = self.env["customer.portal.debit.attempt"].search(
            [("invoice_id", "=", self.invoice.id)], order="id"
        )
        return [(one.state, one.amount) for one in attempts]

    def _asked(self):
        """What is asked for of the invoice."""
        return self.invoice._portal_due()[self.invoice.id]["open"]

    def _assert_only_who_may(self, send, made, url, *doors):
        """Only a contact that sees the invoice settles it, and only while all doors are open.

        :param send: posts the form, as who is signed in
        :param made: returns what has come of it
        :param str url: the page of the invoice leads there who may
        :param doors: pairs of a record and its field
        """
        for user in (self.user_colleague, self.user_stranger, self.user_own):
            self.sign_in(user)
            send()
            self.assertFalse(made(), user.login)
        self.sign_in(self.user_full)
        for record, name in (*doors, (self.invoice, "portal_visible")):
            record[name] = False
            send()
            self.assertFalse(made(), name)
            self.assertNotIn(url, self.url_open(f"/my/invoices/{self.invoice.id}").text, name)
            record[name] = True

    def _locked_and_asked(self, module, method, settle):
        """Return in which order rows are locked and something is asked of invoices: of two at once
        the second is told what the first has done, if it is asked under the lock.

        :param module: whose lock it is
        :param str method: of invoices
        :param settle: does it
        :return: names of the models that are locked, and ``asked``
        :rtype: list[str]
        """
        order, Move = [], type(self.invoice)
        ask = getattr(Move, method)
        with (
            patch.object(
                module,
                "lock_rows_or_retry",
                lambda *records: order.extend(one._name for one in records),
            ),
            patch.object(
                Move, method, lambda *args, **kw: order.append("asked") or ask(*args, **kw)
            ),
        ):
            settle()
        return order
