/**
 * Opened as an installed app, the portal gets its worker: see portal_worker.js. In a tab of a
 * browser there is nothing to add to what the browser says without a network.
 */

const link = document.querySelector("link[data-portal-worker]");
const isInstalled =
    window.matchMedia("(display-mode: standalone)").matches || window.navigator.standalone;

if (link && isInstalled && "serviceWorker" in navigator) {
    const worker = `/my/portal-worker.js?portal=${encodeURIComponent(link.dataset.portalWorker)}`;
    navigator.serviceWorker.register(worker, { scope: "/my" });
}
