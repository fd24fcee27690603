"""How a project is going, in short and for its customer."""

from odoo import models
from odoo.fields import Domain

STATUS_TONES = {
    "on_track": "good",
    "at_risk": "waiting",
    "off_track": "waiting",
    "on_hold": "neutral",
    "done": "good",
}


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _portal_progress_gates(self, contact):
        """Return the gates before a project's state, in the order in which they are asked. They
        come on top of Odoo's own rules for the project, and open nothing that those shut.

        :param res.partner contact: who asks
        :return: pairs of name and whether it is open
        :rtype: list[tuple[str, bool]]
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        customer = self.partner_id.commercial_partner_id
        whole = contact._portal_scope() == "whole" or self.partner_id == contact
        return [
            ("company", company.portal_enabled and company.portal_show_project_state),
            ("customer", customer.portal_access),
            (
                "contact",
                customer == contact.commercial_partner_id
                and whole
                and contact._portal_profile().can_see_project_state,
            ),
        ]

    def _portal_progress(self, user):
        """Return how this project is going, for the portal user whose page it is.

        :param res.users user: who looks at the page
        :return: ``status`` (``label`` and ``tone``; None if staff have not said), ``milestones``
            (dicts with ``name``, ``date``, ``label``, ``tone``), ``done`` and ``total`` (tasks,
            those that the user may see and that are not cancelled); None if it may not be told
        :rtype: dict | None
        """
        self.ensure_one()
        if not user._is_portal():
            return None
        # Who came by a link sees no more of it than the rules let the user see.
        if not self.with_user(user).search_count([("id", "=", self.id)]):
            return None
        project_sudo = self.sudo()  # Customers read no updates, and milestones not always.
        contact_sudo = user.sudo().partner_id
        if not all(is_open for _gate, is_open in project_sudo._portal_progress_gates(contact_sudo)):
            return None
        tasks = Domain("project_id", "=", self.id) & Domain("state", "!=", "1_canceled")
        Task = self.env["project.task"].with_user(user)
        return {
            "status": project_sudo._portal_progress_status(),
            "milestones": project_sudo._portal_milestones(),
            "done": Task.search_count(tasks & Domain("state", "=", "1_done")),
            "total": Task.search_count(tasks),
        }

    def _portal_progress_status(self):
        """Return what the last update says, in plain words; None if there is none.

        :rtype: dict[str, str] | None
        """
        self.ensure_one()
        labels = {
            "on_track": self.env._("On schedule"),
            "at_risk": self.env._("May be late"),
            "off_track": self.env._("Behind schedule"),
            "on_hold": self.env._("Paused"),
            "done": self.env._("Finished"),
        }
        status = self.last_update_status
        if status not in labels:
            return None
        return {"label": labels[status], "tone": STATUS_TONES[status]}

    def _portal_milestones(self):
        """Return the milestones of this project, in the order of staff.

        :rtype: list[dict]
        """
        self.ensure_one()
        if not self.allow_milestones:
            return []
        rows = []
        for milestone in self.milestone_ids:
            if milestone.is_reached:
                label, tone = self.env._("Reached"), "good"
            elif milestone.is_deadline_exceeded:
                label, tone = self.env._("Late"), "waiting"
            else:
                label, tone = self.env._("To come"), "info"
            rows.append(
                {"name": milestone.name, "date": milestone.deadline, "label": label, "tone": tone}
            )
        return rows
