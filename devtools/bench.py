"""./dev bench: what the portal's pages and files cost, beside core's own and beside an empty page.

Two databases are filled with the same documents, one with core's modules only. Two servers answer
in turn the same requests of the same customer, so that whatever else the machine does slows both;
a page with nothing to load is asked for as often, and is what times are multiples of.
"""

import argparse
import datetime
import json
import platform
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests

from . import bench_staff, databases, grow, grow_prototypes
from .bench_client import PeakMemory, Visitor, throughput
from .browser import SECONDS
from .common import CHECKOUT, DevError, note, say
from .live_server import LiveServer
from .replica import replica_of, transactions

# An authenticated page with nothing to load.
FLOOR = "/my/security"


@dataclass
class Page:
    """A page that is measured.

    :param str core: the page of core that it is compared with
    :param float aim: how many times the floor it may take; 0 if nobody has said
    """

    name: str
    path: str
    core: str = ""
    aim: float = 0


@dataclass
class File:
    """A file that is measured.

    :param float aim: how many seconds it may take; 0 if nobody has said
    """

    name: str
    path: str
    aim: float = 0


PAGES = (
    Page("home", "/my", "/my", 2.5),
    Page("invoices", "/my/invoices", "/my/invoices", 2),
    Page("… by what is left", "/my/invoices?sortby=left", "/my/invoices?sortby=duedate", 2),
    Page("… overdue", "/my/invoices?filterby=overdue", "/my/invoices?filterby=overdue_invoices", 2),
    Page("… page 40", "/my/invoices/page/40", "/my/invoices/page/40", 2),
    Page("search for a rare word", "/my/invoices?search=zeppelin", "/my/invoices", 2),
    Page("search for “12”", "/my/invoices?search=12", "/my/invoices", 3),
    Page("one invoice", "/my/invoices/{invoice}", "/my/invoices/{invoice}", 1.5),
    Page("what is to be paid", "/my/pay", "/my/invoices", 2.5),
    Page("report a payment", "/my/payments/report", "/my/invoices", 2.5),
    Page("quotes", "/my/quotes", "/my/quotes", 2),
    Page("orders", "/my/orders", "/my/orders", 2),
    Page("payments", "/my/payments", "/my/invoices", 2),
    Page("statement", "/my/statement", "/my/invoices", 3),
    Page("purchases", "/my/purchases", "/my/invoices"),
    Page("search of all", "/my/search?search=000123", "/my/invoices", 3),
    Page("messages", "/my/messages", "/my/invoices", 2),
    Page("documents", "/my/documents", "/my/invoices", 2),
)


# What a guest may cost, in queries: page, status, aim.
GUEST_PAGES = (
    ("sign-in page, guest", "/web/login", 200, 15),
    ("invoice with a junk token", "/my/invoices/{invoice}?access_token=junk", 404, 5),
)
_ALWAYS = "date_begin=2000-01-01&date_end=2100-01-01"
FILES = (
    File("statement, CSV", f"/my/statement/export.csv?{_ALWAYS}", 0.6),
    File("statement, XLSX", f"/my/statement/export.xlsx?{_ALWAYS}", 1.5),
    File("statement of ten days, PDF", "/my/statement/export.pdf?{ten_days}", 2),
    File("list of invoices, CSV", "/my/invoices/export.csv?filterby=all"),
    File("list of invoices, XLSX", "/my/invoices/export.xlsx?filterby=all"),
)
# The same statement by the app of the Odoo Community Association, as staff get it.
OTHER_STATEMENT = "partner_statement"
OTHER_FILES = (
    ("XLSX", "/report/xlsx/p_s.report_activity_statement_xlsx/{customer}?options={options}"),
    ("HTML", "/report/html/partner_statement.activity_statement/{customer}?options={options}"),
)
FIRST_BYTE = 1  # second
MEMORY = 50  # MB that a file may add to a worker
# What is asked for without a pause by several browsers at once, and for how long.
BUSY_PATHS = ("/my/invoices", "/my/invoices/{invoice}")
BUSY_VISITORS = 4
BUSY_SECONDS = 8

