"""What is kept from one test to the next must be what nobody has changed."""

import threading

from devtools.kept_caches import KEPT, KeptCaches

CONTAINERS = {
    "default": ("default", "templates.cached_values"),
    "templates": ("templates", "templates.cached_values"),
    "groups": ("groups", "templates"),
    "assets": ("assets",),
    "routing": ("routing",),
}


def left(kept):
    caches = {name: {1: 1} for name in {*CONTAINERS, "templates.cached_values"}}
    kept.clear(caches)
    return {name for name, cache in caches.items() if cache}


def test_what_nobody_changed_is_kept_and_all_else_forgotten():
    assert left(KeptCaches(CONTAINERS)) == KEPT


def test_what_was_told_is_forgotten():
    kept = KeptCaches(CONTAINERS)
    kept.tell(["default"])
    assert left(kept) == KEPT
    kept.tell(["assets"])
    assert left(kept) == KEPT - {"assets"}
    # One name may mean several caches.
    kept.tell(["groups"])
    assert left(kept) == KEPT - {"assets", "templates"}


def test_odoo_tells_and_the_test_case_keeps():
    from odoo.orm import registry

    from devtools import kept_caches

    before = registry.Registry.clear_cache, registry.Registry.clear_all_caches
    try:
        kept = kept_caches.install()
        # Not one of a database: that would be the only one there is.
        one = object.__new__(registry.Registry)
        one._invalidation_flags = threading.local()
        names = {name for names in registry._CACHES_BY_KEY.values() for name in names}
        one._Registry__caches = {name: {1: 1} for name in names}
        assert KEPT < names
        one.clear_all_caches()
        assert {name for name, cache in one._Registry__caches.items() if cache} == KEPT
        one.clear_cache("templates")
        assert not one._Registry__caches["templates"] and kept.out_of_date == {"templates"}
    finally:
        registry.Registry.clear_cache, registry.Registry.clear_all_caches = before
