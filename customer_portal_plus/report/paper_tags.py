"""What a paper tells programs that read it aloud: headings, texts, tables, pictures, in order.

reportlab 4.4 draws and says nothing of this, but lets a canvas and a file's catalogue have more
than it writes itself. Here are the marks around what is drawn, and the tree of what they are
(ISO 32000-1, 14.7 and 14.8). What has no meaning (lines, grounds, the edges of pages, logos beside
the company's name) is marked as an artifact.

What lies in a table that only puts things beside one another is read in the order in which it is
drawn, row by row.
"""

from contextlib import contextmanager

from reportlab import platypus
from reportlab.pdfbase.pdfdoc import PDFName, PDFObject, PDFObjectReference, PDFPage, PDFString
from reportlab.platypus.tables import TableRenderCB

# Styles of paragraphs that are more than a paragraph.
HEADINGS = {"title": "H1", "heading": "H2"}
# A page that has marks names its row in the tree's table of parents.
PAGE_KEYS = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]


class Element(PDFObject):
    """A node of the tree, and how it is written to the file.

    :ivar str kind: ``P``, ``H1``, ``Table``, ``TR``, ``TH``, ``TD``, ``Figure``, …
    :ivar str more: what else its dictionary says, as it is written
    :ivar list kids: elements, and pairs of a page's number (from 1) and a mark's on that page
    """

    __RefOnly__ = 1

    def __init__(self, kind, parent, more="", description=""):
        self.kind, self.parent, self.more, self.description = kind, parent, more, description
        self.kids = []
        if isinstance(parent, Element):
            parent.kids.append(self)

    def format(self, document):
        parts = [f"/S/{self.kind}", f"/P {_reference(document, self.parent)}", self.more]
        if self.description:
            parts.append(f"/Alt {PDFString(self.description).format(document).decode('latin-1')}")
        pages = [kid[0] for kid in self.kids if isinstance(kid, tuple)]
        if pages:
            parts.append(f"/Pg {_page(document, pages[0])}")
        kids = [self._format_kid(document, kid, pages) for kid in self.kids]
        if kids:
            parts.append(f"/K[{' '.join(kids)}]")
        return f"<<{''.join(parts)}>>".encode("latin-1")

    def _format_kid(self, document, kid, pages):
        if isinstance(kid, Element):
            return _reference(document, kid)
        page, mark = kid
        if page == pages[0]:
            return str(mark)
        return f"<</Type/MCR/Pg {_page(document, page)}/MCID {mark}>>"


class _Written(PDFObject):
    """An object of the file whose text is put together when the file is written."""

    __RefOnly__ = 1

    def __init__(self, make):
        self._make = make

    def format(self, document):
        return self._make(document).encode("latin-1")


class Tags:
    """The tree of one paper, while it is drawn."""

    def __init__(self):
        self._root = _Written(self._format_root)
        self._paper = Element("Document", self._root)
        # What is drawn belongs to the last one; None while it has no meaning.
        self._open = [self._paper]
        # By page: the element of each mark.
        self._marks = {}

    def element(self, kind, **values):
        """Add an element to what is open, and return it; none where nothing has a meaning."""
        return Element(kind, self._open[-1], **values) if self._open[-1] else None

    def push(self, element):
        """Open an element: what is drawn from now on belongs to it; to none, if it is None."""
        self._open.append(element)

    def pop(self):
        """Close what was opened last."""
        self._open.pop()

    @property
    def is_in_cell(self):
        """Whether what is drawn is in a cell of a table that has a meaning."""
        return self._open[-1] is not None and self._open[-1].kind in ("TH", "TD")

    @contextmanager
    def drawn(self, canvas, element=None):
        """Mark what is drawn inside as an element's.

        :param element: of it; if None, of what is open
        """
        self.begin(canvas, element or self._open[-1])
        yield
        self.end(canvas)

    def begin(self, canvas, element=None):
        """Begin a mark; without an element, of what has no meaning."""
        if element is None:
            canvas.addLiteral("/Artifact BMC")
            return
        page = canvas.getPageNumber()
        marks = self._marks.setdefault(page, [])
        element.kids.append((page, len(marks)))
        canvas.addLiteral(f"/{element.kind} <</MCID {len(marks)}>> BDC")
        marks.append(element)

    def end(self, canvas):
        """End a mark."""
        canvas.addLiteral("EMC")

    def put_into(self, document):
        """Put the tree into a file whose pages are all drawn.

        :param reportlab.pdfbase.pdfdoc.PDFDocument document: the file
        """
        for number, page in enumerate(document.Pages.pages):
            page.__NoDefault__ = PAGE_KEYS
            page.StructParents = number
            page.Tabs = PDFName("S")
        document.Catalog.MarkInfo = _Written(lambda document: "<</Marked true>>")
        document.Catalog.StructTreeRoot = self._root

    def _format_root(self, document):
        rows = [
            f"{page - 1}[{' '.join(_reference(document, one) for one in marks)}]"
            for page, marks in sorted(self._marks.items())
        ]
        return (
            f"<</Type/StructTreeRoot/K {_reference(document, self._paper)}"
            f"/ParentTree<</Nums[{' '.join(rows)}]>>"
            f"/ParentTreeNextKey {len(document.Pages.pages)}>>"
        )


