"""Spanish is complete, and what customers see in four languages more."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.customer_portal_plus.tests.common.terms import TermsInSpanish


@tagged("post_install", "-at_install")
class TestSealTerms(TermsInSpanish, TransactionCase):
    module = "customer_portal_plus_seal"
