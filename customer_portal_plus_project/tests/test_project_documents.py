"""Files of projects: who sees them, by the pages and beside them; what staff share; what is not
shared stays where it is."""

import base64

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.document import DocumentCase

from ..hooks import post_init_hook, uninstall_hook


class ProjectDocumentCase(DocumentCase):
    """A project of the first customer, with files on it and on its task."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_show_projects = True
        cls.project = cls.env["project.project"].create(
            {"name": "Reforma de la nave", "partner_id": cls.alfa.id, "company_id": cls.company.id}
        )
        cls.task = cls.env["project.task"].create(
            {"name": "Cubierta", "project_id": cls.project.id}
        )
        cls.plan = cls._attach("Plano.pdf", cls.project)
        cls.measures = cls._attach("Mediciones.pdf", cls.task)
        cls.costs = cls._attach("Costes internos.pdf", cls.project)
        cls.user_manager = cls._create_staff(
            "Jefatura de proyectos",
            "manager",
            "proyectos@example.com",
            "project.group_project_manager",
        )

    @classmethod
    def _attach(cls, name, record):
        return cls.env["ir.attachment"].create(
            {"name": name, "raw": cls.pdf, "res_model": record._name, "res_id": record.id}
        )

    def _share_of_project(self, user=None, files=None, **values):
        """Share files of the project as staff do, from its form; return the documents."""
        action = self.project.with_user(user or self.user_manager).action_portal_share_files()
        Wizard = self.env["customer.portal.document.share"].with_user(user or self.user_manager)
        with Form(Wizard.with_context(**action["context"])) as form:
            for file in files or self.plan:
                form.project_file_ids.add(file)
        wizard = form.save()
        wizard.write(values)
        return self.env["customer.portal.document"].search(wizard.action_share()["domain"])


@tagged("post_install", "-at_install")
class TestProjectDocuments(ProjectDocumentCase):
    # === WHO SEES WHAT === #

    def test_customer_of_the_project(self):
        document = self._share_of_project()
        self.assertEqual(self._seen_by(document), {"full", "colleague"})
        self.assertEqual(self._seen_by(self._share("Contrato")), {"full", "colleague"})

    def test_profile_without_documents(self):
        document = self._share_of_project()
        self.profile_purchasing.can_see_documents = False
        self.assertEqual(document._portal_refusal(self.user_colleague.partner_id), "contact")
        self.sign_in(self.user_colleague)
        for suffix in ("", "/file"):
            response = self.url_open(f"{document.access_url}{suffix}", allow_redirects=False)
            self.assertEqual(response.status_code, 404)
        self.assertFalse(self.env[document._name].with_user(self.user_colleague).search([]))

    def test_switch(self):
        document, other = self._share_of_project(), self._share("Contrato")
        self.company.portal_show_projects = False
        self.assertEqual(self._seen_by(document), set())
        self.assertEqual(document._portal_refusal(self.user_full.partner_id), "company")
        self.assertEqual(self._seen_by(other), {"full", "colleague"})
        self.company.write({"portal_show_projects": True, "portal_show_documents": False})
        self.assertEqual(document._portal_refusal(self.user_full.partner_id), "company")

    def test_project_of_another_customer_now(self):
        """The new customer finds nothing of the former one, which sees nothing any more."""
        document = self._share_of_project()
        self.project.partner_id = self.beta
        self.assertEqual(document.partner_id, self.alfa)
        self.assertEqual(self._seen_by(document), set())
        self.assertEqual(document._portal_refusal(self.user_full.partner_id), "document")
        self.project.partner_id = False
        self.assertEqual(self._seen_by(document), set())
        self.project.partner_id = self.user_full.partner_id  # a contact of the first
        self.assertEqual(self._seen_by(document), {"full", "colleague"})

    def test_guests(self):
        document = self._share_of_project()
        token, other = document._portal_ensure_token(), self._share()._portal_ensure_token()
        self.sign_in(None)
        for query in ("", f"?access_token={token}", f"?access_token={other}"):
            for suffix in ("", "/file"):
                response = self.url_open(f"{document.access_url}{suffix}{query}")
                self.assertNotIn(document.name, response.text)
                self.assertNotEqual(response.content, self.pdf)

    def test_project_can_not_be_deleted_below_its_files(self):
        """The file would be shown as any document, whatever the switch says."""
        self._share_of_project()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.project.unlink()
        self.assertTrue(self.project.exists())

    def test_what_is_not_shared_stays_with_staff(self):
        document = self._share_of_project()
        for user in (self.user_full, self.user_stranger, self.user_branch):
            self.sign_in(user)
            attachments = self.env["ir.attachment"].with_user(user)
            for file in self.costs | self.measures | self.plan:
                response = self.url_open(f"/web/content/{file.id}")
                self.assertNotEqual(response.content, self.pdf)
                self.assertFalse(attachments.search([("id", "=", file.id)]))
                with self.assertRaises(AccessError):
                    file.with_user(user).read(["datas", "name"])
            for name in ("costes", "mediciones"):
                self.assertNotIn(name, self.url_open("/my/documents").text.lower())
            with self.assertRaises(AccessError):
                self.project.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                document.with_user(user).read(["project_id"])
            with self.assertRaises(AccessError):
                self.env["customer.portal.document.share"].with_user(user).create({})

    def test_staff_actions_are_not_for_customers(self):
        """Not even where Odoo's own rules let a customer see the project."""
        self.project.privacy_visibility = "portal"
        self.project.message_subscribe(self.user_full.partner_id.ids)
        mine = self.project.with_user(self.user_full)
        self.assertEqual(mine.name, "Reforma de la nave")
        for method in ("action_portal_documents", "action_portal_share_files"):
            with self.assertRaises(AccessError):
                getattr(mine, method)()
        with self.assertRaises(AccessError):
            mine.read(["portal_document_count"])

    # === LIST === #

    def test_project_in_the_list(self):
        document = self._share_of_project()
        other = self._share("Contrato")
        hidden = self.env["project.project"].create(
            {"name": "Proyecto ajeno", "partner_id": self.beta.id}
        )
        self._share("Ajeno", partner_id=self.beta.id, project_id=hidden.id)
        self.sign_in(self.user_full)
        page = self.url_open("/my/documents").text
        self.assertIn(f'data-chip="project-{self.project.id}"', page)
        self.assertNotIn("Proyecto ajeno", page)
        self.assertEqual(self._listed(), {document.id, other.id})
        chosen = f"/my/documents?filterby=project-{self.project.id}"
        self.assertEqual(self._listed(chosen), {document.id})
        self.assertIn("Reforma de la nave", self.url_open(document.access_url).text)
        self.assertNotIn("Reforma de la nave", self.url_open(other.access_url).text)
        foreign = f"/my/documents?filterby=project-{hidden.id}"
        self.assertEqual(self._listed(foreign), {document.id, other.id})
        self.company.portal_show_projects = False
        self.assertNotIn("Reforma de la nave", self.url_open("/my/documents").text)

    # === STAFF === #

    def test_share_files_that_are_there(self):
        for user in (self.user_manager, self.user_sales):
            with self.subTest(user=user.login):
                self.project.user_id = user
                documents = self._share_of_project(user, self.plan | self.measures)
                self.assertEqual(set(documents.mapped("name")), {"Plano", "Mediciones"})
                self.assertEqual(documents.project_id, self.project)
                self.assertEqual(documents.partner_id, self.alfa)
                self.assertEqual(set(documents.mapped("state")), {"sent"})
                for document in documents:
                    self.assertEqual(base64.b64decode(document.file), self.pdf)
        self.assertEqual(self.project.portal_document_count, 4)
        self.assertTrue(self.plan.exists().raw and self.measures.exists().raw)
        action = self.project.with_user(self.user_manager).action_portal_documents()
        self.assertEqual(self.env["customer.portal.document"].search_count(action["domain"]), 4)

    def test_share_a_new_file(self):
        new = self.env["ir.attachment"].with_user(self.user_manager)
        new = new.create({"name": "Acta.pdf", "raw": self.pdf})
        documents = self._share_of_project(files=self.plan, attachment_ids=new.ids)
        self.assertEqual(set(documents.mapped("name")), {"Plano", "Acta"})
        self.assertEqual(documents.project_id, self.project)

    def test_only_files_of_the_project(self):
        other = self.env["project.project"].create({"name": "Otro"})
        foreign = self._attach("Ajeno.pdf", other)
        with self.assertRaisesRegex(UserError, "files of this project"):
            self._share_of_project(project_file_ids=foreign.ids)

    def test_share_without_project(self):
        """The window is as it was where no project is concerned."""
        file = self.env["ir.attachment"].with_user(self.user_sales)
        file = file.create({"name": "Tarifa.pdf", "raw": self.pdf})
        wizard = self.env["customer.portal.document.share"].with_user(self.user_sales)
        wizard = wizard.create({"audience": "all", "attachment_ids": file.ids})
        document = self.env["customer.portal.document"].search(wizard.action_share()["domain"])
        self.assertEqual(document.name, "Tarifa")
        self.assertFalse(document.project_id)

    def test_refused_to_staff(self):
        with self.assertRaises(ValidationError):
            self._share(partner_id=self.beta.id, project_id=self.project.id)
        with self.assertRaises(ValidationError):
            self._share(audience="all", project_id=self.project.id)
        self.company.portal_show_projects = False
        with self.assertRaisesRegex(UserError, "not shown in the portal"):
            self._share_of_project()
        self.project.partner_id = False
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            self.project.action_portal_share_files()

    # === INSTALLATION === #

    def test_companies(self):
        self.assertTrue(self.env["res.company"].create({"name": "Nueva"}).portal_show_projects)
        post_init_hook(self.env)
        self.assertFalse(self.company.portal_show_projects)

    def test_hidden_after_removal(self):
        document, other = self._share_of_project(), self._share("Contrato")
        uninstall_hook(self.env)
        self.assertFalse(document.portal_visible)
        self.assertTrue(other.portal_visible)
