import { registry } from "@web/core/registry";

// Begins on the contact's form, as staff, and ends there.
registry.category("web_tour.tours").add("customer_portal_plus.preview", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link:contains('Portal')",
            run: "click",
        },
        {
            trigger: "button[name='action_portal_preview']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the banner says whose portal it is",
            trigger: "#o_portal_preview:contains(Gerencia)",
        },
        {
            content: "go to the invoices",
            trigger: "a[data-portal-menu='invoices']:visible",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "open the invoice",
            trigger: "#o_portal_preview + #wrapwrap a:contains(TOUR-PREVIEW)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "still a preview; its page tells nobody that it was seen",
            trigger: "#o_portal_preview ~ .o_portal_beacon:not(:visible)",
        },
        {
            content: "nothing can be changed",
            trigger: "#o_portal_preview:contains('change nothing')",
            async run() {
                const response = await fetch("/my/account/mails", {
                    method: "POST",
                    body: new URLSearchParams({ csrf_token: odoo.csrf_token }),
                });
                if (response.status !== 403) {
                    throw new Error(`The preview let something be written: ${response.status}`);
                }
            },
        },
        {
            content: "back to the record",
            trigger: "#o_portal_preview form[action='/my/preview/leave'] button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_form_view .o_field_widget[name='email'] input:value(full@example.com)",
        },
    ],
});
