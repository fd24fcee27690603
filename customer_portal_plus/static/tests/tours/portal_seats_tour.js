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
