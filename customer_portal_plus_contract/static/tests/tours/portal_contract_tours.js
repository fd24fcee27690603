import { registry } from "@web/core/registry";

// From the home page to a subscription: more of it is asked for and taken back, then its stop.
registry.category("web_tour.tours").add("customer_portal_plus_contract.subscription", {
    steps: () => [
        {
            trigger: "a[href='/my/contracts']:contains('Subscriptions')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "tr[data-contract] a:contains('Mantenimiento de Alfa')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is billed next, and what was billed",
            trigger: ".o_cpp_contract [name='portal_coming']:contains('121.00')",
            run() {
                const top = (selector) => document.querySelector(selector).getBoundingClientRect().top;
                const isAbove = top("[name='portal_coming']") < top("#portal_contract_lines");
                if (window.innerWidth < 992 && !isAbove) {
                    throw new Error("On a phone, the next invoice comes after the lines");
                }
            },
        },
        {
            trigger: "[name='portal_invoices'] li[data-invoice]",
        },
        {
            trigger: "[name='portal_change'] a[data-kind='quantity']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#portal_request_quantity",
            run: "edit 5",
        },
        {
            trigger: ".o_cpp_contract_request button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('we have got it')",
        },
        {
            content: "It need not be after all",
            trigger: "[name='portal_requests'] form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('taken back')",
        },
        {
            trigger: "[name='portal_requests']:contains('Withdrawn')",
        },
        {
            trigger: "[name='portal_change'] a[data-kind='stop']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#portal_request_words",
            run: "edit We don't need it any more",
        },
        {
            trigger: ".o_cpp_contract_request button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name='portal_requests']:contains('Waiting for us')",
        },
        {
            content: "A stop can't be asked for twice",
            trigger: "[name='portal_change']:not(:has([data-kind='stop']))",
        },
        {
            trigger: "a[href='/my/contracts']:contains('All subscriptions')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "tr[data-contract]:contains('Change asked for')",
        },
    ],
});
