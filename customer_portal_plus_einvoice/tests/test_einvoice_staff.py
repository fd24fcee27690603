"""The board of staff: what was answered, what is to be reported, and the file of a period."""

import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from .common import EinvoiceCase

VIEWS = ("list", "kanban", "pivot", "graph", "form", "search")


@tagged("post_install", "-at_install")
class TestEinvoiceStaff(EinvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._send_invoice()
        cls.paid = cls._send_invoice(cls.beta)

    def setUp(self):
        super().setUp()
        self.duty = self._duty(self.invoice).with_user(self.user_accountant)

    def test_board(self):
        """Everybody of accounting opens all of its views, and finds what each filter is for."""
        Board = self.Duty.with_user(self.user_accountant)
        views = Board.get_views([(False, kind) for kind in VIEWS])["views"]
        self.assertEqual(set(views), set(VIEWS))
        found = Board.search([("state", "=", "waiting")])
        self.assertIn(self.duty, found)
        self.duty.sudo()._portal_answer(self.contact, "rejected", "No")
        groups = dict(Board._read_group([("kind", "=", "answer")], ["state"], ["__count"]))
        self.assertEqual((groups["rejected"], groups["waiting"]), (1, 1))
        # The columns stand in the order in which an invoice passes them; none of them is empty.
        Kanban = Board.with_context(read_group_expand=True)
        columns = Kanban.web_read_group([("kind", "=", "answer")], ["state"], ["__count"])["groups"]
        self.assertEqual([column["state"] for column in columns], ["waiting", "rejected"])

    def test_sales_see_nothing_of_it(self):
        for name in ("duty", "answer", "clock"):
            Model = self.env[f"customer.portal.einvoice.{name}"].with_user(self.user_sales)
            self.assertFalse(Model.has_access("read"), name)
        self.assertFalse(self.Duty.with_user(self.user_accountant).has_access("create"))
        self.assertFalse(self.Duty.with_user(self.user_accountant).has_access("unlink"))

    def test_reported(self):
        self.duty.action_reported()
        self.assertFalse(self.duty.reported_on, "nothing was to be reported")
        self.duty.sudo()._portal_answer(self.contact, "rejected", "No")
        self.assertTrue(self.duty.to_report)
        self.duty.action_reported()
        self.assertEqual(self.duty.reported_on, self.today)
        self.assertFalse(self.duty.to_report)

    def test_sent_is_of_complements_alone(self):
        self.duty.action_sent()
        self.assertFalse(self.duty.sent_on)

    def test_what_the_register_says(self):
        note = self.env["customer.portal.einvoice.note"].with_user(self.user_accountant)
        with Form(note.with_context(default_duty_id=self.duty.id)) as form:
            form.act = "rejected"
            form.reason = "Reclamo"
        form.record.action_note()
        answer = self.duty.answer_id
        self.assertEqual(
            (answer.act, answer.origin, answer.reason), ("rejected", "register", "Reclamo")
        )
        self.assertEqual(answer.user_id, self.user_accountant)
        self.assertFalse(answer.contact_id)
        with self.assertRaises(PortalRefusal):
            form.record.action_note()
        with self.assertRaises(AccessError):
            self._duty(self.paid).with_user(self.user_sales)._note_register("accepted")

    def test_what_the_register_can_not_say(self):
        paid = self._duty(self.invoice, "paid").with_user(self.user_accountant)
        with self.assertRaises(PortalRefusal) as refused:
            paid._note_register("accepted")
        self.assertEqual(refused.exception.code, "act")
        self.invoice._reverse_moves(cancel=True)
        with self.assertRaises(PortalRefusal) as refused:
            self.duty._note_register("accepted")
        self.assertEqual(refused.exception.code, "closed")

    def test_after_silence_the_register_may_say_otherwise(self):
        self.env.cr.execute(
            "UPDATE customer_portal_einvoice_duty SET deadline = '2020-01-01' WHERE id = %s",
            [self.duty.id],
        )
        self.env.invalidate_all()
        self._follow()
        self.assertEqual(self.duty.state, "tacit")
        self.duty._note_register("rejected")
        self.assertEqual((self.duty.state, self.duty.is_late), ("rejected", True))

    def _file(self, **values):
        wizard = (
            self.env["customer.portal.einvoice.file"]
            .with_user(self.user_accountant)
            .create({"date_from": self.today, "date_until": self.today, **values})
        )
        self.assertIn("download=true", wizard.action_download()["url"])
        return base64.b64decode(wizard.file)

    def test_file_of_a_period(self):
        self.duty.sudo()._portal_answer(self.contact, "rejected", "=1+1")
        book = openpyxl.load_workbook(io.BytesIO(self._file()))
        rows = [[cell for cell in row if cell is not None] for row in book.active.values]
        cells = [str(cell) for row in rows for cell in row]
        for text in (
            self.invoice.name,
            self.paid.name,
            self.alfa.vat,
            "Rejected",
            "To be reported",
        ):
            self.assertIn(text, cells)
        self.assertNotIn("=1+1", cells, "no formula")
        text = self._file(extension="csv", only_to_report=True).decode("utf-8-sig")
        self.assertIn(self.invoice.name, text)
        self.assertNotIn(self.paid.name, text)
        with self.assertRaises(UserError):
            self._file(date_from="2000-01-01", date_until="2000-01-31")

    def test_files_of_the_customer(self):
        self.sign_in(self.user_full)
        for extension in ("xlsx", "csv"):
            response = self.url_open(f"/my/einvoices/export.{extension}")
            self.assertEqual(response.status_code, 200)
        self.assertIn(self.invoice.name, response.text)
        self.assertNotIn(self.paid.name, response.text)

    def test_settings(self):
        Settings = self.env["res.config.settings"]
        with Form(Settings) as form:
            self.assertTrue(form.portal_answer_einvoices)