# Invoices, those of who looks at them, customers.
SMALL = (100, 100, 2)
LARGE = (150_000, 50_000, 3000)


def main(arguments):
    """Measure, print tables and write them to a file; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Time the portal's pages and files beside core's own. Without a size: at"
        f" {SMALL[0]} invoices and at {LARGE[0]}.",
    )
    parser.add_argument("--invoices", type=int, help="measure at this size only")
    parser.add_argument("--largest", type=int, help="invoices of who looks at them")
    parser.add_argument("--customers", type=int, default=LARGE[2])
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for")
    parser.add_argument("--replica", action="store_true", help="also with a second PostgreSQL")
    parser.add_argument("--output", type=Path, help="where the tables go (benchmarks/SIZE.md)")
    options = parser.parse_args(arguments)
    if options.rounds < 2:
        raise DevError("--rounds is 2 at least.")
    sizes = (SMALL, LARGE)
    if options.invoices:
        largest = options.invoices // 3 if options.largest is None else options.largest
        sizes = ((options.invoices, largest, options.customers),)
    missed = []
    for invoices, largest, customers in sizes:
        size = argparse.Namespace(invoices=invoices, largest=largest, customers=customers)
        bench = _Bench(size, options.rounds)
        bench.run(options.replica)
        path = options.output or CHECKOUT / "benchmarks" / f"{invoices}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(bench.text())
        note(f"written to {path}")
        missed += bench.missed
    print(f"\nAims missed: {len(missed)}" + "".join(f"\n  {line}" for line in missed))
    return 0


class _Bench:
    """The measures of one size.

    :ivar list missed: one line for each aim that was missed
    """

    def __init__(self, size, rounds):
        self.size, self.rounds = size, rounds
        self.missed = []
        self._text = []

    def text(self):
        """Return what was measured, as Markdown."""
        return "\n".join(self._text) + "\n"

    def _say(self, line=""):
        print(line, flush=True)
        self._text.append(line)

    def _row(self, *cells):
        self._say(f"| {' | '.join(str(cell) for cell in cells)} |")

    def _head(self, title, *columns):
        self._say()
        self._say(title)
        self._say()
        self._row(*columns)
        self._row("---", *("---:" for _column in columns[1:]))

    def _judge(self, name, value, aim, unit):
        """Return an aim for a table, marked where it is missed; note it then."""
        if not aim:
            return ""
        if value <= aim:
            return f"{aim:g}"
        self.missed.append(
            f"{self.size.invoices} invoices, {name}: {value:.3g} {unit}, not {aim:g}"
        )
        return f"**{aim:g}**"

    def run(self, with_replica):
        """Measure all; print it on the way."""
        size = self.size
        self._say(f"# {size.invoices:,} invoices, {size.largest:,} of them of who looks")
        self._say()
        self._say(
            f"{datetime.date.today()}, Python {platform.python_version()},"
            f" {self.rounds} rounds, one worker. Aims in bold are missed."
        )
        with (
            LiveServer(workers=1, with_addons=False) as core,
            LiveServer(workers=1) as ours,
        ):
            databases.install_more(core.cluster, core.database, [OTHER_STATEMENT], False)
            for server in (core, ours):
                grow.fill(server.cluster, server.database, size)
                server.restart()
            self._measure_pages(core, ours)
            self._measure_staff(core, ours)
            self._measure_guests(ours)
            self._measure_files(core, ours)
            self._measure_throughput(core, ours)
            if with_replica:
                self._measure_replica(ours)

    # === PAGES === #

    def _measure_pages(self, core, ours):
        say(f"{len(PAGES)} pages, {self.rounds} times each")
        core_visitor, visitor = Visitor(core), Visitor(ours)
        core_invoice, invoice = core_visitor.first_invoice(), visitor.first_invoice()
        queries, _cursor = visitor.inspect(FLOOR)
        self._head(
            f"Milliseconds; the floor is `{FLOOR}`, with {queries} queries.",
            *("page", "floor", "core", "ours", "p95", "× floor", "aim", "× core"),
            *("queries", "core's", "kB"),
        )
        for page in PAGES:
            path, core_path = (
                page.path.format(invoice=invoice),
                page.core.format(invoice=core_invoice),
            )
            (floor, other, median), p95, answer = self._time(
                lambda: visitor.ask(FLOOR),
                lambda path=core_path: core_visitor.ask(path),
                lambda path=path: visitor.ask(path),
            )
            self._row(
                page.name,
                *(f"{value:.0f}" for value in (floor, other, median, p95)),
                f"{median / floor:.2f}",
                self._judge(page.name, median / floor, page.aim, "× floor"),
                f"{median / other:.2f}" + ("" if page.core == page.path else " ¹"),
                visitor.inspect(path)[0],
                core_visitor.inspect(core_path)[0],
                f"{answer.size / 1000:.0f}",
            )
        self._say()
        self._say("¹ core has no such page: compared with its list of invoices or what is nearest.")

    def _measure_staff(self, core, ours):
        say("pages of staff")
        core_visitor, visitor = (Visitor(one, login=bench_staff.LOGIN) for one in (core, ours))
        floor, other = bench_staff.FLOOR.call(), bench_staff.CORE_INVOICES.call()
        self._head(
            "Staff, milliseconds; the floor is a list of languages, core is its list of invoices.",
            *("page", "floor", "core", "ours", "p95", "× floor", "× core", "queries", "kB"),
        )
        for name, call in bench_staff.calls(visitor):
            medians, p95, answer = self._time(
                lambda: visitor.ask(*floor),
                lambda: core_visitor.ask(*other),
                lambda call=call: visitor.ask(*call),
            )
            self._row(
                name,
                *(f"{value:.0f}" for value in (*medians, p95)),
                f"{medians[2] / medians[0]:.2f}",
                f"{medians[2] / medians[1]:.2f}",
                visitor.inspect(*call)[0],
                f"{answer.size / 1000:.0f}",
            )

    def _time(self, *asks):
        """Ask in turn, for all rounds.

        :param asks: functions that return an :class:`Answer`; the last one is what is measured
        :return: the medians in milliseconds, the last one's 95th percentile and its last answer
        :rtype: tuple[list[float], float, Answer]
        """
        rounds = []
        for _number in range(self.rounds + 1):
            rounds.append([ask() for ask in asks])
        # The first one warms up.
        times = [[answer.total for answer in column] for column in zip(*rounds[1:], strict=True)]
        p95 = statistics.quantiles(times[-1], n=20)[-1]
        return [statistics.median(column) for column in times], p95, rounds[-1][-1]

    def _measure_guests(self, ours):
        guest, invoice = Visitor(ours, guest=True), Visitor(ours).first_invoice()
        self._head("Queries.", "page", "queries", "aim")
        for name, path, status, aim in GUEST_PAGES:
            path = path.format(invoice=invoice)
            guest.ask(path, status=status)
            queries, _cursor = guest.inspect(path, status=status)
            self._row(name, queries, self._judge(name, queries, aim, "queries"))

    # === FILES === #

    def _measure_files(self, core, ours):
        say("files")
        today = datetime.date.today()
        begin = today - datetime.timedelta(days=210)
        end = begin + datetime.timedelta(days=9)
        ten_days = f"date_begin={begin}&date_end={end}"
        self._head(
            "Seconds; memory is what one worker takes more than before, for the first download of a"
            " worker and for the second.",
            *("file", "first byte", "all", "aim", "MB, first", "MB, second", "kB of file"),
        )
        for file in FILES:
            answer, grown = self._download(ours, file.path.format(ten_days=ten_days))
            first, total = answer.first / 1000, answer.total / 1000
            if file.aim:
                self._judge(f"{file.name}, first byte", first, FIRST_BYTE, "s")
            self._judge(f"{file.name}, memory", grown[0], MEMORY, "MB")
            self._row(
                file.name,
                f"{first:.2f}",
                f"{total:.2f}",
                self._judge(file.name, total, file.aim, "s"),
                *(f"{one:.0f}" for one in grown),
                f"{answer.size / 1000:.0f}",
            )
        for kind, path in OTHER_FILES:
            try:
                answer, grown = self._download(core, self._other_path(core, path), login="admin")
            except requests.Timeout:
                self._row(f"`{OTHER_STATEMENT}`, {kind}", "", f"over {SECONDS}", *[""] * 4)
                continue
            self._row(
                f"`{OTHER_STATEMENT}`, {kind}",
                f"{answer.first / 1000:.2f}",
                f"{answer.total / 1000:.2f}",
                "",
                *(f"{one:.0f}" for one in grown),
                f"{answer.size / 1000:.0f}",
            )

    def _download(self, server, path, **visitor):
        """Ask a fresh worker for a file, twice.

        :return: the second answer, and by how many MB the worker grew for each
        :rtype: tuple[Answer, list[float]]
        """
        server.restart()
        visitor = Visitor(server, **visitor)
        visitor.ask("/web/health")
        grown = []
        for _number in range(2):
            with PeakMemory(server) as memory:
                answer = visitor.ask(path)
            grown.append(memory.bytes / 1e6)
        return answer, grown

    def _other_path(self, core, path):
        """Return where the other app's statement of the same customer is."""
        with core.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.commercial_partner_id FROM res_users u"
                " JOIN res_partner p ON p.id = u.partner_id WHERE u.login = %s",
                [grow_prototypes.LOGIN],
            )
            ((customer,),) = cursor.fetchall()
            cursor.execute(
                "SELECT company_id FROM account_move WHERE commercial_partner_id = %s LIMIT 1",
                [customer],
            )
            ((company,),) = cursor.fetchall()
        options = {
            "date_start": "2000-01-01",
            "date_end": str(datetime.date.today()),
            "company_id": company,
            "partner_ids": [customer],
            "show_aging_buckets": True,
            "show_only_overdue": False,
            "filter_non_due_partners": False,
            "account_type": "asset_receivable",
            "aging_type": "days",
            "filter_negative_balances": False,
            "excluded_accounts_ids": [],
            "is_activity": True,
        }
        return path.format(customer=customer, options=quote(json.dumps(options)))

    # === MANY AT ONCE === #

    def _measure_throughput(self, core, ours):
        say("throughput")
        self._head(
            f"Requests a second, {BUSY_VISITORS} browsers asking without a pause.",
            *("page", "core, 1 worker", "ours, 1 worker", "core, 2 workers", "ours, 2 workers"),
        )
        rates = {path: [] for path in BUSY_PATHS}
        for workers in (1, 2):
            for server in (core, ours):
                server.workers = workers
                server.restart()
                visitors = [Visitor(server) for _number in range(BUSY_VISITORS)]
                invoice = visitors[0].first_invoice()
                for path in BUSY_PATHS:
                    there = path.format(invoice=invoice)
                    throughput(visitors, there, 1)
                    rates[path].append(throughput(visitors, there, BUSY_SECONDS))
        for path, found in rates.items():
            self._row(f"`{path}`", *(f"{rate:.1f}" for rate in found))

    # === A SECOND DATABASE SERVER === #

    def _measure_replica(self, ours):
        ours.workers = 1
        with replica_of(ours.cluster) as replica:
            ours.options = (f"--db_replica_host={replica.socket}", "--db_replica_port=5432")
            ours.restart()
            visitor = Visitor(ours)
            invoice = visitor.first_invoice()
            self._head(
                "With a streaming replica: what Odoo's log calls the cursor of each page.",
                *("page", "cursor"),
            )
            for page in PAGES:
                path = page.path.format(invoice=invoice)
                visitor.ask(path)
                _queries, cursor = visitor.inspect(path)
                self._row(page.name, cursor)
            counts = [transactions(one, ours.database) for one in (replica, ours.cluster)]
            for page in PAGES:
                for _number in range(self.rounds):
                    visitor.ask(page.path.format(invoice=invoice))
            # Servers count transactions a second late.
            time.sleep(2)
            on_replica, on_primary = (
                transactions(one, ours.database) - before
                for one, before in zip((replica, ours.cluster), counts, strict=True)
            )
            self._say()
            self._say(
                f"{len(PAGES) * self.rounds} requests: {on_replica} transactions on the replica,"
                f" {on_primary} on the primary."
            )
            ours.options = ()
            ours.restart()
