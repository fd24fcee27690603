"""Files that staff ask a customer for: uploading them, what is refused, checking, asking again."""

import io
import zipfile
import zlib
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..tools.file_types import clean_file_name, upload_type
from .common.document import DocumentCase, make_image


def make_zip(**members):
    """Return a ZIP archive; a name is written with ``__`` for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def make_docx(**more):
    members = {"[Content_Types].xml": "<Types/>", "word__document.xml": "<document/>", **more}
    return make_zip(**members)


def make_odd_pdf(*objects, trailer=b"<< /Root 1 0 R >>", start=None, table=None):
    """Return a PDF of such objects, whose table and trailer say what they like."""
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = table or b"xref\n0 %d\n0000000000 65535 f \n%s" % (
        len(objects) + 1,
        b"".join(b"%010d 00000 n \n" % place for place in places),
    )
    start = len(data) if start is None else start
    return data + table + b"trailer\n%s\nstartxref\n%d\n%%%%EOF" % (trailer, start)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
HOSTILE_PDFS = {
    "far.pdf": make_odd_pdf(CATALOG, start=10**20),
    "before.pdf": make_odd_pdf(CATALOG, start=-5),
    "many.pdf": make_odd_pdf(CATALOG, table=b"xref\n0 99999999999\n0000000000 65535 f \n"),
    "loop.pdf": make_odd_pdf(CATALOG, trailer=b"<< /Root 1 0 R /Prev 65 >>"),
    "circle.pdf": make_odd_pdf(CATALOG, b"<< /Type /Pages /Kids [2 0 R] >>"),
    "nested.pdf": make_odd_pdf(
        CATALOG,
        *(b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1) for number in range(2, 900)),
        b"<< /Type /Page >>",
    ),
    "deep.pdf": make_odd_pdf(CATALOG, b"[" * 100_000),
    "locked.pdf": make_odd_pdf(
        CATALOG, trailer=b"<< /Root 1 0 R /Encrypt << /Filter /Standard /V 99 >> >>"
    ),
}


@tagged("post_install", "-at_install")
class TestDocumentRequests(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked = cls._ask()

    @classmethod
    def _ask(cls, state="requested", **values):
        request = cls.env["customer.portal.document.request"].create(
            {
                "name": "Certificado de retenciones",
                "partner_id": cls.alfa.id,
                "user_id": cls.user_sales.id,
                "due_on": fields.Date.today() + timedelta(days=5),
                **values,
            }
        )
        if state == "requested":
            request.action_send()
        else:
            request.state = state
        return request

    def _upload(self, *files, request=None):
        """Post files, pairs of name and content, as the signed-in user."""
        request = request or self.asked
        return self.post_form(
            f"{request.access_url}/upload",
            page="/my",
            files=[("file", (name, data)) for name, data in files] or None,
            allow_redirects=False,
        )

    def _assert_untouched(self, request=None):
        request = request or self.asked
        self.env.invalidate_all()
        self.assertEqual(request.state, "requested")
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", request._name), ("res_id", "=", request.id)]
            )
        )
        self.assertFalse(request.activity_ids)

    # === SENDING === #

    def test_upload(self):
        self.sign_in(self.user_full)
        self.assertIn("1 file that we ask you for", self.url_open("/my").text)
        self.assertIn(f'data-request="{self.asked.id}"', self.url_open("/my/documents").text)
        answer = self._upload(("certificado.pdf", self.pdf), ("sello.png", make_image()))
        self.assertEqual(answer.status_code, 303)
        page = self.url_open(answer.headers["Location"]).text
        self.assertIn("we have received it", page)
        self.assertIn("certificado.pdf", page)
        self.env.invalidate_all()
        self.assertEqual(self.asked.state, "received")
        self.assertEqual(self.asked.received_from_id, self.user_full.partner_id)
        self.assertEqual(self.asked.file_ids.mapped("res_model"), [self.asked._name] * 2)
        self.assertEqual(
            set(self.asked.file_ids.mapped("mimetype")), {"application/pdf", "image/png"}
        )
        self.assertIn(self.pdf, self.asked.file_ids.mapped("raw"))
        self.assertEqual(self.asked.activity_ids.user_id, self.user_sales)
        self.assertIn("Certificado", self.asked.activity_ids.summary)
        event = self.env["customer.portal.event"].search([("kind", "=", "upload")])
        self.assertEqual(event.partner_id, self.user_full.partner_id)
        self.assertEqual(event.res_id, self.asked.id)
        self.assertNotIn("file that we ask", self.url_open("/my").text)

    def test_accepted_types(self):
        odt = make_zip(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "x"})
        xlsx = make_zip(**{"[Content_Types].xml": "<Types/>", "xl__workbook.xml": "x"})
        for data, extension in (
            (self.pdf, "pdf"),
            (make_image(), "png"),
            (make_image("JPEG"), "jpg"),
            (make_docx(), "docx"),
            (xlsx, "xlsx"),
            (odt, "odt"),
        ):
            self.assertEqual(upload_type(data)[1], extension)

    def test_refused_types(self):
        """By content, whatever the name says; nothing is kept of what is refused."""
        self.sign_in(self.user_full)
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
        html = b"<html><script>alert(1)</script></html>"
        for name, data in (
            ("page.html", html),
            ("page.pdf", html),
            ("drawing.svg", svg),
            ("drawing.png", svg),
            ("half.pdf", self.pdf[:60]),
            ("header.pdf", b"%PDF-1.7\n" + html),
            ("half.png", make_image()[:30]),
            ("program.exe", b"MZ" + b"\0" * 200),
            ("archive.zip", make_zip(**{"a.txt": "x"})),
            ("macro.docx", make_docx(**{"word__vbaProject.bin": "x"})),
            ("broken.docx", make_docx()[:50]),
            ("text.txt", b"hello"),
            *HOSTILE_PDFS.items(),
            *((f"{name}.docx", data) for name, data in self._hostile_archives().items()),
        ):
            with self.subTest(name):
                answer = self._upload((name, data))
                self.assertEqual(answer.status_code, 422)
                self.assertIn("Please send a PDF", answer.text)
                self._assert_untouched()
        # One that won't do, and none is kept.
        answer = self._upload(("good.pdf", self.pdf), ("page.html", html))
        self.assertEqual(answer.status_code, 422)
        self._assert_untouched()

    def _hostile_archives(self):
        """Return office files that are encrypted or broken, or have a program's object in them."""
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
        relation = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/%s" Target="%s"/></Relationships>'
        )
        rels = "word___rels__document.xml.rels"
        docx = make_docx()
        encrypted = bytearray(docx)
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = docx.find(mark)
            while place >= 0:
                encrypted[place + offset] |= 1
                place = docx.find(mark, place + 1)
        odt = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x"}
        encrypted_odt = bytearray(make_zip(**odt))
        encrypted_odt[6] |= 1
        encrypted_odt[encrypted_odt.find(b"PK\x01\x02") + 8] |= 1
        return {
            "encrypted": bytes(encrypted),
            "encrypted_odt": bytes(encrypted_odt),
            "password_odt": make_zip(
                **odt, **{"META-INF__manifest.xml": "<manifest:encryption-data/>"}
            ),
            "broken": docx.replace(zlib.crc32(b"<document/>").to_bytes(4, "little"), b"\0" * 4),
            "ole": make_docx(**{"word__embeddings__oleObject1.bin": ole}),
            "ole_by_another_name": make_docx(**{"word__media__image1.png": ole}),
            "ole_odt": make_zip(**odt, **{"Object 1": ole}),
            "related": make_docx(**{rels: relation % ("oleObject", "x.bin")}),
            "control": make_docx(**{rels: relation % ("control", "activeX.xml")}),
            "package": make_docx(**{rels: relation % ("package", "embeddings/a.xlsx")}),
            "in_words": make_docx(**{rels: relation % ("ole&#79;bject", "x.bin")}),
            "utf16": make_docx(**{rels: (relation % ("oleObject", "x.bin")).encode("utf-16")}),
            "bomb": make_docx(
                **{f"word___rels__{n}.xml.rels": b"<a/>" + b" " * 2**22 for n in range(17)}
            ),
            "no_xml": make_docx(**{rels: "<Relationships"}),
            "macro_inside": make_docx(
                **{
                    "word__embeddings__a.docx": make_docx(**{"word__vbaProject.bin": "x"}),
                    "word__charts___rels__chart1.xml.rels": relation % ("package", "../a.docx"),
                }
            ),
        }

    def test_charts_are_no_foreign_objects(self):
        """The figures of a chart lie in the file as a sheet of their own."""
        sheet = make_zip(**{"[Content_Types].xml": "<Types/>", "xl__workbook.xml": "x"})
        relation = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/package" Target="../embeddings/a.xlsx"/></Relationships>'
        )
        docx = make_docx(
            **{
                "word__embeddings__a.xlsx": sheet,
                "word__charts___rels__chart1.xml.rels": relation,
            }
        )
        self.assertEqual(upload_type(docx)[1], "docx")

    def test_missing_empty_many_and_large(self):
        self.sign_in(self.user_full)
        for files, words in (
            ((), "choose a file"),
            ((("empty.pdf", b""),), "is empty"),
            (tuple((f"{n}.pdf", self.pdf) for n in range(6)), "At most 5 files"),
            ((("large.pdf", self.pdf + b"\0" * (10 * 1024 * 1024)),), "too large"),
            ((("huge.pdf", self.pdf + b"\0" * (50 * 1024 * 1024)),), "too large"),
        ):
            with self.subTest(words):
                answer = self._upload(*files)
                self.assertEqual(answer.status_code, 422)
                self.assertIn(words, answer.text)
                self._assert_untouched()

    def test_names(self):
        for name, clean in (
            ("../../etc/passwd.pdf", "passwd.pdf"),
            ("C:\\Users\\x\\cert 2026.PDF", "cert 2026.pdf"),
            ("<img src=x onerror=alert(1)>.pdf", "img src_x onerror_alert(1).pdf"),
            ("año ñ.pdf.exe", "año ñ.pdf.pdf"),
            ("a\x00b\n.pdf", "a_b.pdf"),
            ("....", "file.pdf"),
            ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ):
            self.assertEqual(clean_file_name(name, "pdf"), clean)

    # === WHO MAY === #

    def test_who_may(self):
        own = self._ask(partner_id=self.user_own.partner_id.id)
        self.profile_purchasing.can_upload = False
        self.assertEqual(len(self.asked | own), 2)
        for user, requests in (
            (self.user_full, self.asked | own),
            (self.user_colleague, own.browse()),
            (self.user_own, own),
            (self.user_stranger, own.browse()),
            (self.user_branch, own.browse()),
            (None, own.browse()),
        ):
            self.sign_in(user)
            for request in self.asked | own:
                with self.subTest(user=user and user.login, request=request.id):
                    page = self.url_open(request.access_url, allow_redirects=False)
                    seen = request in requests
                    self.assertEqual(request.name in page.text, seen)
                    if not seen:
                        token = request._portal_ensure_token()
                        answer = self.post_form(
                            f"{request.access_url}/upload?access_token={token}",
                            page="/my" if user else "/web/login",
                            files=[("file", ("a.pdf", self.pdf))],
                            allow_redirects=False,
                        )
                        self.assertEqual(answer.status_code, 404 if user else 303)
                        self._assert_untouched(request)

    def test_of_what_does_not_exist_nothing_is_told(self):
        other = self._ask(partner_id=self.beta.id)
        self.sign_in(self.user_full)
        looks = set()
        for number in (other.id, other.id + 1000, 2**31 - 1):
            url = f"/my/documents/requests/{number}"
            page = self.url_open(url, allow_redirects=False)
            answer = self.post_form(
                f"{url}/upload",
                page="/my",
                files=[("file", ("a.pdf", self.pdf))],
                allow_redirects=False,
            )
            looks.add(
                (
                    page.status_code,
                    page.headers.get("Location"),
                    answer.status_code,
                    answer.headers.get("Location"),
                )
            )
        self.assertEqual(len(looks), 1)
        self._assert_untouched(other)

    def test_gates(self):
        self.sign_in(self.user_full)
        for record, field in (
            (self.company, "portal_enabled"),
            (self.company, "portal_allow_uploads"),
            (self.asked, "portal_visible"),
        ):
            record[field] = False
            page = self.url_open(self.asked.access_url, allow_redirects=False)
            self.assertEqual(page.status_code, 404, field)
            self.assertEqual(self._upload(("a.pdf", self.pdf)).status_code, 404)
            record[field] = True
            self._assert_untouched()
        for state in ("draft", "cancel"):
            hidden = self._ask(state=state)
            self.assertEqual(
                self.url_open(hidden.access_url, allow_redirects=False).status_code, 404
            )

    def test_no_rpc(self):
        for method in ("read", "write", "create", "unlink"):
            with self.assertRaises(AccessError):
                self.asked.with_user(self.user_full).check_access(method)

    def test_files_are_for_staff(self):
        """What a customer sent isn't given out again, to colleagues or others, by the file."""
        self.sign_in(self.user_full)
        self._upload(("certificado.pdf", self.pdf))
        self.env.invalidate_all()
        file = self.asked.file_ids
        for user in (self.user_full, self.user_colleague, self.user_stranger, None):
            self.sign_in(user)
            answer = self.url_open(f"/web/content/{file.id}?download=1")
            self.assertNotEqual(answer.content, self.pdf)
        self.sign_in(self.user_sales)
        self.assertEqual(self.url_open(f"/web/content/{file.id}?download=1").content, self.pdf)

    def test_only_uploads(self):
        """A contact who sees no documents still finds what is asked for."""
        self.profile_full.can_see_documents = False
        self.sign_in(self.user_full)
        page = self.url_open("/my/documents").text
        self.assertIn(self.asked.name, page)
        self.assertNotIn('id="portal_search"', page)

    # === TWICE AND TOO LATE === #

    def test_second_upload_is_told(self):
        self.sign_in(self.user_full)
        self._upload(("first.pdf", self.pdf))
        answer = self._upload(("second.pdf", self.pdf))
        self.assertEqual(answer.status_code, 409)
        self.assertIn("We have this file already", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.asked.file_ids.mapped("name"), ["first.pdf"])
        self.assertEqual(len(self.asked.activity_ids), 1)

    # === STAFF === #

    def test_accept(self):
        self.sign_in(self.user_full)
        self._upload(("a.pdf", self.pdf))
        self.env.invalidate_all()
        self.asked.with_user(self.user_sales).action_accept()
        self.assertEqual(self.asked.state, "accepted")
        self.assertFalse(self.asked.activity_ids)
        self.assertEqual(self._upload(("b.pdf", self.pdf)).status_code, 409)
        with self.assertRaises(UserError):
            self.asked.action_accept()
        with self.assertRaises(ValidationError):
            self.asked.unlink()

    def test_ask_again(self):
        self.sign_in(self.user_full)
        self._upload(("a.pdf", self.pdf))
        self.env.invalidate_all()
        wizard = self.env["customer.portal.request.refusal"].with_user(self.user_sales)
        wizard.create(
            {"request_id": self.asked.id, "reason": "Falta la <b>segunda</b> página"}
        ).action_ask_again()
        self.assertEqual(self.asked.state, "requested")
        page = self.url_open(self.asked.access_url).text
        self.assertIn("Falta la &lt;b&gt;segunda&lt;/b&gt; página", page)
        mail = self.asked.message_ids.filtered("partner_ids").sorted("id")[-1]
        self.assertEqual(mail.partner_ids, self.alfa)
        self.assertIn("segunda", mail.body)
        self.assertEqual(self._upload(("b.pdf", self.pdf)).status_code, 303)
        self.env.invalidate_all()
        self.assertEqual(self.asked.file_ids.mapped("name"), ["b.pdf"])
        self.asked.action_accept()
        self.assertFalse(self.asked.refusal_reason)

    def test_mail_to_the_customer(self):
        mail = self.asked.message_ids.filtered("partner_ids")
        self.assertEqual(mail.partner_ids, self.alfa)
        self.assertIn("Certificado de retenciones", mail.body)
        self.assertIn("Certificado de retenciones", mail.subject)

    def test_answer_by_mail_stays_on_the_request(self):
        contact = self.user_full.partner_id
        message = self.asked.message_post(
            body="It is in the post",
            author_id=contact.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn(message, self.asked.message_ids)
        self.assertEqual(self.asked.state, "requested")
        self.sign_in(self.user_full)
        self.assertNotIn(self.asked.name, self.url_open("/my/messages").text)

    def test_overdue(self):
        self.asked.due_on = fields.Date.today() - timedelta(days=1)
        self.assertTrue(self.asked.is_overdue)
        Request = self.env[self.asked._name]
        overdue = Request.search([("is_overdue", "=", True)])
        self.assertIn(self.asked, overdue)
        self.assertNotIn(self.asked, Request.search([("is_overdue", "=", False)]))
        self.sign_in(self.user_full)
        self.assertIn("Overdue", self.url_open(self.asked.access_url).text)
        home = self.url_open("/my").text
        link = home[: home.index('data-todo="uploads"')].rpartition("<a")[2]
        self.assertIn("o_cpp_urgent", link)

    def test_withdraw(self):
        self.asked.action_withdraw()
        self.sign_in(self.user_full)
        self.assertEqual(self._upload(("a.pdf", self.pdf)).status_code, 404)
        self.assertFalse(self.asked.file_ids)
        self.asked.action_reset_to_draft()
        self.assertEqual(self.asked.state, "draft")
