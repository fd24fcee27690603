import { registry } from "@web/core/registry";

// Begins on the portal's home page as staff; the Python test names the contact in the address.
registry.category("web_tour.tours").add("customer_portal_plus.preview", {
    steps: () => [
        {
            content: "do what the button on the contact's form does",
            trigger: "body:not(:has(#o_portal_preview)) #wrapwrap",
            async run() {
                const contact = Number(new URLSearchParams(location.search).get("contact"));
                const method = "action_portal_preview";
                const params = { model: "res.partner", method, args: [[contact]], kwargs: {} };
                const response = await fetch(`/web/dataset/call_button/res.partner/${method}`, {
                    method: "POST",
                    headers: { "Content-Type": "application/json" },
                    body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
                });
                location.assign((await response.json()).result.url);
            },
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
            content: "the way out is there; where it leads is tested without a browser",
            trigger: "#o_portal_preview form[action='/my/preview/leave'] button:visible",
        },
    ],
});
