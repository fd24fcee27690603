"""A pytest plugin for Odoo's tests: what one test has compiled, the next one need not.

A test case of Odoo forgets all of a registry's caches at the end of each test, since what the test
has changed is undone. Each test then compiles the templates of a whole page again, builds the map
of routes, looks for the files of the bundles: a third of what a test of a page costs.

Here those three are forgotten only when somebody told that they are out of date; until the class
has ended, for what is set up in a class is undone then. A server that runs on lives by the same:
what must be forgotten has to be told.
"""

import pytest

KEPT = {"templates", "assets", "routing"}


class KeptCaches:
    """What is known of the caches of a registry.

    :param dict containers: cache containers by the name that is told, as Odoo lists them
    """

    def __init__(self, containers):
        self.containers = containers
        self.out_of_date = set()

    def tell(self, names):
        """Take note of what is out of date."""
        for name in names:
            self.out_of_date |= KEPT.intersection(self.containers[name])

    def clear(self, caches):
        """Forget what may not be kept.

        :param dict caches: the caches by container
        """
        for container, cache in caches.items():
            if container not in KEPT or container in self.out_of_date:
                cache.clear()


def install():
    """Have Odoo's registries keep the caches.

    :rtype: KeptCaches
    """
    from odoo.orm import registry

    kept = KeptCaches(registry._CACHES_BY_KEY)
    clear_cache = registry.Registry.clear_cache

    def tell_and_clear(self, *names):
        kept.tell(names or ("default",))
        return clear_cache(self, *names)

    registry.Registry.clear_cache = tell_and_clear
    registry.Registry.clear_all_caches = lambda self: kept.clear(self._Registry__caches)
    return kept


class _Plugin:
    def __init__(self, kept):
        self.kept = kept

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_teardown(self, item, nextitem):
        """After a class, all is as it was before: start anew if anything was out of date."""
        yield
        if nextitem is None or nextitem.parent is not item.parent:
            self.kept.out_of_date.clear()


def pytest_configure(config):
    """Begin, once Odoo can be imported."""
    config.pluginmanager.register(_Plugin(install()))
