"""Where the demo's mails go: shown in the terminal and on a small page of this machine.

Nothing is sent anywhere. The page lists what came, with the links and codes of each mail, and
shows the HTML part as the receiver would see it, without scripts.
"""

import html
import re
import sys
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

_KEPT = 300
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_HREF = re.compile(r"""href=["'](https?://[^"']+)""")
# A code stands alone: not part of an amount, a date, a telephone number or a document's number.
_CODE = re.compile(r"(?<![\w/+.,:-])(?<!\d\s)(\d{3}[ -]?\d{3})(?!\s?\d)(?![\w/.,:-]*\w)")

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
       color: #222; background: #fff }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .4rem .6rem;
       border-bottom: 1px solid #ddd; vertical-align: top } code { font-size: 1.2em }
iframe { width: 100%; height: 40rem; border: 1px solid #ccc } pre { white-space: pre-wrap }
"""


@dataclass
class Mail:
    """One mail that came in."""

    number: int
    receivers: list
    raw: bytes = field(repr=False)

    def __post_init__(self):
        message = message_from_bytes(self.raw, policy=policy.default)
        self.subject = str(message.get("Subject", ""))
        self.sender = str(message.get("From", ""))
        self.date = str(message.get("Date", ""))
        self.text = _part(message, "plain")
        self.html = _part(message, "html")
        self.attachments = [part.get_filename() or "?" for part in message.iter_attachments()]
        readable = self.text or re.sub(r"<[^>]+>", " ", self.html)
        found = [html.unescape(link) for link in _HREF.findall(self.html)]
        found += [link.rstrip(".,;") for link in _LINK.findall(self.text)]
        self.links = list(dict.fromkeys(found))
        self.codes = list(dict.fromkeys(_CODE.findall(_LINK.sub(" ", readable))))


def _part(message, kind):
    """Return the text of the mail's part of a kind, or an empty text."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return part.get_content()
    except (LookupError, UnicodeError):
        return part.get_payload(decode=True).decode("utf-8", "replace")


class MailSink:
    """An SMTP server and a web page on the loopback address.

    :param int smtp_port: where mails come in
    :param int http_port: where the page is
    :param stream: where mails are announced
    """

    def __init__(self, smtp_port, http_port, stream=None):
        self.smtp_port = smtp_port
        self.http_port = http_port
        self.stream = stream or sys.stdout
        self.mails = []
        self._lock = threading.Lock()
        self._smtp = Controller(self, hostname="127.0.0.1", port=smtp_port)
        self._http = ThreadingHTTPServer(("127.0.0.1", http_port), _handler(self))

    def start(self):
        """Start both servers in threads of this process."""
        self._smtp.start()
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def stop(self):
        """Stop both servers."""
        self._smtp.stop()
        self._http.shutdown()
        self._http.server_close()

    async def handle_DATA(self, _server, _session, envelope):  # pylint: disable=invalid-name
        """Keep a mail; called by aiosmtpd."""
        with self._lock:
            number = self.mails[-1].number + 1 if self.mails else 1
            mail = Mail(number, list(envelope.rcpt_tos), envelope.content)
            self.mails = [*self.mails, mail][-_KEPT:]
        self._announce(mail)
        return "250 kept"

    def _announce(self, mail):
        # What a mail holds may come from anybody: control characters stay out of the terminal.
        subject = "".join(c for c in mail.subject if c.isprintable())
        lines = [f"mail to {', '.join(mail.receivers)}: {subject}"]
        lines += [f"  code {code}" for code in mail.codes[:2]]
        lines.append(f"  http://localhost:{self.http_port}/{mail.number}")
        print("\n".join(lines), file=self.stream, flush=True)


def _handler(sink):
    class Handler(BaseHTTPRequestHandler):
        """The page: a list, one mail, and its HTML part alone."""

        def do_GET(self):  # pylint: disable=invalid-name
            # Only by this machine's name: a foreign page must not read mails through a
            # name that it points here.
            host = (self.headers.get("Host") or "").rpartition(":")[0]
            if host not in ("localhost", "127.0.0.1"):
                return self._answer(403, "Forbidden")
            found = re.fullmatch(r"/(?:(\d+)(/html)?)?", self.path)
            if not found:
                return self._answer(404, "Not found")
            if not found[1]:
                return self._answer(200, _list_page(sink.mails))
            mail = next((mail for mail in sink.mails if mail.number == int(found[1])), None)
            if not mail:
                return self._answer(404, "Not found")
            if found[2]:
                body = f"<base target=_blank>{mail.html}"
                return self._answer(200, body, "sandbox allow-popups; script-src 'none'")
            return self._answer(200, _mail_page(mail))

        def _answer(
            self, status, body, content_policy="default-src 'self'; style-src 'unsafe-inline'"
        ):
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Content-Security-Policy", content_policy)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments):
            """Keep the terminal for mails."""

    return Handler


def _page(title, body):
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<style>{_STYLE}</style><body>{body}"
    )


def _list_page(mails):
    rows = "".join(
        f"<tr><td>{mail.number}<td><a href='/{mail.number}'>{html.escape(mail.subject) or '-'}</a>"
        f"<td>{html.escape(', '.join(mail.receivers))}"
        f"<td>{' '.join(f'<code>{html.escape(code)}</code>' for code in mail.codes)}"
        f"<td>{html.escape(mail.date)}"
        for mail in reversed(mails)
    )
    body = (
        "<h1>Mails of the demo</h1><p>Nothing leaves this machine. <a href='/'>Look again</a></p>"
    )
    if not rows:
        return _page("Mails of the demo", f"{body}<p>No mail has come yet.</p>")
    header = "<tr><th>No.<th>Subject<th>To<th>Codes<th>Date"
    return _page("Mails of the demo", f"{body}<table>{header}{rows}</table>")


def _mail_page(mail):
    links = "".join(
        f"<li><a rel=noreferrer href='{html.escape(link)}'>{html.escape(link)}</a>"
        for link in mail.links
    )
    codes = " ".join(f"<code>{html.escape(code)}</code>" for code in mail.codes)
    parts = [
        f"<p><a href='/'>All mails</a></p><h1>{html.escape(mail.subject)}</h1>",
        f"<p>From {html.escape(mail.sender)}<br>To {html.escape(', '.join(mail.receivers))}<br>",
        f"{html.escape(mail.date)}</p>",
    ]
    if codes:
        parts.append(f"<h2>Codes</h2><p>{codes}</p>")
    if links:
        parts.append(f"<h2>Links</h2><ul>{links}</ul>")
    if mail.attachments:
        parts.append(f"<h2>Attached</h2><p>{html.escape(', '.join(mail.attachments))}</p>")
    if mail.html:
        parts.append(
            "<h2>As it looks</h2><iframe sandbox='allow-popups' title='The mail'"
            f" src='/{mail.number}/html'></iframe>"
        )
    if mail.text:
        parts.append(f"<h2>Text</h2><pre>{html.escape(mail.text)}</pre>")
    return _page(mail.subject or "Mail", "".join(parts))
