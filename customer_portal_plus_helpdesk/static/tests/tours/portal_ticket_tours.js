import { registry } from "@web/core/registry";

// From an invoice to a ticket about it: opened, answered, closed, rated, and opened again.
registry.category("web_tour.tours").add("customer_portal_plus_helpdesk.ticket", {
    steps: () => [
        {
            content: "Something is wrong with this invoice",
            trigger: "a.o_cpp_report_problem",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The document is filled in",
            trigger: "#portal_ticket_about:has(option:checked:contains('INV'))",
        },
        {
            trigger: "#portal_ticket_category",
            run: "selectByLabel Averías",
        },
        {
            trigger: "#portal_ticket_subject",
            run: "edit The price is wrong",
        },
        {
            trigger: "#portal_ticket_description",
            run: "edit We agreed on another one.",
        },
        {
            trigger: ".o_cpp_ticket_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_ticket .alert-success:contains('we have got your ticket')",
        },
        {
            content: "Page and document know of each other",
            trigger: ".o_cpp_ticket a[href^='/my/invoices/']",
        },
        {
            trigger: "#portal_answer_body",
            run: "edit It should be ten",
        },
        {
            trigger: ".o_cpp_ticket_answer button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_message:contains('It should be ten')",
        },
        {
            trigger: ".o_cpp_ticket_close button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_ticket_rate #portal_grade_5",
            run: "check",
        },
        {
            trigger: ".o_cpp_ticket_rate button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name='portal_rated']:contains('Good')",
        },
        {
            content: "It was not settled after all",
            trigger: "details summary:contains('reopen')",
            run: "click",
        },
        {
            trigger: "#portal_reopen_body",
            run: "edit It came back",
        },
        {
            trigger: ".o_cpp_ticket_reopen button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_message:contains('It came back')",
        },
        {
            content: "It stands in the list",
            trigger: "a[href='/my/tickets']:contains('All tickets')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "tr[data-ticket]:contains('The price is wrong'):contains('Received')",
        },
    ],
});
