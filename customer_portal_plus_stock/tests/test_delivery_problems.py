"""Reporting what is missing or damaged: no more than was shipped, with photos that are photos."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tests.common.document import make_image
from odoo.addons.customer_portal_plus.tests.common.signature import make_pdf

from .common import DeliveryCase

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@tagged("post_install", "-at_install")
class TestDeliveryProblems(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.move = cls.shipped.move_ids.filtered(lambda move: move.product_id == cls.product)
        cls.other = cls.shipped.move_ids - cls.move

    def _report(self, quantity="2", kind="shortage", note="", photos=None, move=None, user=None):
        """Report a problem as the page does."""
        user = user or self.user_full
        key = str((move or self.move).id)
        return self.shipped.with_user(user)._portal_report_problems(
            user.partner_id,
            {key: {"kind": kind, "quantity": quantity, "note": note}},
            {key: photos} if photos else {},
        )

    def _assert_refused(self, code, *args, **kwargs):
        with self.assertRaises(PortalRefusal) as caught, self.env.cr.savepoint():
            self._report(*args, **kwargs)
        self.assertEqual(caught.exception.code, code, str(caught.exception))
        self.env.invalidate_all()
        self.assertFalse(self.shipped.portal_problem_ids)

    # === BY THE PAGE === #

    def test_by_the_page(self):
        self.sign_in(self.user_full)
        url = f"{self.shipped.access_url}/problem"
        self.assertIn("(shipped: 6 Units)", self.url_open(url).text)
        answer = self.post_form(
            url,
            {
                f"kind_{self.move.id}": "damage",
                f"quantity_{self.move.id}": "2",
                f"note_{self.move.id}": "Caja rota",
                f"kind_{self.other.id}": "shortage",
                f"quantity_{self.other.id}": "",
            },
            files=[(f"photo_{self.move.id}", ("foto.png", make_image(), "image/png"))],
        )
        self.assertIn("we look into it", answer.text)
        self.assertIn("Caja rota", answer.text)
        self.assertIn("Problem reported", answer.text)
        problem = self.shipped.portal_problem_ids
        self.assertEqual((problem.kind, problem.quantity, problem.state), ("damage", 2, "open"))
        self.assertEqual((problem.contact_id, problem.move_id), (self.contact, self.move))
        self.assertEqual(problem.photo_ids.mapped("mimetype"), ["image/png"])
        # Staff: an activity on the transfer, and a conversation with the words and the photo.
        activity = self.shipped.activity_ids
        self.assertEqual(activity.user_id, self.user_sales)
        self.assertIn("Caja rota", activity.note)
        conversation = problem.conversation_id
        self.assertEqual(conversation.portal_picking_id, self.shipped)
        self.assertEqual(conversation.partner_id, self.contact)
        message = conversation._portal_messages()
        self.assertEqual(message.author_id, self.contact)
        self.assertIn("Caja rota", message.body)
        self.assertEqual(len(message.attachment_ids), 1)
        self.assertIn(f"/my/messages/{conversation.id}", answer.text)
        problem.action_solve()
        self.assertEqual(self.shipped._portal_state(), "shipped")
        self.assertIn("Solved", self.url_open(self.shipped.access_url).text)

    def test_error_keeps_what_was_typed(self):
        self.sign_in(self.user_full)
        answer = self.post_form(
            f"{self.shipped.access_url}/problem",
            {
                f"kind_{self.move.id}": "damage",
                f"quantity_{self.move.id}": "7",
                f"note_{self.move.id}": "Caja rota",
            },
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("no more than 6 Units", answer.text)
        self.assertIn("Caja rota", answer.text)
        self.assertFalse(self.shipped.portal_problem_ids)

    # === QUANTITIES === #

    def test_quantities(self):
        for quantity in ("7", "6.01", "999999999", "1e3", "-1", "0", "0.000", "two", "NaN", "inf"):
            with self.subTest(quantity=quantity):
                self._assert_refused("quantity", quantity, note="x")
        self._assert_refused("missing", "")
        self._assert_refused("quantity", "", note="words alone")
        self._assert_refused("kind", kind="theft")
        self._assert_refused("kind", kind=None)
        self._assert_refused("long", note="x" * 1001)

    def test_no_more_than_was_shipped_in_all(self):
        self._report("4")
        with self.assertRaises(PortalRefusal):
            self._report("3", kind="damage")
        self._report("2", kind="damage")
        with self.assertRaises(PortalRefusal):
            self._report("1")
        self.assertEqual(sum(self.shipped.portal_problem_ids.mapped("quantity")), 6)

    def test_quantity_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        spanish = self.shipped.with_user(self.user_full).with_context(lang="es_ES")
        key = str(self.move.id)
        spanish._portal_report_problems(
            self.contact, {key: {"kind": "shortage", "quantity": "1,5"}}, {}
        )
        self.assertEqual(self.shipped.portal_problem_ids.quantity, 1.5)

    def test_lines_of_another_delivery(self):
        for move in (self.foreign.move_ids[:1], self.backorder.move_ids[:1]):
            self._assert_refused("line", move=move)
        with self.assertRaises(PortalRefusal):
            self.shipped.with_user(self.user_full)._portal_report_problems(
                self.contact, {"abc": {"kind": "damage", "quantity": "1"}}, {}
            )

    # === PHOTOS === #

    def test_photos(self):
        for content in (SVG, b"", b"GIF89a", make_pdf(), make_image()[:40], b"\x89PNG\r\n\x1a\n"):
            self._assert_refused("type", photos=[("foto.png", content)])
        self._assert_refused("large", photos=[("foto.png", b"x" * (10 * 2**20 + 1))])
        self._assert_refused("many", photos=[("foto.png", make_image())] * 6)
        photo = self._report(photos=[("../../x.svg", make_image("JPEG"))]).photo_ids
        self.assertEqual((photo.name, photo.mimetype), ("x.jpg", "image/jpeg"))
        self.assertFalse(photo.public)

    def test_photo_without_a_quantity(self):
        with self.assertRaises(PortalRefusal) as caught:
            self.shipped.with_user(self.user_full)._portal_report_problems(
                self.contact,
                {str(self.move.id): {"kind": "damage", "quantity": "1"}},
                {str(self.other.id): [("foto.png", make_image())]},
            )
        self.assertEqual(caught.exception.code, "photo")

    def test_svg_and_huge_photo_by_the_page(self):
        self.sign_in(self.user_full)
        url = f"{self.shipped.access_url}/problem"
        form = {f"kind_{self.move.id}": "damage", f"quantity_{self.move.id}": "1"}
        for content, words in ((SVG, "must be a PNG"), (b"\x89PNG" * (15 * 2**20), "too large")):
            answer = self.post_form(
                url, form, files=[(f"photo_{self.move.id}", ("foto.png", content, "image/png"))]
            )
            self.assertEqual(answer.status_code, 422)
            self.assertIn(words, answer.text)
        # A file in the place of a text, and a text in the place of a file.
        answer = self.post_form(
            url,
            {**form, f"photo_{self.move.id}": "text"},
            files=[(f"quantity_{self.move.id}", ("a.txt", b"5", "text/plain"))],
        )
        self.assertLess(answer.status_code, 500)
        self.assertFalse(self.shipped.portal_problem_ids.filtered("photo_ids"))

    # === WHO === #

    def test_who_may_not(self):
        for user in (self.user_stranger, self.user_branch, self.user_own):
            self._assert_refused("shut", user=user)
        self.profile_full.can_confirm_receipt = False
        self._assert_refused("shut")
        self.profile_full.can_confirm_receipt = True
        self.company.portal_allow_receipt = False
        self._assert_refused("shut")
        self.company.portal_allow_receipt = True
        self.sign_in(self.user_stranger)
        self.post_form(
            f"{self.shipped.access_url}/problem",
            {f"kind_{self.move.id}": "damage", f"quantity_{self.move.id}": "1"},
            page="/my/account",
        )
        self.assertFalse(self.shipped.portal_problem_ids)

    def test_without_messages(self):
        """Who may not write reports all the same: staff have the activity."""
        for record, switch in (
            (self.company, "portal_allow_messages"),
            (self.profile_full, "can_message"),
        ):
            record[switch] = False
            self.assertFalse(self._report().conversation_id, switch)
            record[switch] = True
        self.assertTrue(self.shipped.activity_ids)

    def test_conversation_of_somebody_else(self):
        """A colleague sees what was reported, and the conversation if it is its to see."""
        self._report()
        [row] = self.shipped._portal_reported(self.user_colleague.partner_id)
        self.assertTrue(row["url"])
        self.profile_purchasing.can_message = False
        [row] = self.shipped._portal_reported(self.user_colleague.partner_id)
        self.assertFalse(row["url"])

    def test_told_as_the_company_chose(self):
        self.company.portal_tell_delivery = "none"
        self._report()
        self.assertFalse(self.shipped.activity_ids)

    def test_staff_find_it(self):
        self._report()
        self.assertEqual(self.shipped.portal_open_problem_count, 1)
        for user in (self.user_stock, self.user_sales):
            action = self.shipped.with_user(user).action_portal_problems()
            found = self.env[action["res_model"]].with_user(user).search(action["domain"])
            self.assertEqual(len(found), 1)
