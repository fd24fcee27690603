"""After each update, pages speak the words of today in every language.

Odoo carries the translation of a term that has changed a little over to the new term, and an update
leaves what is there: customers would read the old words. What staff edit, mails and profiles, is
data that no update touches, and stays.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    modules = env["ir.module.module"].search(
        [("name", "=like", "customer\\_portal\\_plus%"), ("state", "=", "installed")]
    )
    languages = [code for code, _name in env["res.lang"].get_installed()]
    modules._load_module_terms(modules.mapped("name"), languages, overwrite=True)
