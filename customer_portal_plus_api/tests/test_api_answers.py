"""What programs are told is what the OpenAPI file says, also of errors."""

import base64
import json
import re
from unittest.mock import patch

import jsonschema

from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.customer_portal_plus.tests.common.signature import make_pdf

from ..controllers import api
from .common import BASE, ApiCase

NO_NUMBERS = ("0", "-1", "x", "", "1.5", "101", "9" * 40)
NO_DAYS = ("x", "2026-02-30", "31/12/2026", "2026-1-1", "2026-01-01x")


@tagged("post_install", "-at_install")
class TestApiAnswers(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open("customer_portal_plus_api/static/openapi.json") as file:
            cls.openapi = json.load(file)

    def _assert_told(self, answer, path):
        """Fail when an answer is not what the file says of its status."""
        responses = self.openapi["paths"][path]["get"]["responses"]
        self.assertIn(str(answer.status_code), responses, path)
        response = responses[str(answer.status_code)]
        if "$ref" in response:
            name = response["$ref"].rpartition("/")[2]
            response = self.openapi["components"]["responses"][name]
        kind = answer.headers["Content-Type"].partition(";")[0]
        self.assertIn(kind, response["content"], path)
        self.assertEqual(answer.headers["Cache-Control"], "private, no-store")
        if kind == "application/json":
            schema = {
                **response["content"][kind]["schema"],
                "components": self.openapi["components"],
            }
            checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
            jsonschema.Draft202012Validator.check_schema(schema)
            jsonschema.validate(answer.json(), schema, format_checker=checker)

    def _address(self, path, number=None):
        kind = path.split("/")[1]
        number = number or (self.documents["alfa"][kind].id if "{" in path else 0)
        return re.sub(r"\{\w+\}", str(number), path)

    def test_file_has_all_routes(self):
        self.url_open("/web/health")  # a request fills the routing map
        rules = [rule.rule for rule in self.env["ir.http"].routing_map().iter_rules()]
        routes = {
            re.sub(r"<int:(\w+)>", r"{\1}", rule.removeprefix(BASE))
            for rule in rules
            if rule.startswith(f"{BASE}/") and "<path:" not in rule
        }
        self.assertEqual(routes, set(self.openapi["paths"]))

    def test_answers(self):
        self._create_invoice(self.alfa, 20.0, move_type="out_refund")
        paths = self.openapi["paths"]
        self.assertEqual(len(paths), 9)
        for path in paths:
            answer = self._ask(self._address(path))
            self.assertEqual(answer.status_code, 200, path)
            self._assert_told(answer, path)

    def test_refusals(self):
        self._key("full")
        paths = self.openapi["paths"]
        self.assertEqual(len(paths), 9)
        for path in paths:
            with self.subTest(path=path):
                answer = self._ask(self._address(path), key="")
                self.assertEqual(answer.status_code, 401)
                self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
                self._assert_told(answer, path)
                if "{" in path:
                    answer = self._ask(self._address(path, 900_000_000))
                    self.assertEqual(answer.status_code, 404)
                    self._assert_told(answer, path)
                self.profile_full.can_use_api = False
                answer = self._ask(self._address(path))
                self.assertEqual(answer.status_code, 403)
                self._assert_told(answer, path)
                self.profile_full.can_use_api = True

    def test_parameters_that_make_no_sense(self):
        paths = [
            path
            for path, operation in self.openapi["paths"].items()
            if "400" in operation["get"]["responses"]
        ]
        self.assertEqual(paths, ["/invoices", "/quotes", "/statement", "/files"])
        for path in paths:
            wrong = [f"{name}={day}" for name in ("date_begin", "date_end") for day in NO_DAYS]
            wrong.append("date_begin=2026-02-02&date_end=2026-02-01")
            if path != "/statement":
                wrong += [f"page={number}" for number in NO_NUMBERS]
            for query in wrong:
                answer = self._ask(f"{path}?{query}")
                self.assertEqual(answer.status_code, 400, query)
                self._assert_told(answer, path)

    def test_nothing_there_and_nothing_to_change(self):
        for path in ("", "/", "/nothing", "/invoices/x", "/invoices/1/2/3"):
            answer = self._ask(path)
            self.assertEqual((path, answer.status_code), (path, 404))
            self.assertEqual(answer.json()["error"]["code"], "not_found")
        invoice = self.documents["alfa"]["invoices"]
        for path in ("/invoices", f"/invoices/{invoice.id}", "/statement"):
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                answer = self._ask(path, method=method)
                self.assertEqual((method, answer.status_code), (method, 405))
                self.assertEqual(answer.json()["error"]["code"], "method_not_allowed")

    def test_an_invoice_to_the_cent(self):
        invoice = self._create_taxed(99.99, ref="PED-1")
        told = self._ask(f"/invoices/{invoice.id}").json()
        self.assertEqual(told["number"], invoice.name)
        self.assertEqual((told["total"], told["remaining"]), ("120.99", "120.99"))
        self.assertEqual((told["type"], told["reference"]), ("invoice", "PED-1"))
        self.assertEqual(told["date"], self.today.isoformat())
        [line] = told["lines"]
        self.assertEqual((line["subtotal"], line["total"]), ("99.99", "120.99"))
        self.assertEqual((line["quantity"], line["unit_price"]), (1, 99.99))

    def test_lines_with_headings(self):
        order = self.documents["alfa"]["quotes"]
        order.write(
            {
                "order_line": [
                    (0, 0, {"display_type": "line_section", "name": "Obra", "sequence": 1})
                ]
            }
        )
        order.order_line.filtered(lambda line: not line.display_type).sequence = 5
        lines = self._ask(f"/quotes/{order.id}").json()["lines"]
        self.assertEqual([line["type"] for line in lines], ["section", "line"])
        self.assertEqual((lines[0]["text"], lines[0]["total"]), ("Obra", None))

    def test_pages_and_dates(self):
        older = self._create_invoice(self.alfa, 10.0, days=-40)
        first = self._ask("/invoices").json()
        self.assertEqual((first["page"], first["pages"], first["total"]), (1, 1, 3))
        self.assertEqual(first["items"][-1]["id"], older.id)
        with patch.object(api, "PAGE_SIZE", 2):
            first, second = (self._ask(f"/invoices?page={page}").json() for page in (1, 2))
            self.assertEqual([len(page["items"]) for page in (first, second)], [2, 1])
            self.assertEqual(second["items"][0]["id"], older.id)
            self.assertEqual((second["page"], second["pages"], second["total"]), (2, 2, 3))
        day = older.invoice_date.isoformat()
        found = self._ask(f"/invoices?date_begin={day}&date_end={day}").json()["items"]
        self.assertEqual([row["id"] for row in found], [older.id])

    def test_statement_of_a_period(self):
        older = self._create_invoice(self.alfa, 10.0, days=-400)
        told = self._ask("/statement").json()
        self.assertEqual(told["date_end"], self.today.isoformat())
        self.assertEqual(told["date_begin"], f"{self.today.year}-01-01")
        [account] = told["accounts"]
        self.assertEqual((account["opening"], account["closing"]), ("10.00", "253.00"))
        self.assertEqual(len(account["movements"]), 2)
        day = older.invoice_date.isoformat()
        told = self._ask(f"/statement?date_begin={day}&date_end={day}").json()
        [[movement]] = [account["movements"] for account in told["accounts"]]
        self.assertEqual((movement["number"], movement["balance"]), (older.name, "10.00"))
        with patch.object(api, "MAX_MOVEMENTS", 1):
            answer = self._ask("/statement")
            self.assertEqual(answer.status_code, 400)
            self.assertEqual(answer.json()["error"]["code"], "too_long")
            self.assertEqual(self._ask(f"/statement?date_end={day}").status_code, 200)

    def test_files_are_what_the_pages_give(self):
        invoice, order, file = self.documents["alfa"].values()
        for path in (f"/invoices/{invoice.id}/file", f"/quotes/{order.id}/file"):
            answer = self._ask(path)
            self.assertTrue(answer.content.startswith(b"%PDF"), path)
            self.assertIn("attachment", answer.headers["Content-Disposition"])
        content = make_pdf("Precios")
        file.write({"file": base64.b64encode(content)})
        self.assertEqual(self._ask(f"/files/{file.id}/file").content, content)

    def test_answers_in_the_reader_s_language(self):
        self.user_full.lang = "es_ES"
        [row] = [
            row
            for row in self._ask("/invoices").json()["items"]
            if row["id"] == self.documents["alfa"]["invoices"].id
        ]
        self.assertEqual((row["state"], row["state_text"]), ("pending", "Pendiente"))

    def test_limits(self):
        self._key("full")
        with patch.dict(api.LIMITS, {"api.user": 2}):
            statuses = [self._ask("/invoices").status_code for _number in range(3)]
            self.assertEqual(statuses, [200, 200, 429])
            answer = self._ask("/invoices")
            self._assert_told(answer, "/invoices")
            self.assertLessEqual(int(answer.headers["Retry-After"]), 3600)
            self.assertEqual(self._ask("/invoices", "stranger").status_code, 200)
        with patch.dict(api.LIMITS, {"api.network": 1}):
            self.assertEqual(self._ask("/invoices", "own").status_code, 429)
            self.assertEqual(self._ask("/invoices", key="").status_code, 429)
