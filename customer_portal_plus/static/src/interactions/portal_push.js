/**
 * Turns on notices in this browser: it is asked for leave, and its address goes with the form.
 * What is told, and to whom, is the server's; what it looks like is in portal_worker.js.
 */

const section = document.querySelector(".o_cpp_push");
const worker = document.querySelector("link[data-portal-worker]")?.dataset.portalWorker;

async function subscribe(key) {
    const address = `/my/portal-worker.js?portal=${encodeURIComponent(worker)}`;
    const registration = await navigator.serviceWorker.register(address, { scope: "/my" });
    await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: key };
    try {
        return await registration.pushManager.subscribe(options);
    } catch (error) {
        const old = await registration.pushManager.getSubscription();
        if (error.name !== "InvalidStateError" || !old) {
            throw error;
        }
        // It was turned on with a key that this server has no more.
        await old.unsubscribe();
        return registration.pushManager.subscribe(options);
    }
}

if (section && section.dataset.key && worker && "serviceWorker" in navigator && window.PushManager) {
    const form = section.querySelector("form");
    const refused = section.querySelector(".o_cpp_push_refused");
    form.hidden = false;
    section.querySelector(".o_cpp_push_missing").hidden = true;
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = form.querySelector("button");
        button.disabled = true;
        refused.hidden = true;
        try {
            const { endpoint, keys } = (await subscribe(section.dataset.key)).toJSON();
            form.elements.endpoint.value = endpoint;
            form.elements.p256dh.value = keys.p256dh;
            form.elements.auth.value = keys.auth;
            form.submit();
        } catch {
            refused.hidden = false;
            button.disabled = false;
        }
    });
}