def _reference(document, thing):
    return document.Reference(thing).format(document).decode()


def _page(document, number):
    return PDFObjectReference(f"Page{number}").format(document).decode()


# === WHAT IS DRAWN === #


class Paragraph(platypus.Paragraph):
    """A paragraph or a heading, by its style; in a cell of a table, what the cell says."""

    def draw(self):
        """Override: marked."""
        tags = self.canv.tags
        element = None
        if not tags.is_in_cell:
            element = tags.element(HEADINGS.get(self.style.name, "P"))
        with tags.drawn(self.canv, element):
            super().draw()


class Picture(platypus.Image):
    """A picture; without a description it has no meaning of its own."""

    description = ""

    def draw(self):
        """Override: marked."""
        tags = self.canv.tags
        if not self.description:
            tags.push(None)
        element = tags.element("Figure", description=self.description)
        with tags.drawn(self.canv, element):
            super().draw()
        if not self.description:
            tags.pop()


class TableTags(TableRenderCB):
    """Tells of one table, however many pages it takes: to be given to it as ``renderCB``.

    :param int head_rows: how many rows are heads of columns; ``repeatRows`` of them are drawn
        again on each page, and told of once
    :param int head_columns: how many columns are heads of rows
    """

    def __init__(self, head_rows=1, head_columns=0):
        self._head_rows, self._head_columns = head_rows, head_columns
        self._table = self._row = None
        self._columns = 0
        self._goes_on = self._is_text = False

    def startTable(self, table):
        tags = table.canv.tags
        self._goes_on = self._table is not None
        self._table = self._table or tags.element("Table")
        tags.push(self._table)

    def endTable(self, table):
        table.canv.tags.pop()

    def startBG(self, table):
        table.canv.tags.begin(table.canv)

    def endBG(self, table):
        table.canv.tags.end(table.canv)

    startLines, endLines = startBG, endBG

    def startRow(self, table, row):
        tags = table.canv.tags
        is_again = self._goes_on and row < self._head_rows
        self._row = None if is_again else tags.element("TR")
        tags.push(self._row)

    def endRow(self, table):
        table.canv.tags.pop()
        cells = self._row.kids if self._row else []
        self._columns = max(self._columns, len(cells))
        if len(cells) == 1 < self._columns:
            cells[0].more = f"/A<</O/Table/ColSpan {self._columns}>>"

    def startCell(self, table, row, column, value, style, pos, size):
        tags = table.canv.tags
        if not self._goes_on and row < self._head_rows:
            cell = tags.element("TH", more="/A<</O/Table/Scope/Column>>")
        elif column < self._head_columns:
            cell = tags.element("TH", more="/A<</O/Table/Scope/Row>>")
        else:
            cell = tags.element("TD")
        tags.push(cell)
        # A cell of plain text is drawn by the table itself.
        self._is_text = isinstance(value, str) and bool(value)
        if self._is_text:
            tags.begin(table.canv, cell)

    def endCell(self, table):
        if self._is_text:
            table.canv.tags.end(table.canv)
        table.canv.tags.pop()
