import { registry } from "@web/core/registry";
import { fits } from "./fits";

/** A customer sees what it bought, chooses the year before, and another currency. */
registry.category("web_tour.tours").add("customer_portal_plus.purchases", {
    url: "/my/invoices",
    steps: () => [
        {
            content: "From the list of invoices",
            trigger: ".o_cpp_list a[href='/my/purchases']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The bars are drawn",
            trigger: ".o_cpp_bars svg rect.o_cpp_bar_now",
        },
        {
            content: "and nothing is wider than the screen",
            trigger: ".o_cpp_purchases",
            run: fits,
        },
        {
            content: "The figures stand beside it",
            trigger: "tr[data-month='3']:contains('135.00')",
        },
        {
            trigger: "a[data-year='2024']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The year before",
            trigger: "a[data-year='2024'][aria-current='true']",
        },
        {
            trigger: "[data-purchases='amount']:contains('50.00')",
        },
        {
            trigger: "a[data-year='2025']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a[data-account]:not([aria-current])",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The other currency",
            trigger: "[data-purchases='amount']:contains('17.00')",
        },
        {
            content: "as a file, too",
            trigger: "a[data-export='XLSX'][href='/my/purchases/export.xlsx?year=2025']",
        },
    ],
});
