/**
 * A file to be checked is compared by its digest, made here: one that we know never leaves the
 * browser. Any other is sent only if its holder says so. Browsers that make no digests (on a page
 * without https) send the file, as the form does by itself.
 */

const form = document.querySelector("form.o_cpp_verify_file");

async function digest(file) {
    const bytes = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function isUnknown(sha256) {
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token.value);
    body.append("sha256", sha256);
    const response = await fetch(form.dataset.known, { method: "POST", body });
    // Whatever else is answered, the page that comes next says it in words.
    return response.ok && !(await response.json()).known;
}

if (form && window.crypto?.subtle) {
    const unknown = form.querySelector(".o_cpp_verify_unknown");
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = form.querySelector("button[type=submit]");
        button.disabled = true;
        const sha256 = await digest(form.elements.file.files[0]);
        if (await isUnknown(sha256)) {
            unknown.classList.remove("d-none");
            button.disabled = false;
            unknown.querySelector("button").focus();
            return;
        }
        form.elements.sha256.value = sha256;
        form.elements.file.disabled = true;
        form.submit();
    });
    form.elements.file.addEventListener("change", () => unknown.classList.add("d-none"));
    form.querySelector(".o_cpp_verify_send").addEventListener("click", () => form.submit());
}
