"""Odoo's command line, as a file that a process can be started from.

Odoo starts the server for live connections as a further process from the file that it was itself
started from. With ``python -m odoo`` that is a module of a package, which does not run alone: the
process died and was started again, ten times a second.
"""

from odoo.cli.command import main

main()
