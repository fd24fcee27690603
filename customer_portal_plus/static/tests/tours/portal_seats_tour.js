import { registry } from "@web/core/registry";
import { fits } from "./fits";

/** An accountant looks at all its customers, acts for one of them, and goes back. */
registry.category("web_tour.tours").add("customer_portal_plus.seats", {
    url: "/my",
    steps: () => [
        {
            content: "The bar leads to all customers",
            trigger: ".o_cpp_seat_bar a:contains('All customers')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is to pay at one of them",
            trigger: "li[data-seat-row]:contains('Alfa Suministros'):contains('120.00')",
            run: fits,
        },
        {
            trigger: "li[data-seat-row]:contains('Alfa Suministros') button:contains('Act for it')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "All pages say for whom",
            trigger: ".o_cpp_seat_bar [data-acting]:contains('Alfa Suministros')",
            run: fits,
        },
        { trigger: ".o_cpp_home h1:contains('Alfa Suministros')" },
        { trigger: ".o_cpp_seat_bar summary", run: "click" },
        {
            content: "Open, it fits, too",
            trigger: ".o_cpp_seat_bar details[open] button:contains('Gestoría')",
            run: fits,
        },
        {
            trigger: ".o_cpp_seat_bar details[open] button:contains('Gestoría')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_cpp_home h1:contains('Gestoría')" },
        { trigger: ".o_cpp_seat_bar:not(:has([data-acting]))", run: fits },
    ],
});

/** An accountant pays invoices of two customers at once, with one card. */
registry.category("web_tour.tours").add("customer_portal_plus.seat_payment", {
    url: "/my/seats",
    steps: () => [
        {
            content: "What all customers owe together",
            trigger: "[data-seats-total=pending]:contains('370.00')",
            run: fits,
        },
        {
            trigger: "a:contains('Pay for several customers')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Nothing is ticked yet",
            trigger: ".o_cpp_basket:not(:has(.o_cpp_basket_tick:checked)) .o_cpp_basket_total:contains('0.00')",
            run: fits,
        },
        { trigger: "li:contains('JOINT/1') .o_cpp_basket_tick", run: "check" },
        { trigger: "li:contains('JOINT/2') .o_cpp_basket_tick", run: "check" },
        { trigger: ".o_cpp_basket_total:contains('370.00')" },
        {
            trigger: "button:contains('Continue to payment')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "[data-seat-part]:contains('Alfa Suministros'):contains('120.00')", run: fits },
        { trigger: "[data-seat-part]:contains('Beta Talleres'):contains('250.00')" },
        { trigger: ".o_cpp_basket_amount:contains('370.00')" },
        { trigger: "#customer_input", run: "edit 4242424242424242" },
        {
            trigger: "button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Thanks, and nothing is left to pay",
            trigger: ".alert-success:contains('Each customer has a payment of its own')",
            timeout: 30000,
            run: fits,
        },
        { trigger: "li[data-seat-row]:contains('Alfa Suministros'):contains('Nothing')" },
    ],
});
