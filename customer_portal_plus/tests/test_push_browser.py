"""Short notices in a real browser: turned on with the page's button, shown by the portal's worker,
and opening the document. Only the push service in between is the tests' own."""

import json
import time

import websocket

from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from .common.push import PushCase

ENDPOINT = "https://push.example.com/send/real"
# In place of the push service, which gives a browser its address. The keys are the tests' own, so
# that they can read what was encrypted for this browser.
SUBSCRIBE = """
PushManager.prototype.subscribe = async (options) => {
    sessionStorage.asked = JSON.stringify(options);
    return { toJSON: () => (%s) };
};
"""
TURN_ON = """document.querySelector('form[action="/my/account/devices/on"] button').click()"""
# Chromium forgets notices that are asked for before they are on the screen: this tells when.
COUNT = """
self.count = 0;
const show = self.registration.showNotification.bind(self.registration);
self.registration.showNotification = async (...args) => {
    await show(...args);
    self.count += 1;
};
"""
SHOWN = """
self.registration.getNotifications().then((shown) =>
    shown.map((one) => [one.title, one.data.path])
)
"""
CLICK = """
(async () => {
    const opened = [];
    self.clients.openWindow = async (url) => opened.push(url);
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    return [opened, (await self.registration.getNotifications()).length];
})()
"""


class Chromium(ChromeBrowser):
    """A browser that lets notices be shown, and is asked more than whether a script went well."""

    def __init__(self, test_case, endpoint, keys):
        super().__init__(test_case)
        self.workers, self.errors = {}, []
        self._handlers["ServiceWorker.workerRegistrationUpdated"] = self._note_workers
        self._handlers["ServiceWorker.workerErrorReported"] = self._note_error
        self._websocket_request(
            "Browser.grantPermissions",
            params={"origin": test_case.base_url(), "permissions": ["notifications"]},
        )
        source = SUBSCRIBE % json.dumps({"endpoint": endpoint, "keys": keys})
        self._websocket_request("Page.addScriptToEvaluateOnNewDocument", params={"source": source})
        self._websocket_request("ServiceWorker.enable")

    def _note_workers(self, registrations):
        self.workers.update({one["scopeURL"]: one["registrationId"] for one in registrations})

    def _note_error(self, errorMessage):
        self.errors.append(errorMessage["errorMessage"])

    def ask(self, code):
        """Return what a script in the page comes to."""
        params = {"expression": code, "awaitPromise": True, "returnByValue": True}
        answer = self._websocket_request("Runtime.evaluate", params=params)
        return answer["result"].get("value")

    def ask_worker(self, code):
        """Return what a script in the page's worker comes to."""
        worker = next(one for one in self._json_command("") if one["type"] == "service_worker")
        socket = websocket.create_connection(
            worker["webSocketDebuggerUrl"], suppress_origin=True, timeout=20
        )
        params = {"expression": code, "awaitPromise": True, "returnByValue": True}
        socket.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": params}))
        while (answer := json.loads(socket.recv())).get("id") != 1:
            pass
        socket.close()
        return answer["result"]["result"].get("value")

    def wait(self, ask, code, wanted):
        """Ask until a script comes to what is wanted; return what it came to last.

        :param ask: :meth:`ask` or :meth:`ask_worker`
        """
        deadline = time.monotonic() + 20
        while (found := ask(code)) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def deliver(self, origin, notice):
        """Hand a notice to the page's worker, as a push service does."""
        self._websocket_request(
            "ServiceWorker.deliverPushMessage",
            params={
                "origin": origin,
                "registrationId": self.workers[f"{origin}/my"],
                "data": json.dumps(notice),
            },
        )


@tagged("post_install", "-at_install")
class TestPushBrowser(PushCase):
    def _open(self):
        """Turn notices on in the page of the account; return the browser."""
        self.company.portal_alias = "notices"
        browser = Chromium(self, ENDPOINT, self.browser.keys)
        self.addCleanup(browser.stop)
        with self.allow_requests(browser=browser):
            self.authenticate(self.user_full.login, self.user_full.login, browser=browser)
            self.cr.flush()
            self.cr.clear()
            browser.navigate_to(f"{self.base_url()}/my/account", wait_stop=True)
            self.assertTrue(
                browser._wait_ready("""!document.querySelector(".o_cpp_push form").hidden""")
            )
            browser.ask(TURN_ON)
            done = "location.search.includes('done=device') && document.readyState"
            self.assertEqual(browser.wait(browser.ask, done, "complete"), "complete")
            # A page without scripts, that ask for more when nothing is answered any longer.
            browser.navigate_to(f"{self.base_url()}/p/notices/offline", wait_stop=True)
            self._wait_remaining_requests()
        self.env.invalidate_all()
        return browser

    def _send(self):
        """Have a message sent; return what the browser reads of what its push service got."""
        self.service.received.clear()
        self._write_on(self.quote)
        self._run_sender()
        ((_path, _headers, body),) = self.service.received
        return self.browser.decrypt(body)

    def test_from_the_button_to_the_document(self):
        browser = self._open()
        device = self.Device.search([("user_id", "=", self.user_full.id)])
        self.assertEqual(device.endpoint, ENDPOINT)
        asked = json.loads(browser.ask("sessionStorage.asked"))
        self.assertEqual(
            asked, {"userVisibleOnly": True, "applicationServerKey": self.Device._public_key()}
        )

        # Past what is asked of addresses: the service is at this machine.
        device.endpoint = f"{self.service.url}/real"
        device.session_token = device._session_token_of(device.user_id, device.endpoint)
        path = f"/my/orders/{self.quote.id}"
        browser.ask_worker(COUNT)
        for number in (1, 2):
            browser.deliver(self.base_url(), self._send())
            self.assertEqual(browser.wait(browser.ask_worker, "count", number), number)
        self.assertFalse(browser.errors)
        shown = browser.ask_worker(SHOWN)
        self.assertEqual(shown, [["New message", path]], "one notice a page")

        self.assertEqual(browser.ask_worker(CLICK), [[f"{self.base_url()}{path}"], 0])
