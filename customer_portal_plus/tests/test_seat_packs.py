"""All customers' invoices of a period in one archive, each by that customer's profile."""

from unittest.mock import patch

from odoo.http import root
from odoo.tests import tagged

from ..models.payment import customer_portal_pack, customer_portal_pack_stream
from .common.seats import SeatCase
from .test_packs import INDEX, PackCase

URL = "/my/seats/download"


@tagged("post_install", "-at_install")
class TestSeatPacks(SeatCase, PackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat_beta = cls._create_seat(cls.user_holder, cls.beta, cls.profile_accounting)
        cls.own = cls._create_invoice(cls.firm, 7.0)
        cls.gamma = cls._create_customer("Gamma SL")
        cls.not_its = cls._create_invoice(cls.gamma, 9.0)
        for document in cls.own | cls.not_its:
            cls._keep(document, f"{document.name}.pdf", b"%PDF official of " + cls._mark(document))
        cls.everything = cls.all | cls.foreign | cls.own

    def setUp(self):
        super().setUp()
        self.sign_in(self.user_holder)

    def _get(self, **data):
        return self.post_form(URL, data=data, page="/my/seats")

    def _path(self, document):
        number = document.name.replace("/", "_")
        return f"{document.commercial_partner_id.name}/{number}.pdf"

    def _assert_has(self, response, documents):
        files = self._read(response)
        self.assertEqual(set(files), {*map(self._path, documents), *INDEX})
        for document in documents:
            self.assertIn(self._mark(document), files[self._path(document)])
        return files

    def _packs(self):
        self.env.invalidate_all()
        return self.env["customer.portal.pack"].search([("user_id", "=", self.user_holder.id)])

    def test_a_folder_for_each_customer(self):
        files = self._assert_has(self._get(), self.everything)
        rows = {row["Number"]: row for row in self._table(files)}
        self.assertEqual(rows[self.foreign.name]["Customer"], self.beta.name)
        self.assertEqual(rows[self.foreign.name]["Files"], self._path(self.foreign))
        self.assertEqual(len(rows), len(self.everything))

    def test_two_customers_of_one_name(self):
        self.beta.name = self.alfa.name.upper()
        names = set(self._read(self._get()))
        folders = {name.partition("/")[0] for name in names - INDEX}
        self.assertEqual(len({folder.lower() for folder in folders}), 3)

    def test_name_that_leads_out(self):
        self.beta.name = "../../etc/index.csv"
        names = set(self._read(self._get())) - INDEX
        self.assertEqual(len(names), len(self.everything))
        self.assertFalse([name for name in names if ".." in name.split("/")])
        self.assertEqual({name.count("/") for name in names}, {1})

    def test_period(self):
        day = self.new.invoice_date.isoformat()
        self._assert_has(self._get(date_begin=day, date_end=day), self.new)
        later = {"date_begin": "2099-01-01", "date_end": "2099-12-31"}
        answer = self._get(**later)
        self.assertIn("There are no invoices of this period", answer.text)
        self.assertIn("2099-01-01", answer.url)
        # The wrong way round, and nonsense.
        begin, end = self.old.invoice_date.isoformat(), self.new.invoice_date.isoformat()
        self._assert_has(self._get(date_begin=end, date_end=begin), self.old | self.new)
        self._assert_has(self._get(date_begin="x", date_end="9999-99-99"), self.everything)

    def test_offered_on_the_page(self):
        page = self.url_open("/my/seats").text
        self.assertNotIn(URL, page)
        page = self.url_open("/my/seats?date_begin=2026-01-01").text
        self.assertIn(f'action="{URL}"', page)
        self._act()
        self.assertNotIn(URL, self.url_open("/my/seats?date_begin=2026-01-01").text)

    def test_each_by_the_profile_of_its_seat(self):
        self.seat_beta.contact_id.portal_profile_id = self.profile_purchasing.copy(
            {"name": "No invoices", "can_see_invoices": False}
        )
        self._assert_has(self._get(), self.everything - self.foreign)
        self.seat_beta.contact_id.portal_profile_id = self.profile_own
        self._assert_has(self._get(), self.everything - self.foreign)
        self.seat_beta.contact_id.portal_profile_id = self.profile_full
        self.new.portal_visible = False
        self._assert_has(self._get(), self.everything - self.new)
        self.alfa.portal_access = False
        self._assert_has(self._get(), self.foreign | self.own)

    def test_who_may_not(self):
        self.company.portal_allow_seats = False
        self.assertEqual(self.post_form(URL, page="/my/invoices").status_code, 404)
        self.company.portal_allow_seats = True
        self._act()
        self.assertIn("/my/seats/closed", self._get().url)
        self.sign_in(self.user_holder)
        self.session["portal_opened_by"] = "document_link"
        root.session_store.save(self.session)
        self.assertIn("/my/step_up", self._get().url)

    def test_log(self):
        self._get()
        events = self.env["customer.portal.event"].search([("kind", "=", "download")])
        told = {(event.customer_id, event.partner_id) for event in events}
        self.assertEqual(
            told,
            {
                (self.alfa, self.seat.contact_id),
                (self.beta, self.seat_beta.contact_id),
                (self.firm, self.user_holder.partner_id),
            },
        )
        self.assertEqual(len(events), len(self.everything))

    def test_taken_away_while_it_is_sent(self):
        """What was sent was sent; of the rest nothing leaves, and the index says so."""
        read = customer_portal_pack_stream.CustomerPortalPack._read_documents
        batches = []

        def ends_seat(packs, *args):
            batches.append(args)
            if len(batches) == 2:
                self.seat_beta.with_env(packs.sudo().env)._end()
            return read(packs, *args)

        self.patch(customer_portal_pack_stream, "READING_BATCH", 3)
        with patch.object(type(self.env["customer.portal.pack"]), "_read_documents", ends_seat):
            response = self._get()
        files = self._read(response)
        self.assertNotIn(self._path(self.foreign), files)
        self.assertIn(self._path(self.own), files)
        left_out = [row for row in self._table(files) if row["Remark"]]
        self.assertEqual([row["Number"] for row in left_out], [self.foreign.name])

    # === IN THE BACKGROUND === #

    def _ask_for_all(self):
        self._without_official_file(self.new, self.foreign)
        self.patch(customer_portal_pack, "MAX_MADE_AT_ONCE", 0)
        answer = self._get()
        self.assertRegex(answer.url, r"/my/invoices/packs/\d+$")
        return answer.url[len(self.base_url()) :]

    def test_made_in_the_background(self):
        url = self._ask_for_all()
        self.assertEqual(self._ask_for_all(), url, "the same again is the same archive")
        self.assertIn('href="/my/seats"', self.url_open(url).text)
        with patch.object(
            type(self.env["account.move"]),
            "_portal_print",
            lambda move: (b"%PDF printed " + move.name.encode(), move.name),
        ):
            self._make()
        self.assertEqual(self._packs().state, "ready")
        self.assertEqual(len(self._packs().file_ids), 2)
        self._assert_has(self._get_part(url), self.everything)
        self.seat_beta._end()
        self._assert_has(self._get_part(url), self.everything - self.foreign)
        # It is the person's own, and no colleague's nor the customer's.
        self.sign_in(self.user_full)
        self.assertNotIn("packs", self.url_open(url).url)

    def test_taken_away_before_it_is_made(self):
        self._ask_for_all()
        self.seat_beta._end()
        self._make()
        self.assertNotIn(self.foreign.id, self._packs().file_ids.mapped("move_ref"))

    def test_not_mixed_up_with_the_own_archive(self):
        """The same documents, asked for of the own account alone."""
        (self.seat | self.seat_beta)._end()
        self._without_official_file(self.own)
        self.patch(customer_portal_pack, "MAX_MADE_AT_ONCE", 0)
        of_all, alone = self._get().url, self._download([self.own]).url
        self.assertRegex(alone, r"/packs/\d+$")
        self.assertNotEqual(of_all, alone)
        self.assertEqual(sorted(self._packs().mapped("by_seats")), [False, True])

    def test_holder_without_invoices_of_its_own(self):
        url = self._ask_for_all()
        self.user_holder.partner_id.portal_profile_id = self.profile_purchasing.copy(
            {"name": "No invoices", "can_see_invoices": False}
        )
        self.assertIn("packs", self.url_open(url).url)
        (self.seat | self.seat_beta)._end()
        self.assertNotIn("packs", self.url_open(url).url)
        self._make()
        self.assertFalse(self._packs())

    def test_limits(self):
        self.patch(customer_portal_pack, "MAX_CHOSEN", 2)
        self.assertIn("at most 2 documents", self._get().text)
        self.patch(customer_portal_pack, "MAX_CHOSEN", 1000)
        self.patch(customer_portal_pack, "MAX_UNFINISHED", 0)
        self._without_official_file(self.new)
        self.patch(customer_portal_pack, "MAX_MADE_AT_ONCE", 0)
        self.assertIn("Several archives are being made", self._get().text)
