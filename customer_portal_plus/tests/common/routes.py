"""The routes that an addon has, found in Odoo's routing map."""


class RoutesOfAddons:
    """For test cases that hold a list of routes against what there is."""

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

    def assert_routes_listed(self, addon, listed):
        """Fail when an addon has a route that nobody has thought of, or has one no more.

        :param str addon: technical name
        :param set listed: the addresses that its access tests ask for, as werkzeug writes them
        """
        ours = {route for route, addons in self._routes() if addon in addons}
        self.assertEqual(sorted(ours), sorted(listed))
