import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** A customer chooses two invoices, of one a part, and pays them at once. */
tours.add("customer_portal_plus.basket", {
    url: "/my/pay",
    steps: () => [
        {
            content: "choose the first invoice",
            trigger: "li:contains('BASKET/1') .o_cpp_basket_tick",
            run: "check",
        },
        {
            content: "of the second one a part",
            trigger: "li:contains('BASKET/2') details summary",
            run: "click",
        },
        {
            trigger: "li:contains('BASKET/2') input[type=text]",
            run: "edit 50,25",
        },
        {
            content: "the sum is shown",
            trigger: ".o_cpp_basket_total:contains('150.25')",
        },
        {
            trigger: "button:contains('Continue to payment')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the server says the same",
            trigger: ".o_cpp_basket_amount:contains('150.25')",
        },
        {
            content: "fill in the card",
            trigger: "#customer_input",
            run: "edit 4242424242424242",
        },
        {
            trigger: "button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "thanks, and the payment is listed with what it paid",
            trigger: ".alert-success:contains('Thank you for your payment')",
            timeout: 30000,
        },
        {
            trigger:
                ".list-group-item:contains('150.25'):contains('BASKET/1'):contains('BASKET/2') a:contains('Receipt')",
        },
    ],
});

/** A customer reports a transfer that it made. */
tours.add("customer_portal_plus.payment_report", {
    url: "/my/payments",
    steps: () => [
        {
            trigger: "a:contains('Report a payment')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "which invoice",
            trigger: "li:contains('BASKET/1') input[type=checkbox]",
            run: "check",
        },
        {
            content: "how much of it",
            trigger: "li:contains('BASKET/1') input[inputmode=decimal]",
            run: "edit 100.00",
        },
        {
            content: "when: yesterday",
            trigger: "input[name=date]",
            run: ({ anchor }) => {
                anchor.value = new Date(Date.now() - 86400000).toISOString().slice(0, 10);
            },
        },
        {
            trigger: "input[name=reference]",
            run: "edit TRF-2026-77",
        },
        {
            trigger: "button:contains('Report this payment')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "thanks, and it is listed",
            trigger: ".alert-success:contains('Thank you')",
        },
        {
            trigger: ".list-group-item:contains('BASKET/1'):contains('Reported')",
        },
    ],
});

/** After staff have confirmed it: the payment is received. */
tours.add("customer_portal_plus.payment_confirmed", {
    url: "/my/payments",
    steps: () => [
        {
            trigger: ".list-group-item:contains('BASKET/1'):contains('Received') a:contains('Receipt')",
        },
    ],
});

/** A customer makes another saved method the main one, and deletes the first. */
tours.add("customer_portal_plus.main_method", {
    url: "/my/payment_method",
    steps: () => [
        {
            content: "the second one becomes the main one",
            trigger: ".list-group-item:contains('2222') button:contains('Make it the main one')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".list-group-item:contains('2222'):contains('Main method')",
        },
        {
            content: "the first one is deleted",
            trigger: ".list-group-item:contains('1111') summary",
            run: "click",
        },
        {
            trigger: ".list-group-item:contains('1111') button:contains('Delete it for good')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is gone, the main one is there",
            trigger: ".o_cpp_saved_methods:contains('2222'):not(:contains('1111'))",
        },
    ],
});

/** A customer reads what automatic debit means, agrees to it, and switches it on. */
tours.add("customer_portal_plus.debit_on", {
    url: "/my/payment_method",
    steps: () => [
        {
            trigger: "a:contains('Automatic debit')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "what is agreed names the method and the notice",
            trigger: "form:contains('4242'):contains('At least 5 days before')",
        },
        {
            trigger: "input[name=agree]",
            run: "check",
        },
        {
            trigger: "button:contains('Switch automatic debit on')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Automatic debit is on')",
        },
        {
            content: "it is on for that method, and can be switched off",
            trigger: ".o_cpp_pill:contains('On') ~ span:contains('4242')",
        },
        {
            trigger: "button:contains('Switch automatic debit off')",
        },
    ],
});

/** Before anything is charged, the customer sees what, and how much. */
tours.add("customer_portal_plus.debit_announced", {
    url: "/my/pay/debit",
    steps: () => [
        {
            trigger: "h2:contains('Announced')",
        },
        {
            trigger:
                ".list-group-item:contains('BASKET/1'):contains('100.00'):contains('Charged on')",
        },
        {
            content: "what is due later is not among it",
            trigger: ".list-group:not(:contains('BASKET/2'))",
        },
    ],
});

/** Afterwards it sees what was charged, and takes its consent back. */
tours.add("customer_portal_plus.debit_charged_and_off", {
    url: "/my/pay/debit",
    steps: () => [
        {
            trigger: ".list-group-item:contains('BASKET/1'):contains('100.00') .o_cpp_pill:contains('Charged')",
        },
        {
            trigger: "button:contains('Switch automatic debit off')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Automatic debit is off')",
        },
        {
            content: "it can be agreed to again",
            trigger: "button:contains('Switch automatic debit on')",
        },
    ],
});
