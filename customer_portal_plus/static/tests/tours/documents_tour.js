import { registry } from "@web/core/registry";
import { drawAndSign } from "./draw_signature";

// Each quote and invoice is made and named by the Python test.
registry.category("web_tour.tours").add("customer_portal_plus.documents", {
    url: "/my/quotes",
    steps: () => [
        {
            content: "open the quote to accept",
            trigger: "a:contains(TOUR-ACCEPT)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "ask to accept it",
            trigger: "#sale_order_sidebar_button .o_portal_plus_accept",
            // By the keyboard: the space bar presses what looks like a button.
            run({ anchor }) {
                const key = { key: " ", bubbles: true, cancelable: true };
                anchor.dispatchEvent(new KeyboardEvent("keydown", key));
            },
        },
        {
            content: "accept it",
            trigger: ".modal.show .o_portal_plus_accept_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is an order, and the button is gone",
            trigger:
                "[name=portal_notice]:contains(Your order is confirmed)",
        },
        {
            trigger: "body:not(:has(.o_portal_plus_accept))",
        },
        {
            content: "go back to the quotes",
            trigger: ".o_cpp_menu a[href='/my/quotes']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "open the quote to sign",
            trigger: "a:contains(TOUR-SIGN)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "ask to sign it",
            trigger: "#sale_order_sidebar_button .o_portal_plus_sign button",
            run: "click",
            expectUnloadPage: true,
        },
        ...drawAndSign(),
        {
            content: "it is an order, signed",
            trigger: "[name=portal_status]:contains(signed by)",
        },
        {
            content: "go back to the quotes",
            trigger: ".o_cpp_menu a[href='/my/quotes']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "open the quote to reject",
            trigger: "a:contains(TOUR-REJECT)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "ask to reject it",
            trigger: "#sale_order_sidebar_button .o_portal_plus_reject",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal.show textarea[name=decline_message]",
            run: "edit We found it cheaper.",
        },
        {
            content: "reject it",
            trigger: ".modal.show button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name=portal_notice]:contains(The quote is rejected)",
        },
        {
            content: "go to the invoices",
            trigger: ".o_cpp_menu a[href='/my/invoices']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "open the invoice",
            trigger: "a:contains(TOUR/0001)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "pay",
            trigger: "a[data-bs-target='#pay_with']",
            run: "click",
        },
        {
            content: "fill in the card",
            trigger: ".modal.show #customer_input",
            run: "edit 4242424242424242",
        },
        {
            content: "confirm",
            trigger: ".modal.show button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "back on the invoice, it is paid",
            trigger: "[name=portal_status]:contains(Paid on)",
            timeout: 30000,
        },
        {
            content: "the payment is listed",
            trigger: "[name=portal_payments]:contains(Online payment)",
        },
        {
            content: "come to the conversation, which is loaded then",
            trigger: "#discussion",
            run() {
                this.anchor.scrollIntoView();
            },
        },
        {
            content: "write a message",
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            run: "edit When will it be delivered?",
        },
        {
            trigger: "#chatterRoot:shadow .o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "it is there",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(When will it be delivered?)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_portal_plus.documents_answer", {
    url: "/my/invoices",
    steps: () => [
        {
            trigger: "a:contains(TOUR/0001)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "come to the conversation, which is loaded then",
            trigger: "#discussion",
            run() {
                this.anchor.scrollIntoView();
            },
        },
        {
            content: "what staff answered is there",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(On Monday morning)",
        },
    ],
});
