"""The form of payments fetches scripts of the providers that it offers, and of no others."""

from odoo import models

FORM = "payment.form"
OFFERED = (
    "{code!r} in [p.code for p in providers_sudo or ()]"
    " + [t.provider_code for t in tokens_sudo or ()]"
)


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    def _combine(self, hierarchy):
        """Override of `base`: addons of providers add their script to the form of payments,
        whether it offers the provider or not."""
        arch = super()._combine(hierarchy)
        if self.key == FORM:
            for node in arch:
                if code := self._portal_provider_of(node):
                    asked = node.get("t-if")
                    offered = OFFERED.format(code=code)
                    node.set("t-if", f"({asked}) and {offered}" if asked else offered)
        return arch

    def _portal_provider_of(self, node):
        """Return the code of the provider whose script a node fetches; None for other nodes.

        :param node: a child of the template of the form
        :rtype: str | None
        """
        address = node.get("src") or node.get("href") or ""
        if node.tag in ("script", "link") and address.startswith(("https://", "//")):
            name = address
        elif node.tag == "t" and ".sdk" in node.get("t-call", ""):
            name = node.get("t-call").partition(".")[0]
        else:
            return None
        codes = dict(self.env["payment.provider"]._fields["code"].selection)
        return next((code for code in codes if code != "none" and code in name), None)
