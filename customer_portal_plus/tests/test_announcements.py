"""Announcements on the home page: who is shown which, and until when."""

from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import PASSWORD, PortalHttpCase


@tagged("post_install", "-at_install")
class TestAnnouncements(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Announcement = cls.env["customer.portal.announcement"]
        cls.for_all = cls.Announcement.create(
            {"name": "Closed in August", "body": "<p>From <b>1</b> to 15.</p>"}
        )
        cls.for_alfa = cls.Announcement.create(
            {
                "name": "Your new contact",
                "audience": "customers",
                "customer_ids": cls.alfa.ids,
                "is_important": True,
            }
        )

    def _shown(self, user):
        self.env.invalidate_all()
        return self.Announcement._portal_find_for(user)

    def test_shown_to_those_it_is_meant_for(self):
        self.assertEqual(self._shown(self.user_full), self.for_alfa + self.for_all)
        self.assertEqual(self._shown(self.user_colleague), self.for_alfa + self.for_all)
        self.assertEqual(self._shown(self.user_stranger), self.for_all)
        self.assertEqual(self._shown(self.user_branch), self.for_all)
        self.assertFalse(self._shown(self.user_sales))

    def test_a_contact_that_was_chosen_stands_for_its_customer(self):
        self.for_alfa.customer_ids = self.user_own.partner_id
        self.assertIn(self.for_alfa, self._shown(self.user_full))
        self.assertNotIn(self.for_alfa, self._shown(self.user_branch))

    def test_shown_from_the_first_to_the_last_day(self):
        for begins, ends, shown in (
            (0, None, True),
            (0, 0, True),
            (-5, -1, False),
            (1, None, False),
            (-5, 5, True),
        ):
            self.for_all.write(
                {
                    "begins_on": self.today + timedelta(days=begins),
                    "ends_on": ends is not None and self.today + timedelta(days=ends),
                }
            )
            self.assertEqual(self.for_all in self._shown(self.user_stranger), shown, (begins, ends))
            self.assertEqual(self.for_all.state == "shown", shown, (begins, ends))

    def test_not_of_companies_that_the_contact_has_nothing_to_do_with(self):
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        self.for_all.company_id = other
        self.assertFalse(self._shown(self.user_stranger))
        self.for_all.company_id = self.company
        self.company.portal_enabled = False
        self.assertFalse(self._shown(self.user_stranger))

    def test_closed_for_one_contact_and_not_for_its_colleagues(self):
        self.authenticate(self.user_full.login, PASSWORD)
        page = self.url_open("/my").text
        self.assertIn("Closed in August", page)
        self.assertIn("<b>1</b>", page)
        self.assertLess(page.index("Your new contact"), page.index("Closed in August"))
        address = f"/my/announcements/{self.for_alfa.id}/close"
        response = self.url_open(address, data={"without": "token"}, allow_redirects=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(
            self.post_form(address, page="/my", allow_redirects=False).status_code, 303
        )
        self.assertEqual(
            self.post_form(address, page="/my", allow_redirects=False).status_code, 404
        )
        page = self.url_open("/my").text
        self.assertNotIn("Your new contact", page)
        self.assertIn("Closed in August", page)
        self.assertEqual(self.for_alfa.closing_ids.contact_id, self.user_full.partner_id)
        self.assertEqual(self.for_alfa.closing_count, 1)
        self.assertIn(self.for_alfa, self._shown(self.user_colleague))

    def test_what_staff_write_is_checked(self):
        with self.assertRaises(ValidationError):
            self.for_alfa.customer_ids = False
        with self.assertRaises(ValidationError):
            self.for_all.ends_on = self.today - timedelta(days=1)

    def test_who_writes_and_who_reads(self):
        self.for_all.with_user(self.user_accountant).name = "Open in August"
        self.assertEqual(self.for_all.with_user(self.user_sales).name, "Open in August")
        with self.assertRaises(AccessError):
            self.for_all.with_user(self.user_sales).name = "Closed"
        for user in (self.user_full, self.env.ref("base.public_user")):
            for record in (self.for_all, self.for_all.closing_ids):
                with self.subTest(user.login, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).search([])
