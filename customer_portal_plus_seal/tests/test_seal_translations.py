"""Spanish is complete."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.customer_portal_plus.tests.common.terms import TermsInSpanishOnly


@tagged("post_install", "-at_install")
class TestSealTerms(TermsInSpanishOnly, TransactionCase):
    module = "customer_portal_plus_seal"
