"""Archives of invoices and credit notes: what is in them, for whom, and how they are made."""

import csv
import io
import os
import zipfile
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html
from openpyxl import load_workbook

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import invoices
from ..exceptions import PortalRefusal
from ..models.payment import customer_portal_pack, customer_portal_pack_stream
from ..tools import printer
from .common import PortalHttpCase

STREAM = "odoo.addons.customer_portal_plus.models.payment.customer_portal_pack_stream"
INDEX = {"index.xlsx", "index.csv"}


class PackCase(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "IVA 21", "amount": 21.0, "type_tax_use": "sale"}
        )
        cls.old = cls._create_invoice(cls.alfa, 1000.0, days=-90, due_days=-60, post=False)
        cls.old.ref = "=HYPERLINK(1)"
        cls.old.invoice_line_ids.tax_ids = [Command.set(cls.tax.ids)]
        cls.old.action_post()
        cls.new = cls._create_invoice(cls.alfa, 200.0, days=-10)
        cls.credit_note = cls._create_invoice(cls.alfa, 30.0, "out_refund", days=-5)
        cls.foreign = cls._create_invoice(cls.beta, 70.0)
        cls.all = cls.old | cls.new | cls.credit_note
        for document in cls.all | cls.foreign:
            cls._keep(document, f"{document.name}.pdf", b"%PDF official of " + cls._mark(document))

    def setUp(self):
        super().setUp()
        self.patch(printer, "printer_state", lambda: "missing")
        self.sign_in(self.user_full)

    @staticmethod
    def _mark(document):
        return document.name.encode()

    @classmethod
    def _keep(cls, document, name, content, field="invoice_pdf_report_file", **values):
        attachment = cls.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": "account.move",
                "res_id": document.id,
                "res_field": field,
                **values,
            }
        )
        document.invalidate_recordset(["invoice_pdf_report_id"])
        return attachment

    def _without_official_file(self, *documents):
        for document in documents:
            document.invoice_pdf_report_id.unlink()
            document.invalidate_recordset(["invoice_pdf_report_id"])

    def _download(self, documents=(), url="/my/invoices/download", **data):
        if documents:
            data["invoice"] = [str(document.id) for document in documents]
        return self.post_form(url, data=data, page="/my/invoices")

    def _read(self, response):
        """Return the files of an archive."""
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip", response.url)
        self.assertIn(".zip", response.headers["Content-Disposition"])
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(len(set(archive.namelist())), len(archive.namelist()))
            return {name: archive.read(name) for name in archive.namelist()}

    def _table(self, files):
        return list(csv.DictReader(io.StringIO(files["index.csv"].decode("utf-8-sig"))))

    def _numbers(self, response):
        """Return the numbers of the documents whose files are in an archive."""
        files = self._read(response)
        rows = [row for row in self._table(files) if row["Files"]]
        named = [name for row in rows for name in row["Files"].split(", ")]
        self.assertEqual(set(files), {*named, *INDEX})
        return [row["Number"] for row in rows]

    def _ask(self, documents=None, **data):
        """Ask for an archive that is made in the background; return its page's address."""
        answer = self._download(documents or self.all, **data)
        self.assertIn("/my/invoices/packs/", answer.url)
        return answer.url[len(self.base_url()) :]

    def _make(self):
        self._run_cron("customer.portal.pack", "_cron_make")

    def _packs(self):
        self.env.invalidate_all()
        return self.env["customer.portal.pack"].search([("user_id", "=", self.user_full.id)])

    def _pack_of(self, url):
        return self.env["customer.portal.pack"].browse(int(url.rpartition("/")[2]))

    def _get_part(self, url, part=1):
        return self._download(url=f"{url}/download", part=str(part))


