import { registry } from "@web/core/registry";

const FORM = "form.o_cpp_verify_file";

function choose(content) {
    const files = new DataTransfer();
    files.items.add(new File([content], "x.pdf", { type: "application/pdf" }));
    const input = document.querySelector(`${FORM} input[type=file]`);
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
}

// A file that is known by its digest alone, then one that is not, which is sent if one says so.
registry.category("web_tour.tours").add("customer_portal_plus_seal.verify", {
    steps: () => [
        {
            trigger: FORM,
            async run() {
                const link = new URLSearchParams(window.location.search).get("signed");
                choose(await (await fetch(link)).blob());
            },
        },
        {
            trigger: `${FORM} button[type=submit]`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Nothing was sent, so nothing of its inside is told but what was recorded",
            trigger: "body:not(:has([data-seal])) .alert-success:contains('Genuine.')",
        },
        {
            trigger: FORM,
            run: () => choose("%PDF-1.7 none of ours"),
        },
        {
            trigger: `${FORM} button[type=submit]`,
            run: "click",
        },
        {
            trigger: `${FORM} .o_cpp_verify_unknown:visible button`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "section[data-seal='unreadable']",
        },
    ],
});
