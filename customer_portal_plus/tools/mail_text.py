"""Mails as text: what programs without HTML show, and the line beside a subject in an inbox."""

import re

from lxml import etree, html

# Of elements: nobody reads them, or not in a text.
_UNSEEN = {"head", "style", "script", "title", "img", "template"}
_BLOCKS = {
    "address", "article", "blockquote", "div", "dl", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
# Those with air around them.
_PARAGRAPHS = {"blockquote", "h1", "h2", "h3", "hr", "ol", "p", "table", "ul"}
_CELLS = {"td", "th"}
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
# Marks what says something of a picture alone.
_PICTURED = "cpp_wide"
_KEPT_LINES = re.compile(r"white-space\s*:\s*pre", re.I)
# Shorter first paragraphs greet.
_GREETING = 40
_SHOWN_LENGTH = 120


def to_text(body):
    """Return a mail as text that can be read: a line for each row of a table, an address behind
    what links to it.

    :param str body: HTML
    :rtype: str
    """
    writer = _Writer()
    writer.put_element(_parse(body))
    lines = "".join(writer.parts).replace("\xa0", " ").split("\n")
    return "\n".join(re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in lines).strip()


def first_words(body):
    """Return what an inbox shows of a mail behind its subject: the first words that say something.

    :param str body: HTML of the text alone, without what is around it
    :rtype: str
    """
    paragraphs = [" ".join(part.split()) for part in to_text(body).split("\n\n")]
    if len(paragraphs) > 1 and len(paragraphs[0]) < _GREETING and paragraphs[0].endswith(","):
        paragraphs = paragraphs[1:]
    words = re.sub(r":? ?https?://\S+", "", " ".join(paragraphs))
    return shorten(words, _SHOWN_LENGTH)


def shorten(words, length):
    """Return a text, cut between two words and marked as cut if it is too long.

    :param str words: one line
    :param int length: characters at most, without the mark
    :rtype: str
    """
    if len(words) <= length:
        return words
    begun = words[:length]
    return (begun.rpartition(" ")[0] or begun).rstrip(",;:") + "…"


def _parse(body):
    try:
        return html.fromstring(f"<div>{body or ''}</div>")
    except (etree.ParserError, ValueError):
        return html.Element("div")


class _Writer:
    """Collects the text of elements in ``parts``; ends of lines wait for what follows them."""

    def __init__(self):
        self.parts = []
        self._ends = 0

    def put_element(self, element, keep_lines=False):
        """Write what is read of an element.

        :param element: of lxml
        :param bool keep_lines: whether its text is shown with the lines that it has
        """
        tag, style = element.tag, element.get("style") or ""
        if not isinstance(tag, str) or tag in _UNSEEN or _HIDDEN.search(style):
            return
        if _PICTURED in (element.get("class") or ""):
            return
        keep_lines = keep_lines or bool(_KEPT_LINES.search(style))
        ends = 2 if tag in _PARAGRAPHS else int(tag in _BLOCKS)
        self._ends = max(self._ends, ends)
        if tag == "br":
            self._ends = min(self._ends + 1, 2)
        elif tag == "li":
            self._put("- ")
        begun = len(self.parts)
        self._put(element.text, keep_lines)
        for child in element:
            self.put_element(child, keep_lines)
            self._put(child.tail, keep_lines)
        if tag == "a":
            self._put_address(element.get("href") or "", "".join(self.parts[begun:]).strip())
        elif tag in _CELLS:
            self._put("  ")
        self._ends = max(self._ends, ends)

    def _put(self, words, keep_lines=False):
        words = words or ""
        if not keep_lines:
            words = re.sub(r"[ \t\r\n\f\v]+", " ", words)
        if not words.strip(" "):
            if not self._ends and self.parts:
                self.parts.append(words)
            return
        if self._ends:
            words = words.lstrip(" ")
            if self.parts:
                self.parts.append("\n" * self._ends)
            self._ends = 0
        self.parts.append(words)

    def _put_address(self, url, words):
        if url.startswith(("http://", "https://")) and words and words != url:
            self._put(f": {url}")
