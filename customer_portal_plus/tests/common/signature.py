"""PDFs, pictures and a contract to sign, for the tests of signatures."""

import base64
import io

from PIL import Image, ImageDraw
from reportlab.pdfgen import canvas

from . import PortalHttpCase


def make_pdf(text="Contrato marco"):
    """Return a PDF of one page with a line of text."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.drawString(72, 720, text)
    page.save()
    return buffer.getvalue()


def make_signature_png(drawn=True):
    """Return a PNG as the signing page makes it: a stroke on a transparent ground, or none."""
    image = Image.new("RGBA", (300, 90), (0, 0, 0, 0))
    if drawn:
        ImageDraw.Draw(image).line((10, 80, 150, 10, 290, 80), fill=(20, 33, 61, 255), width=4)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


class SignatureCase(PortalHttpCase):
    """A contract sent to Alfa, and how to sign it through HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pdf = make_pdf()
        cls.contract = cls._create_contract()

    @classmethod
    def _create_contract(cls, customer=None, state="sent", **values):
        contract = cls.env["customer.portal.document"].create(
            {
                "name": "Contrato marco 2026",
                "partner_id": (customer or cls.alfa).id,
                "user_id": cls.user_sales.id,
                "file": base64.b64encode(cls.pdf),
                "file_name": "contrato.pdf",
                "to_sign": True,
                **values,
            }
        )
        if state != "draft":
            contract.state = state
        return contract

    def _open_signing(self, document=None):
        """Ask for the signing page of a document as the signed-in user.

        :return: the address of the signing page, its HTML and the digest in its form
        """
        document = document or self.contract
        url = document.access_url
        answer = self.post_form(f"{url}/sign", page=url)
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        return answer.url.split("?")[0], answer.text

    def _sign(self, document=None, signing_url=None, **posted):
        """Sign a document by its page, as the signed-in user; return the answer."""
        page = signing_url or self._open_signing(document)[0]
        html = self.url_open(page).text
        sha256 = html.split('name="sha256" value="')[1][:64]
        data = {
            "sha256": sha256,
            "signer_name": "Gerencia de Alfa",
            "method": "type",
            "consent": "1",
            **posted,
        }
        return self.post_form(
            f"{page}/confirm", data={k: v for k, v in data.items() if v is not None}, page=page
        )

    def _evidence(self, document=None):
        document = document or self.contract
        document.invalidate_recordset()
        return self.env["customer.portal.signature"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )

    def _deliver(self):
        """Do what the cron does after the commit."""
        with self.enter_registry_test_mode():
            self.env.ref("customer_portal_plus.ir_cron_deliver_signatures").method_direct_trigger()
        self.env.invalidate_all()
