"""What ./dev runs: the environment, the databases, the tests and the demo of this project.

Modules in the order in which they build on one another:

==================  =============================================================
``common``          messages, locks, the cache folder and its layout
``apt``             the machine's own package archive, asked without being root
``system``          Debian packages that must be there (Chromium, libmagic, ...)
``odoo_tree``       an unpacked Odoo 19
``environment``     the Python environment; the above put together
``postgres``        a PostgreSQL server of our own, on a unix socket
``databases``       template databases, clones, file stores
``odoo_command``    Odoo's configuration file and command line
``testing``         ./dev test
``mutants``         single changes of source text, and their place in loaded code
``mutate``          ./dev mutate; ``mutation_plugin`` is its part in Odoo's process
``kept_caches``     what Odoo compiles for one test is kept for the next
``live_process``    Odoo started once, that forks servers and pieces of code
``live_server``     a real server with worker processes, for tests
``browser``         a browser at such a server, where somebody can sign in
``demo``            ./dev demo, ./dev stop
``grow``            ./dev grow
``replica``         a streaming replica of a PostgreSQL server, to measure with
``bench``           ./dev bench; ``bench_client`` is who asks, ``bench_staff`` what staff ask
``torture``         ./dev torture; ``torture_world``, ``torture_methods``, ``torture_people``,
                    ``torture_staff`` and ``torture_ledger`` are its parts in Odoo's process,
                    ``torture_routes``, ``torture_rpc``, ``torture_histories`` (with
                    ``torture_contact``), ``torture_faults`` (with ``torture_kills``) and
                    ``torture_load`` what is done to a server
``readme``          ./dev readme: READMEs and changelogs from fragments
``lint``            ./dev lint
``cli``             the command line
==================  =============================================================

The first five use only the standard library, because they run before there is an environment.
"""