@tagged("post_install", "-at_install")
class TestPacks(PackCase):
    # === WHAT IS IN THEM === #

    def test_selection(self):
        files = self._read(self._download([self.credit_note, self.old, self.foreign]))
        names = [
            f"{document.name}.pdf".replace("/", "_") for document in (self.old, self.credit_note)
        ]
        self.assertEqual(set(files), {*names, *INDEX})
        for name, document in zip(names, (self.old, self.credit_note), strict=True):
            self.assertEqual(files[name], b"%PDF official of " + self._mark(document))

    def test_index_as_csv(self):
        old, credit_note = self._table(self._read(self._download([self.old, self.credit_note])))
        self.assertEqual(
            old,
            {
                "Currency": "USD",
                "Number": self.old.name,
                "Type": "Invoice",
                "Date": self.old.invoice_date.isoformat(),
                "Due date": self.old.invoice_date_due.isoformat(),
                "Reference": "'=HYPERLINK(1)",
                "Company": self.company.name,
                "Tax base": "1000.00",
                "Tax": "210.00",
                "Total": "1210.00",
                "Files": f"{self.old.name}.pdf".replace("/", "_"),
                "Remark": "",
            },
        )
        self.assertEqual(credit_note["Type"], "Credit note")
        self.assertEqual(credit_note["Total"], "-30.00")

    def test_index_as_xlsx(self):
        foreign_currency = self._foreign_currency()
        other = self._create_invoice(self.alfa, 50.0, currency_id=foreign_currency.id)
        self._keep(other, "other.pdf", b"%PDF")
        files = self._read(self._download([*self.all, other]))
        book = load_workbook(io.BytesIO(files["index.xlsx"]))
        self.assertEqual(set(book.sheetnames), {"USD", foreign_currency.name})
        head, *rows, sums = book["USD"].iter_rows(values_only=True)
        self.assertEqual(head[:3], ("Number", "Type", "Date"))
        self.assertEqual([row[0] for row in rows], self.all.mapped("name"))
        day = datetime.combine(self.old.invoice_date, datetime.min.time())
        self.assertEqual((rows[0][2], rows[0][4]), (day, "'=HYPERLINK(1)"))
        self.assertEqual(rows[0][6:9], (1000, 210, 1210))
        self.assertEqual(sums[0], "Sum")
        self.assertEqual(book["USD"].freeze_panes, "A2")
        computed = load_workbook(io.BytesIO(files["index.xlsx"]), data_only=True)["USD"]
        self.assertEqual(list(computed.iter_rows(values_only=True))[-1][8], 1380)

    def test_filter_in_force(self):
        asked = {
            "overdue": [self.old],
            "pending": [self.old, self.new],
            "credit_notes": [self.credit_note],
            "all": self.all,
            "overdue_invoices": [self.old],  # core's word
            "no such filter": self.all,
        }
        for filterby, documents in asked.items():
            with self.subTest(filterby=filterby):
                numbers = self._numbers(self._download(all="1", filterby=filterby))
                self.assertEqual(numbers, [document.name for document in documents])

    def test_period_and_search(self):
        today, day = self.today, timedelta(days=1)
        begin, end = (today - 12 * day).isoformat(), (today - 8 * day).isoformat()
        for data, documents in (
            ({"date_begin": begin, "date_end": end}, [self.new]),
            ({"date_begin": end, "date_end": begin}, [self.new]),  # the wrong way round
            ({"date_begin": begin}, [self.new, self.credit_note]),
            ({"date_begin": "no date", "date_end": "9999-99-99"}, self.all),
            ({"date_begin": "0001-01-01", "date_end": "9999-12-31"}, self.all),
            ({"search": self.new.name}, [self.new]),
            ({"search": "%", "filterby": "credit_notes"}, []),
        ):
            with self.subTest(**data):
                answer = self._download(all="1", **data)
                if documents:
                    numbers = [document.name for document in documents]
                    self.assertEqual(self._numbers(answer), numbers)
                else:
                    self.assertIn("Nothing matches your search", answer.text)

    def test_the_list_offers_what_it_shows(self):
        page = self.url_open("/my/invoices?filterby=pending&date_begin=2020-01-01&search=INV").text
        [form] = [
            form
            for form in html.fromstring(page).forms
            if form.action == "/my/invoices/download" and "filterby" in form.fields
        ]
        self.assertEqual(
            {name: value for name, value in form.fields.items() if name != "csrf_token"},
            {"filterby": "pending", "date_begin": "2020-01-01", "search": "INV"},
        )
        [button] = form.xpath(".//button[@name='all'][@value='1']")
        self.assertIn("Download all of this list", button.text_content())

    def test_the_statement_offers_its_period(self):
        page = self.url_open("/my/statement?date_begin=2020-01-01&date_end=2099-01-01").text
        [form] = [
            form for form in html.fromstring(page).forms if form.action == "/my/invoices/download"
        ]
        self.assertEqual(form.fields["date_begin"], "2020-01-01")
        self.assertEqual(form.fields["date_end"], "2099-01-01")
        self.assertEqual(form.fields["filterby"], "all")
        open_items = self.url_open("/my/statement?kind=open").text
        self.assertNotIn("/my/invoices/download", open_items)

    def test_all_legal_files(self):
        """What core keeps beside the PDF, and the XML of a localisation; nothing of the staff's."""
        extra = self.env["ir.attachment"].create({"name": "facturae.xsig", "raw": b"<signed/>"})
        self._keep(self.new, "country.xml", b"<?xml version='1.0'?><a/>", "l10n_xx_file")
        self._keep(self.new, "second.xml", b"<c/>", "l10n_xx_file", mimetype="text/xml")
        self._keep(self.new, "third.xml", b"<d/>", "l10n_xx_file", mimetype="application/xml")
        self._keep(self.new, "fourth.xml", b"<e/>", "l10n_xx_file", mimetype="text/plain")
        self._keep(self.new, "receipt.pdf", b"%PDF of an office", "l10n_xx_file")
        self._keep(self.new, "secret.xml", b"<?xml version='1.0'?><b/>", False)
        Move = self.env.registry["account.move"]
        Send = self.env.registry["account.move.send"]
        get_extra = Send._get_invoice_extra_attachments
        new = self.new

        def get_attachments(self, move):
            files = get_extra(self, move)
            return files | files.browse(extra.id) if move.id == new.id else files

        self.patch(Send, "_get_invoice_extra_attachments", get_attachments)
        self.patch(Move, "_portal_legal_fields", lambda self: ["l10n_xx_file"])
        files = self._read(self._download([self.old, self.new]))
        official = f"{self.new.name}.pdf".replace("/", "_")
        [row] = [row for row in self._table(files) if row["Number"] == self.new.name]
        self.assertEqual(
            row["Files"],
            f"{official}, facturae.xsig, country.xml, second.xml, third.xml, fourth.xml",
        )
        self.assertEqual(files["facturae.xsig"], b"<signed/>")
        self.assertEqual(len(files), 7 + len(INDEX))

    def test_fields_of_localisations(self):
        field = self.env["account.move"]._fields["invoice_pdf_report_file"]
        self.assertNotIn(field.name, self.env["account.move"]._portal_legal_fields())
        for addon in ("l10n_xx_edi", "account_edi_xx"):
            with patch.object(field, "_modules", ("account", addon)):
                self.assertIn(field.name, self.env["account.move"]._portal_legal_fields())

    def test_legal_files_without_the_official_pdf(self):
        """The file that is made now takes the place of the PDF, the XML is there all the same."""
        self._without_official_file(self.new)
        self._keep(self.new, "country.xml", b"<?xml version='1.0'?><a/>", "l10n_xx_file")
        Move = self.env.registry["account.move"]
        self.patch(Move, "_portal_legal_fields", lambda self: ["l10n_xx_file"])
        [row] = self._table(self._read(self._download([self.new])))
        copy = f"Copy for information {self.new.name.replace('/', '_')}.pdf"
        self.assertEqual(row["Files"], f"{copy}, country.xml")

    def test_files_in_the_database(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        self._without_official_file(self.new)
        kept = self._keep(self.new, "in_db.pdf", b"%PDF in the database")
        self.assertFalse(kept.store_fname)
        self.assertEqual(
            self._read(self._download([self.new]))["in_db.pdf"], b"%PDF in the database"
        )

    @mute_logger(STREAM)
    def test_a_file_that_is_gone_is_said(self):
        gone = self.new.invoice_pdf_report_id
        path = gone._full_path(gone.store_fname)
        self.addCleanup(os.replace, f"{path}.away", path)
        os.replace(path, f"{path}.away")
        # Seen when it was looked for, gone when it is its turn.
        with patch.object(customer_portal_pack_stream.os.path, "isfile", lambda place: True):
            files = self._read(self._download(self.all))
        rows = {row["Number"]: row for row in self._table(files)}
        self.assertEqual(rows[self.new.name]["Files"], "")
        self.assertIn("could not be read", rows[self.new.name]["Remark"])
        self.assertEqual(len(files), 2 + len(INDEX))

    @mute_logger(STREAM)
    def test_one_that_cannot_be_made_keeps_nobody_from_the_others(self):
        self._without_official_file(self.old, self.new, self.credit_note)
        broken, refused = self.old, self.new
        make = self.env.registry["account.move"]._portal_print

        def print_(move):
            if move.id == broken.id:
                raise ValueError("no such font")
            if move.id == refused.id:
                raise PortalRefusal("Ask the office.", "no_file")
            return make(move)

        self.patch(self.env.registry["account.move"], "_portal_print", print_)
        files = self._read(self._download(self.all))
        rows = {row["Number"]: row for row in self._table(files)}
        self.assertIn("could not be made", rows[broken.name]["Remark"])
        self.assertEqual(rows[refused.name]["Remark"], "Ask the office.")
        self.assertEqual(files[rows[refused.name]["Files"]], b"Ask the office.")
        self.assertTrue(files[rows[self.credit_note.name]["Files"]].startswith(b"%PDF"))

    # === WHO GETS THEM === #

    def test_hidden_while_it_is_sent(self):
        """Each document is judged when it is put in."""
        self.patch(customer_portal_pack_stream, "READING_BATCH", 1)
        Pack = self.env.registry["customer.portal.pack"]
        read = Pack._read_documents
        hidden, deleted = self.new, self.credit_note

        def read_and_hide(self, ids, *args):
            packed = read(self, ids, *args)
            self.env["account.move"].sudo().browse(hidden.id).portal_visible = False
            gone = self.env["account.move"].sudo().browse(deleted.id)
            gone.state = "draft"
            gone.with_context(force_delete=True).unlink()
            self.env.flush_all()
            Pack._read_documents = read
            return packed

        self.patch(Pack, "_read_documents", read_and_hide)
        names = [hidden.name, deleted.name]
        files = self._read(self._download(self.all))
        self.assertEqual(len(files), 1 + len(INDEX))
        self.assertIn(self._mark(self.old), next(iter(files.values())))
        self.assertFalse([name for name in files if hidden.name.replace("/", "_") in name])
        kept, *left_out = self._table(files)
        self.assertEqual(kept["Number"], self.old.name)
        self.assertEqual([row["Number"] for row in left_out], names)
        for row in left_out:
            self.assertIn("Left out", row["Remark"])
            self.assertEqual(row["Total"], "")
        book = load_workbook(io.BytesIO(files["index.xlsx"]))
        self.assertEqual(book.sheetnames, ["USD", "Left out"])

    def test_own_documents_only(self):
        own = self._create_invoice(self.user_own.partner_id, 20.0)
        self.sign_in(self.user_own)
        self.assertEqual(self._numbers(self._download(all="1")), [own.name])
        self.assertEqual(self._numbers(self._download([own, *self.all])), [own.name])

    def test_nothing_is_told_of_what_is_not_ones_own(self):
        hidden = self._create_invoice(self.alfa, 20.0)
        hidden.portal_visible = False
        draft = self._create_invoice(self.alfa, 20.0, post=False)
        files = self._read(self._download([self.old, hidden, draft, self.foreign]))
        self.assertEqual(len(files), 1 + len(INDEX))
        for row in self._table(files):
            self.assertEqual(row["Number"], self.old.name)

    def test_companies_of_the_user(self):
        other = self.env["res.company"].create({"name": "Otra SL"})
        user = self.user_full
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.env.flush_all()
        answer = self._download(all="1")
        self.assertIn("You have no invoices yet", answer.text)
        self.assertEqual(self._download([self.old]).headers["Content-Type"][:9], "text/html")

    def test_who_may_not_see_invoices(self):
        self.sign_in(self.user_colleague)
        answer = self.post_form("/my/invoices/download", data={"all": "1"}, page="/my")
        self.assertEqual(answer.status_code, 404)

    def test_log(self):
        self._read(self._download([self.old, self.new, self.foreign]))
        events = self.env["customer.portal.event"].search(
            [("kind", "=", "download"), ("res_model", "=", "account.move")]
        )
        self.assertEqual(set(events.mapped("res_id")), {self.old.id, self.new.id})
        self.assertEqual(events.partner_id, self.user_full.partner_id)
        self.assertEqual(set(events.mapped("viewer")), {"human"})
        self.assertTrue(all(events.mapped("ip_address")))

    # === BAD INPUT === #

    def test_junk(self):
        for invoice in ([], ["x"], ["-1"], ["0"], ["9" * 30], ["1; DROP"], [str(self.foreign.id)]):
            with self.subTest(invoice=invoice):
                answer = self._download(invoice=invoice)
                self.assertEqual(answer.url, f"{self.base_url()}/my/invoices")
        many = [str(number) for number in range(10**6, 10**6 + 20_000)]
        self.assertEqual(
            self._numbers(self._download(invoice=[*many, str(self.old.id)])), [self.old.name]
        )
        again = [str(self.old.id)] * 100
        self.assertEqual(self._numbers(self._download(invoice=again)), [self.old.name])

    def test_address_of_the_form_loaded_anew(self):
        answer = self.url_open("/my/invoices/download")
        self.assertEqual(answer.url, f"{self.base_url()}/my/invoices")

    def test_too_many(self):
        for module in (customer_portal_pack, invoices):  # who refuses, and who says so
            self.patch(module, "MAX_CHOSEN", 2)
        answer = self._download(all="1", filterby="all", search="INV")
        self.assertIn("too_many=1", answer.url)
        self.assertIn("search=INV", answer.url)
        self.assertIn("Please choose at most 2 documents.", answer.text)
        self.assertFalse(self._packs())

    # === COST === #

    def test_cost_does_not_depend_on_the_number_of_documents(self):
        """One more query for a thousand more documents is one too many."""
        Pack = self.env["customer.portal.pack"].with_user(self.user_full)
        read = type(Pack)._read_documents
        documents = self.all
        for _number in range(57):
            documents |= self.old.copy({"invoice_date": self.old.invoice_date})
        (documents - self.all).action_post()
        for document in documents - self.all:
            self._keep(document, "official.pdf", b"%PDF")
        counts = []
        for some in (documents[:10], documents[:10], documents[:60]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(read(Pack, some.ids, 0, {})), len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestPacksInTheBackground(PackCase):
    def setUp(self):
        super().setUp()
        self.patch(customer_portal_pack, "MAX_MADE_AT_ONCE", 1)
        self.patch(customer_portal_pack, "MAKING_BATCH", 1)
        self._without_official_file(self.old, self.new)
        self.printed = []
        make = self.env.registry["account.move"]._portal_print

        def print_(move):
            self.printed.append(move.id)
            return make(move)

        self.patch(self.env.registry["account.move"], "_portal_print", print_)

    def test_few_are_made_at_once(self):
        self._read(self._download([self.old, self.credit_note]))
        self.assertEqual(self.printed, self.old.ids)
        self.assertFalse(self._packs())

    def test_what_counts_as_there(self):
        """The official PDF of each, and no other file."""
        self.patch(customer_portal_pack, "MAX_MADE_AT_ONCE", 0)
        self._read(self._download([self.credit_note]))
        self._keep(self.old, "other.xml", b"<a/>", "l10n_xx_file")
        self._keep(self.old, "other.pdf", b"%PDF", False)
        self.env["ir.attachment"].create(
            {
                "name": "of_another_model.pdf",
                "raw": b"%PDF",
                "res_model": "res.partner",
                "res_id": self.old.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.assertIn("/my/invoices/packs/", self._ask([self.old]))

    def test_limits_are_those_of_the_documentation(self):
        self.assertEqual(customer_portal_pack.MAX_DOCUMENTS, 1_000)
        self.assertEqual(customer_portal_pack.MAX_CHOSEN, 10_000)
        self.assertEqual(customer_portal_pack.MAX_UNFINISHED, 3)
        self.assertEqual(customer_portal_pack.KEPT_DAYS, 7)

    def test_from_the_question_to_the_archive(self):
        url = self._ask()
        self.assertFalse(self.printed, "nobody waits for it")
        page = html.fromstring(self.url_open(url).text)
        [progress] = page.xpath("//progress")
        self.assertEqual((progress.get("value"), progress.get("max")), ("0", "3"))
        self.assertFalse(page.xpath(f"//form[@action='{url}/download']"))
        self._make()
        self.assertEqual(self.printed, (self.old | self.new).ids)
        page = html.fromstring(self.url_open(url).text)
        self.assertFalse(page.xpath("//progress"))
        self.assertTrue(page.xpath(f"//form[@action='{url}/download']//button[@value='1']"))
        for _time in range(2):
            self.assertEqual(self._numbers(self._get_part(url)), self.all.mapped("name"))
        self.assertEqual(len(self.printed), 2, "made once")

    def test_before_it_is_ready_there_is_none(self):
        answer = self._get_part(self._ask())
        self.assertEqual(answer.url, f"{self.base_url()}/my/invoices")

    def test_mail(self):
        url = self._ask()
        self._make()
        [message] = self._pack_of(url).message_ids.filtered("subject")
        self.assertEqual(message.partner_ids, self.user_full.partner_id)
        self.assertEqual(message.subject, "Your archive of 3 documents is ready")
        self.assertIn(url, message.body)
        [mail] = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        body = mail._prepare_outgoing_list()[0]["body"]
        self.assertIn(f"/p/{self.company.portal_alias}/to/{self.user_full.partner_id.id}-", body)

    def test_the_same_is_made_once(self):
        self.assertEqual(self._ask(), self._ask(self.all[::-1]))
        self.assertEqual(len(self._packs()), 1)
        other = self._ask(self.old | self.new)
        self.assertEqual(len(self._packs()), 2)
        self._make()
        self.assertEqual(other, self._ask(self.old | self.new), "it is there already")
        self.assertEqual(len(self._packs()), 2)

    def test_asked_again_it_is_kept_longer(self):
        url = self._ask()
        pack = self._pack_of(url)
        pack.expires_on = fields.Datetime.now() - timedelta(days=1)
        self.env.flush_all()
        self.assertTrue(self.url_open(url).url.endswith("/my/invoices"))
        self.assertEqual(self._ask(), url)
        self.env.invalidate_all()
        self.assertGreater(pack.expires_on, fields.Datetime.now() + timedelta(days=6))

    def test_not_too_many_at_once(self):
        self.patch(customer_portal_pack, "MAX_UNFINISHED", 2)
        self._ask(self.old | self.new)
        url = self._ask()
        answer = self._download([self.old, self.new, self.foreign, self._create_invoice(self.alfa)])
        self.assertIn("Several archives are being made", answer.text)
        self.assertEqual(self._ask(), url, "the same may be asked for")
        self._make()
        self._ask(self.old | self.new | self._create_invoice(self.alfa))

    def test_parts(self):
        self.patch(customer_portal_pack, "MAX_DOCUMENTS", 2)
        url = self._ask()
        self._make()
        page = html.fromstring(self.url_open(url).text)
        self.assertEqual(page.xpath("//button[@name='part']/@value"), ["1", "2"])
        first = self._get_part(url, 1)
        self.assertIn("invoices-1.zip", first.headers["Content-Disposition"])
        self.assertEqual(self._numbers(first), [self.old.name, self.new.name])
        self.assertEqual(self._numbers(self._get_part(url, 2)), [self.credit_note.name])
        for part in ("0", "3", "-1", "x", "9" * 20, ""):
            with self.subTest(part=part):
                answer = self._download(url=f"{url}/download", part=part)
                self.assertEqual(answer.url, f"{self.base_url()}/my/invoices")

    def test_many_whose_files_are_there(self):
        self.patch(customer_portal_pack, "MAX_DOCUMENTS", 1)
        self.patch(customer_portal_pack, "MAX_MADE_AT_ONCE", 5)
        self.assertIn("/packs/", self._ask())

    # === WHO GETS THEM === #

    def test_only_who_asked(self):
        url = self._ask()
        self._make()
        colleague = self._create_contact_user("Colega", "colega", self.alfa)
        for user in (colleague, self.user_stranger, self.user_own, self.user_sales):
            with self.subTest(user=user.login):
                self.sign_in(user)
                page = self.url_open(url, allow_redirects=False)
                self.assertEqual(page.status_code, 303)
                answer = self.post_form(f"{url}/download", page="/my", allow_redirects=False)
                self.assertEqual(answer.status_code, 303)
                missing = self.url_open("/my/invoices/packs/999999999", allow_redirects=False)
                self.assertEqual(missing.headers["Location"], page.headers["Location"])
        self.sign_in(None)
        answer = self.url_open(url, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_other_numbers(self):
        for number in ("0", "999999999", "99999999999999999999", "-1"):
            with self.subTest(number=number):
                answer = self.url_open(f"/my/invoices/packs/{number}")
                self.assertEqual(answer.url, f"{self.base_url()}/my/invoices")
                answer = self._download(url=f"/my/invoices/packs/{number}/download", part="1")
                self.assertEqual(answer.url, f"{self.base_url()}/my/invoices")

        for junk in ("x", "1x", "1.5"):
            answer = self.url_open(f"/my/invoices/packs/{junk}")
            self.assertEqual(answer.status_code, 404, junk)

    def test_access_lost_after_it_was_made(self):
        url = self._ask()
        self._make()
        self.user_full.partner_id.portal_profile_id = self.profile_purchasing
        self.env.flush_all()
        self.assertEqual(self.url_open(url).status_code, 404)
        answer = self.post_form(f"{url}/download", data={"part": "1"}, page="/my")
        self.assertEqual(answer.status_code, 404)
        self.user_full.partner_id.portal_profile_id = self.profile_full
        self.company.portal_show_invoices = False
        self.env.flush_all()
        answer = self.post_form(f"{url}/download", data={"part": "1"}, page="/my")
        self.assertEqual(answer.status_code, 404)

    def test_hidden_after_it_was_made(self):
        url = self._ask()
        self._make()
        self.new.portal_visible = False
        self.env.flush_all()
        files = self._read(self._get_part(url))
        rows = {row["Number"]: row for row in self._table(files)}
        self.assertIn("Left out", rows[self.new.name]["Remark"])
        self.assertEqual(len(files), 2 + len(INDEX))
        self.new.portal_visible = True
        self.env.flush_all()
        self.assertEqual(self._numbers(self._get_part(url)), self.all.mapped("name"))

    def test_hidden_by_a_rule_of_others_after_it_was_made(self):
        url = self._ask()
        self._make()
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "domain_force": f"[('id', '!=', {self.new.id})]",
            }
        )
        self.env.flush_all()
        rows = {row["Number"]: row for row in self._table(self._read(self._get_part(url)))}
        self.assertIn("Left out", rows[self.new.name]["Remark"])
        self.assertTrue(rows[self.old.name]["Files"])

    def test_hidden_while_it_is_made(self):
        url = self._ask()
        self.new.portal_visible = False
        self._make()
        self.assertEqual(self.printed, self.old.ids)
        self.assertEqual(self._pack_of(url).state, "ready")

    def test_sent_meanwhile(self):
        """The official file is better than the one that was made."""
        url = self._ask()
        self._make()
        self._keep(self.new, "official.pdf", b"%PDF official now")
        self.env.flush_all()
        files = self._read(self._get_part(url))
        self.assertEqual(files["official.pdf"], b"%PDF official now")
        self.assertEqual(len(files), 3 + len(INDEX))

    def test_nothing_is_made_for_who_lost_its_access(self):
        for name in ("profile", "customer", "user"):
            url = self._ask()
            with self.subTest(name=name):
                if name == "profile":
                    self.user_full.partner_id.portal_profile_id = self.profile_purchasing
                elif name == "customer":
                    self.alfa.portal_access = False
                else:
                    self.user_full.active = False
                self._make()
                self.assertFalse(self._pack_of(url).exists())
                self.assertFalse(self.printed)
                self.user_full.partner_id.portal_profile_id = self.profile_full
                self.alfa.portal_access = True
                self.user_full.active = True
                self.env.flush_all()
                self.sign_in(self.user_full)

    def test_files_made_are_nobody_elses(self):
        self._ask()
        self._make()
        [file, *_others] = self.env["ir.attachment"].search(
            [("res_model", "=", "customer.portal.pack.file"), ("res_field", "=", "content")]
        )
        for user in (self.user_full, self.user_stranger, self.user_sales):
            self.sign_in(user)
            answer = self.url_open(f"/web/content/{file.id}")
            self.assertEqual(answer.status_code, 404)

    # === MAKING === #

    @mute_logger("odoo.addons.customer_portal_plus.tools.transactions")
    def test_one_that_fails_keeps_nobody_else_waiting(self):
        broken, other = self._ask(), self._ask(self.old | self.new)
        Pack = self.env.registry["customer.portal.pack"]
        make = Pack._make_some
        number = self._pack_of(broken).id

        def make_some(pack):
            if pack.id == number:
                raise ValueError("broken")
            return make(pack)

        with patch.object(Pack, "_make_some", make_some):
            self._make()
        self.assertEqual(self._pack_of(broken).state, "making")
        self.assertEqual(self._pack_of(other).state, "ready")
        self._make()
        self.assertEqual(self._pack_of(broken).state, "ready")

    def test_it_goes_on_where_it_was_ended(self):
        url = self._ask()
        self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 0)
        for done in (1, 2, 3):
            self._make()
            self.assertEqual(self._pack_of(url).done_count, done)
        self.assertEqual(self.printed, (self.old | self.new).ids)
        self.assertEqual(self._pack_of(url).state, "ready")

    # === RETENTION === #

    def test_deleted_after_some_days(self):
        url = self._ask()
        self._make()
        pack = self._pack_of(url)
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "customer.portal.pack.file"), ("res_field", "!=", False)]
        )
        self.assertEqual(len(attachments), 2)
        with freeze_time(fields.Datetime.now() + timedelta(days=6)):
            self.env["customer.portal.pack"]._gc_packs()
        self.assertTrue(pack.exists())
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            self.env["customer.portal.pack"]._gc_packs()
        self.assertFalse(pack.exists())
        self.assertFalse(attachments.exists())

    def test_a_user_that_is_deleted_leaves_nothing(self):
        self._ask()
        self._make()
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "customer.portal.pack.file"), ("res_field", "!=", False)]
        )
        self.env["customer.portal.pack.file"]._gc_contents()
        self.assertEqual(len(attachments.exists()), 2)
        self.env.cr.execute("DELETE FROM customer_portal_pack")
        self.env.invalidate_all()
        self.env["customer.portal.pack.file"]._gc_contents()
        self.assertFalse(attachments.exists())
