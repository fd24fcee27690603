"""Spanish is complete, and what customers see in other languages more."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.customer_portal_plus.tests.common.terms import COMPLETE, TermsInSpanish


@tagged("post_install", "-at_install")
class TestApiTerms(TermsInSpanish, TransactionCase):
    module = "customer_portal_plus_api"
    languages = COMPLETE
