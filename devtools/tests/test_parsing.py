"""The addon's readers of text; they need no Odoo."""

import importlib.util
from types import SimpleNamespace

import pytest

from devtools.common import CHECKOUT

_spec = importlib.util.spec_from_file_location(
    "parsing", CHECKOUT / "customer_portal_plus" / "tools" / "parsing.py"
)
parsing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parsing)

EURO, DINAR, YEN = (SimpleNamespace(decimal_places=places) for places in (2, 3, 0))
ENGLISH, SPANISH = (SimpleNamespace(decimal_point=mark) for mark in (".", ","))


@pytest.mark.parametrize(
    "value, id_",
    [
        ("7", 7),
        (7, 7),
        ("2147483647", 2147483647),
        ("2147483648", 0),
        (2147483648, 0),
        ("0", 0),
        ("-1", 0),
        (-1, 0),
        ("", 0),
        (None, 0),
        (True, 0),
        (7.0, 0),
        ("7 ", 0),
        ("٣", 0),
        ("²", 0),
        ("9" * 5000, 0),
        ([7], 0),
        ({}, 0),
    ],
)
def test_parse_id(value, id_):
    assert parsing.parse_id(value) == id_


def test_parse_ids():
    assert parsing.parse_ids(["3", "x", 2, None, "3"]) == [3, 2, 3]


@pytest.mark.parametrize(
    "text, value",
    [
        ("150", 150.0),
        ("0", 0.0),
        ("150,5", 150.5),
        ("150.5", 150.5),
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("1.234", 1234.0),
        ("1,234", 1234.0),
        ("0.123", 0.123),
        ("0,123", 0.123),
        ("12.", 12.0),
        ("1 234,50 €", 1234.5),
        ("1\u00a0234,50\u00a0EUR", 1234.5),
        ("EUR 12", 12.0),
        ("1'234.50", 1234.5),
        ("1.234.567", 1234567.0),
        ("1.234.567,89", 1234567.89),
        ("1234.567,89", None),
        ("1.23.456", None),
        ("1,234,50", None),
        ("-1", None),
        ("1e5", None),
        ("NaN", None),
        ("inf", None),
        ("", None),
        ("€", None),
        (".", None),
        ("٣", None),
        ("1" * 16, None),
        ("9" * 5000, None),
        (None, None),
        (12, None),
        ("1\x002", None),
    ],
)
def test_parse_money(text, value):
    for lang in (ENGLISH, SPANISH):
        assert parsing.parse_money(text, EURO, lang) == value


@pytest.mark.parametrize(
    "text, currency, lang, value",
    [
        ("12.345", DINAR, ENGLISH, 12.345),
        ("12,345", DINAR, ENGLISH, 12345.0),
        ("12.345", DINAR, SPANISH, 12345.0),
        ("12,345", DINAR, SPANISH, 12.345),
        ("1.234,567", DINAR, ENGLISH, 1234.567),
        ("12.345", YEN, ENGLISH, 12345.0),
        ("1.234.567", DINAR, ENGLISH, 1234567.0),
    ],
)
def test_money_by_currency_and_language(text, currency, lang, value):
    assert parsing.parse_money(text, currency, lang) == value


@pytest.mark.parametrize(
    "text, lang, value",
    [
        ("12", ENGLISH, 12.0),
        ("1.5", ENGLISH, 1.5),
        ("1,5", ENGLISH, 1.5),
        ("1,5", SPANISH, 1.5),
        ("1.234", ENGLISH, 1.234),
        ("1.234", SPANISH, 1234.0),
        ("1.234,5", SPANISH, 1234.5),
        ("1,234.5", SPANISH, 1234.5),
        ("0", SPANISH, 0.0),
        *((text, ENGLISH, None) for text in ("", "-1", "1e3", "NaN", "two", "1 or 2", None, 7)),
    ],
)
def test_parse_quantity(text, lang, value):
    assert parsing.parse_quantity(text, lang) == value


@pytest.mark.parametrize(
    "url",
    [
        "/my",
        "/my/invoices?filterby=overdue#list",
        "/my/account/",
        "/my/files/a%20b.pdf",
        "/my?next=//elsewhere.example",
    ],
)
def test_portal_paths(url):
    assert parsing.parse_portal_path(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "/",
        "/myself",
        "//elsewhere.example/my",
        "https://elsewhere.example/my",
        "javascript:alert(1)",
        "/my//elsewhere",
        "/my/../web/session/logout",
        "/my/%2e%2e/web/session/logout",
        "/my/%252e%252e/web/session/logout",
        "/my/%25252e%25252e/web/session/logout",
        "/my/%2525252e%2525252e/web",
        "/my/./x",
        "/my/%2f%2felsewhere",
        "/my/%5c..",
        "/my\\..\\web",
        "/my/\n",
        "/my/%0d%0aSet-Cookie:x",
        "/my/ñ",
        "/my/" + "a" * 500,
        "/shop",
    ],
)
def test_other_paths(url):
    assert parsing.parse_portal_path(url) == "/my"


def test_other_beginnings():
    assert parsing.parse_portal_path("/shop/x", "/my/y", also=("/shop",)) == "/shop/x"
    assert parsing.parse_portal_path("/shopping", "/my/y", also=("/shop",)) == "/my/y"


@pytest.mark.parametrize(
    "text, address",
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana.Castro+x@sub.example.co.uk ", "Ana.Castro+x@sub.example.co.uk"),
        ("o'hara@example.com", "o'hara@example.com"),
        ("jose_p@mañana.es", "jose_p@mañana.es"),
        ("a@xn--maana-pta.es", "a@xn--maana-pta.es"),
        ("x" * 242 + "@example.com", "x" * 242 + "@example.com"),
        ("x" * 243 + "@example.com", ""),
        ("a@b", ""),
        ("a@b.c", ""),
        ("a@1.2.3.4", ""),
        ("a@-b.com", ""),
        ("a@b-.com", ""),
        ("a@b..com", ""),
        (".a@example.com", ""),
        ("a.@example.com", ""),
        ("a..b@example.com", ""),
        ("a b@example.com", ""),
        ("a@example.com\nb@example.com", ""),
        ("a@b@example.com", ""),
        ("<script>@example.com", ""),
        ("Ana <ana@example.com>", ""),
        ("a@example.com,b@example.com", ""),
        ("a\x00@example.com", ""),
        ("@example.com", ""),
        ("", ""),
        (None, ""),
        (7, ""),
        (b"a@example.com", ""),
    ],
)
def test_parse_address(text, address):
    assert parsing.parse_address(text) == address
