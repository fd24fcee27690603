import { registry } from "@web/core/registry";

/**
 * A customer reads what it owes, looks at the chart, and finds documents in the three lists.
 */
registry.category("web_tour.tours").add("customer_portal_plus.pages", {
    url: "/my",
    steps: () => [
        {
            content: "What is owed is there",
            trigger: "[data-balance='pending']:contains('123.50')",
        },
        {
            content: "and how to pay it",
            trigger: "section[aria-labelledby='portal_balance'] a[href='/my/pay?select=overdue']",
        },
        {
            content: "The chart is drawn",
            trigger: "[data-chart] svg rect.o_cpp_bar_before",
        },
        {
            content: "What is overdue comes first",
            trigger: "a[data-todo='overdue']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Only the overdue invoice is listed",
            trigger: ".o_portal_my_doc_table:contains('TOUR-OVERDUE'):not(:contains('Pedido'))",
        },
        {
            content: "All invoices",
            trigger: "a[data-chip='all']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Search without accents or capitals",
            trigger: ".o_portal_my_doc_table:contains('Pedido') ",
        },
        {
            trigger: "#portal_search",
            run: "edit nandu",
        },
        {
            trigger: ".o_cpp_search button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The invoice is found",
            trigger: ".o_portal_my_doc_table:contains('Pedido'):not(:contains('TOUR-OVERDUE'))",
        },
        {
            content: "On to the quotes",
            trigger: "nav.o_cpp_menu a[data-portal-menu='quotes']:visible",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The quote to answer is what one sees first",
            trigger: ".o_portal_my_doc_table:contains('TOUR-QUOTE'):not(:contains('TOUR-ORDER'))",
        },
        {
            trigger: "nav.o_cpp_menu a[data-portal-menu='orders']:visible",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The order is among the orders",
            trigger: ".o_portal_my_doc_table:contains('TOUR-ORDER'):not(:contains('TOUR-QUOTE'))",
        },
    ],
});
