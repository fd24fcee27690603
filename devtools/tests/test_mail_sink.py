"""The demo's mails are shown with what a person needs from them, and do no harm."""

import io
import smtplib
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from devtools.live_server import free_port
from devtools.mail_sink import Mail, MailSink


def _mail(text="", html=""):
    message = EmailMessage()
    message["Subject"] = "Hola <b>"
    message["From"] = "a@example.com"
    message["To"] = "b@example.com"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def sink():
    running = MailSink(free_port(), free_port(), io.StringIO())
    running.start()
    yield running
    running.stop()


def test_links_and_codes():
    html = '<p>Su código: <b>482913</b></p><a href="http://localhost:8069/my?a=1&amp;b=2">ir</a>'
    mail = Mail(1, ["b@example.com"], _mail("Su código: 482913", html).as_bytes())
    assert mail.codes == ["482913"]
    assert mail.links == ["http://localhost:8069/my?a=1&b=2"]


def test_numbers_that_are_no_codes():
    text = "INV/2026/000123, 123.456,00 EUR, http://localhost/my/999999 +34600123456 F-123456"
    assert Mail(1, [], _mail(text).as_bytes()).codes == []


def test_mail_is_kept_and_shown_harmlessly(sink):
    with smtplib.SMTP("127.0.0.1", sink.smtp_port) as smtp:
        smtp.send_message(_mail("Hi", "<script>alert(1)</script>"))
    page = f"http://127.0.0.1:{sink.http_port}"
    with urllib.request.urlopen(f"{page}/") as answer:
        assert "Hola &lt;b&gt;" in answer.read().decode()
    with urllib.request.urlopen(f"{page}/1/html") as answer:
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "Hola <b>" in sink.stream.getvalue()


def test_page_is_read_by_its_own_name_only(sink):
    request = urllib.request.Request(
        f"http://127.0.0.1:{sink.http_port}/", headers={"Host": "evil.example.com:80"}
    )
    with pytest.raises(urllib.error.HTTPError) as failure:
        urllib.request.urlopen(request)
    assert failure.value.code == 403
