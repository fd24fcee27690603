"""Files to share and files that customers upload, for the tests of documents."""

import base64
import io
import re

from PIL import Image

from . import PortalHttpCase
from .signature import make_pdf


def make_image(kind="PNG"):
    """Return a small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (20, 33, 61)).save(buffer, kind)
    return buffer.getvalue()


class DocumentCase(PortalHttpCase):
    """Documents that staff share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pdf = make_pdf("Lista de precios")

    @classmethod
    def _share(cls, name="Lista de precios", audience="customer", state="sent", **values):
        if audience == "customer":
            values.setdefault("partner_id", cls.alfa.id)
        document = cls.env["customer.portal.document"].create(
            {
                "name": name,
                "audience": audience,
                "user_id": cls.user_sales.id,
                "file": base64.b64encode(cls.pdf),
                "file_name": "precios.pdf",
                **values,
            }
        )
        if state == "sent":
            document.action_send()
        elif state != "draft":
            document.state = state
        return document

    def _listed(self, url="/my/documents"):
        """Return the ids of the documents on a list page, as the signed-in user sees it."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return {int(number) for number in re.findall(r'data-document="(\d+)"', response.text)}

    def _seen_by(self, document):
        """Return the logins of those who see a document; list, page, file and RPC must agree."""
        seen = set()
        for user in (
            self.user_full,
            self.user_colleague,
            self.user_own,
            self.user_stranger,
            self.user_branch,
        ):
            self.sign_in(user)
            answers = {
                "list": document.id in self._listed(),
                "page": document.name
                in self.url_open(document.access_url, allow_redirects=False).text,
                "file": self.url_open(f"{document.access_url}/file", allow_redirects=False).content
                == self.pdf,
                "rpc": bool(
                    self.env[document._name]
                    .with_user(user)
                    .search_count([("id", "=", document.id)])
                ),
                "gate": not document._portal_refusal(user.partner_id),
            }
            if document.audience != "customer":
                answers["filter"] = not document._portal_filter_shut(user)
            self.assertEqual(len(set(answers.values())), 1, (user.login, answers))
            if answers["list"]:
                seen.add(user.login.rpartition("_")[2])
        return seen
