/**
 * What an installed portal does without a network: it says so. And the notices of those who turned
 * them on.
 *
 * The one page that says it, in the reader's language, is all that is ever kept; no page of a
 * customer is. It is served by `controllers/app.py` and sees to the portal's own addresses alone.
 */

const CACHE = "customer-portal-offline-1";
const OFFLINE = `/p/${new URL(self.location.href).searchParams.get("portal")}/offline`;

self.addEventListener("install", (event) => {
    const page = new Request(OFFLINE, { cache: "reload" });
    event.waitUntil(
        caches
            .open(CACHE)
            .then((cache) => cache.add(page))
            .then(() => self.skipWaiting())
    );
});

self.addEventListener("activate", (event) => {
    const old = (keys) => keys.filter((key) => key !== CACHE && key.startsWith("customer-portal-"));
    event.waitUntil(
        caches.keys().then((keys) => Promise.all(old(keys).map((key) => caches.delete(key))))
    );
});

self.addEventListener("fetch", (event) => {
    const { method, mode } = event.request;
    if (method === "GET" && mode === "navigate") {
        event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
    }
});

self.addEventListener("push", (event) => {
    const { title, path } = event.data.json();
    // One notice a page: what is not read yet is not told twice.
    event.waitUntil(self.registration.showNotification(title, { data: { path }, tag: path }));
});

self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const url = new URL(event.notification.data.path, self.location.origin);
    if (url.origin === self.location.origin) {
        event.waitUntil(self.clients.openWindow(url.href));
    }
});
