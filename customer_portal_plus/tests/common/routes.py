"""The routes that an addon has, found in Odoo's routing map, and how they refuse."""

import re


class RoutesOfAddons:
    """For test cases that ask every route of an addon."""

    def _routes(self):
        """Return every route with the addons that have a part in its method.

        :rtype: list[tuple[str, set[str]]]
        """
        self.url_open("/web/health")  # a request fills the routing map
        found = []
        for rule in self.env["ir.http"].routing_map().iter_rules():
            method = rule.endpoint.func
            found.append(
                (
                    rule.rule,
                    {
                        controller.__module__.split(".")[2]
                        for controller in type(method.__self__).__mro__
                        if controller.__module__.startswith("odoo.addons.")
                        and method.__name__ in vars(controller)
                    },
                )
            )
        return found

    def assert_same_refusal(self, response, missing, about):
        """Fail when a refusal tells that there is something, other than what does not exist.

        :param response: the answer to who may not see a record
        :param missing: the answer to the same request for a record that does not exist
        :param about: what was asked, by whom
        """
        self.assertEqual(
            (response.status_code, response.headers.get("Location")),
            (missing.status_code, missing.headers.get("Location")),
            about,
        )
        if response.status_code == 404:
            self.assertEqual(self._without_numbers(response), self._without_numbers(missing), about)

    def _without_numbers(self, response):
        """Return a page without what differs between two requests anyway."""
        return re.sub(r"\d+", "N", re.sub(r"csrf_token[^,;>]*", "csrf", response.text))

    def assert_routes_listed(self, addon, listed):
        """Fail when an addon has a route that nobody has thought of, or has one no more.

        :param str addon: technical name
        :param set listed: the addresses that its access tests ask for, as werkzeug writes them
        """
        ours = {route for route, addons in self._routes() if addon in addons}
        self.assertEqual(sorted(ours), sorted(listed))
