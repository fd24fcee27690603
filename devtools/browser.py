"""A browser at a real server: it keeps what the server gives it, and somebody can sign in."""

import re

import requests

# A server that has just started, with a large database, takes its time.
SECONDS = 300


def form_token(page):
    """Return the token that a page's forms are sent with; None if the page has none.

    :param str page: its HTML
    :rtype: str | None
    """
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    found = found or re.search(r'csrf_token: "([^"]+)"', page)
    return found and found[1]


class Browser(requests.Session):
    """A browser where nobody has signed in yet.

    :param str base_url: address of the server, without a slash at the end
    """

    def __init__(self, base_url):
        super().__init__()
        self.base_url = base_url
        self.trust_env = False  # No proxy: the server is on this machine.

    def sign_in(self, login, password):
        """Sign in, or try to.

        :return: the page that one comes to
        :rtype: requests.Response
        """
        page = self.get(f"{self.base_url}/web/login", timeout=SECONDS)
        form = {"csrf_token": form_token(page.text), "login": login, "password": password}
        return self.post(f"{self.base_url}/web/login", form, timeout=SECONDS)
