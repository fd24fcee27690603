"""How a project is going: who is told, on Odoo's own page of the project and over RPC."""

import runpy
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..hooks import post_init_hook
from .test_project_documents import ProjectDocumentCase

SECTION = 'name="portal_progress"'


@tagged("post_install", "-at_install")
class TestProjectProgress(ProjectDocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_show_project_state = True
        cls.project.write({"allow_milestones": True, "privacy_visibility": "portal"})
        contacts = cls.user_full | cls.user_own | cls.user_stranger | cls.user_colleague
        for user in contacts:
            cls.project.message_subscribe(user.partner_id.ids)
        today = fields.Date.today()
        for name, days, reached in (("Plano", -9, True), ("Muros", -1, False), ("Fin", 9, False)):
            cls.env["project.milestone"].create(
                {
                    "name": f"Hito {name}",
                    "project_id": cls.project.id,
                    "deadline": today + timedelta(days=days),
                    "is_reached": reached,
                }
            )
        cls.env["project.update"].create(
            {
                "name": "Marcha interna",
                "project_id": cls.project.id,
                "status": "at_risk",
                "description": "<p>Margen reservado</p>",
            }
        )
        cls.done = cls._create_task("Hecha", "1_done")
        cls._create_task("Anulada", "1_canceled")
        cls.hidden = cls._create_task("Oculta", "1_done", follow=False)
        cls.task.message_subscribe(cls.alfa.ids)

    @classmethod
    def _create_task(cls, name, state, follow=True):
        task = cls.env["project.task"].create({"name": name, "project_id": cls.project.id})
        task.state = state
        followers = task.message_partner_ids
        task.message_unsubscribe(followers.ids)
        if follow:
            task.message_subscribe(cls.alfa.ids)
        return task

    def _page(self, user, query=""):
        self.sign_in(user)
        return self.url_open(f"/my/projects/{self.project.id}{query}").text

    def test_what_is_told(self):
        progress = self.project._portal_progress(self.user_full)
        self.assertEqual(progress["status"], {"label": "May be late", "tone": "waiting"})
        labels = [(one["name"], one["label"]) for one in progress["milestones"]]
        expected = [("Hito Plano", "Reached"), ("Hito Muros", "Late"), ("Hito Fin", "To come")]
        self.assertEqual(labels, expected)
        self.assertEqual((progress["done"], progress["total"]), (1, 2))
        page = self._page(self.user_full)
        self.assertIn(SECTION, page)
        self.assertIn("Hito Muros", page)
        self.assertNotIn("Margen reservado", page)
        self.assertNotIn("Marcha interna", page)

    def test_without_update_and_milestones(self):
        self.project.last_update_id.unlink()
        self.project.allow_milestones = False
        progress = self.project._portal_progress(self.user_full)
        self.assertIsNone(progress["status"])
        self.assertEqual(progress["milestones"], [])

    def test_switches(self):
        for record, switch in (
            (self.company, "portal_enabled"),
            (self.company, "portal_show_project_state"),
            (self.alfa, "portal_access"),
            (self.user_full.partner_id._portal_profile(), "can_see_project_state"),
        ):
            with self.subTest(switch=switch):
                record[switch] = False
                self.assertIsNone(self.project._portal_progress(self.user_full))
                record[switch] = True
                self.assertTrue(self.project._portal_progress(self.user_full))
        self.company.portal_show_project_state = False
        page = self._page(self.user_full)
        self.assertIn(self.project.name, page)
        self.assertNotIn(SECTION, page)

    def test_scope_own(self):
        self.assertIsNone(self.project._portal_progress(self.user_own))
        self.project.partner_id = self.user_own.partner_id
        self.assertTrue(self.project._portal_progress(self.user_own))

    def test_project_of_another_customer(self):
        """Who follows it sees its page, as Odoo has it, and not how it is going."""
        self.assertIsNone(self.project._portal_progress(self.user_stranger))
        page = self._page(self.user_stranger)
        self.assertIn(self.project.name, page)
        self.assertNotIn(SECTION, page)
        self.project.partner_id = False
        self.assertNotIn(SECTION, self._page(self.user_full))

    def test_privacy(self):
        token = self.project._portal_ensure_token()
        for privacy in ("followers", "employees"):
            with self.subTest(privacy=privacy):
                self.project.privacy_visibility = privacy
                self.assertIsNone(self.project._portal_progress(self.user_full))
                for query in ("", f"?access_token={token}"):
                    self.assertNotIn("Hito", self._page(self.user_full, query))

    def test_not_followed(self):
        self.project.message_unsubscribe(self.project.message_partner_ids.ids)
        self.assertIsNone(self.project._portal_progress(self.user_full))

    def test_guests(self):
        token = self.project._portal_ensure_token()
        for query in ("", f"?access_token={token}"):
            self.assertNotIn("Hito", self._page(None, query))
        guest = self.env.ref("base.public_user")
        self.assertIsNone(self.project._portal_progress(guest))
        self.assertIsNone(self.project._portal_progress(self.user_manager))

    def test_rpc(self):
        Update = self.env["project.update"].with_user(self.user_full)
        with self.assertRaises(AccessError):
            Update.search([])
        Milestone = self.env["project.milestone"].with_user(self.user_full)
        self.assertFalse(Milestone.search([("project_id", "=", self.project.id)]))

    def test_companies_that_were_there(self):
        self.assertTrue(self.env["res.company"].create({"name": "N"}).portal_show_project_state)
        post_init_hook(self.env)
        self.assertFalse(self.company.portal_show_project_state)

    def test_migration(self):
        """Off where the addon was before, also in archived companies; the files of projects are
        shown as they were."""
        archived = self.env["res.company"].create({"name": "Cerrada"})
        archived.active = False
        companies = self.company | archived
        companies.portal_show_projects = True
        companies.portal_show_project_state = True
        self.env.flush_all()
        path = file_path("customer_portal_plus_project/migrations/19.0.1.1.0/post-migrate.py")
        runpy.run_path(path)["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        for company in (self.company, archived):
            self.assertFalse(company.portal_show_project_state)
            self.assertTrue(company.portal_show_projects)
        new = self.env["res.company"].create({"name": "Nueva"})
        self.assertTrue(new.portal_show_project_state)

    def test_who_works_in_a_shared_project_makes_tasks(self):
        """Odoo looks for contacts by addresses then, of which there are none."""
        self.project.collaborator_ids = [
            Command.create({"partner_id": self.user_full.partner_id.id, "limited_access": False})
        ]
        Task = self.env["project.task"].with_user(self.user_full)
        task = Task.with_context(default_project_id=self.project.id).create({"name": "De la obra"})
        task.write({"child_ids": [Command.create({"name": "Zanja"})]})
        self.assertEqual(task.child_ids.mapped("name"), ["Zanja"])
