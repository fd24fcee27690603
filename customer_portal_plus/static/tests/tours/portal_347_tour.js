import { registry } from "@web/core/registry";
import { fits } from "./fits";

/** A customer looks at the year, objects to a quarter, and agrees after all. */
registry.category("web_tour.tours").add("customer_portal_plus.modelo_347", {
    url: "/my/347",
    steps: () => [
        { trigger: "[data-declared='total']:contains('3,678.00')", run: fits },
        {
            content: "The invoices behind a quarter",
            trigger: ".o_cpp_347 li:contains('Quarter 1') summary:contains('Documents')",
            run: "click",
        },
        {
            trigger: ".o_cpp_347 li:contains('Quarter 1') a[href^='/my/invoices/']",
            run: fits,
        },
        {
            trigger: ".o_cpp_347 li:contains('Quarter 1') summary:contains('do not agree')",
            run: "click",
        },
        { trigger: "textarea[name='objection_1']", run: "edit A credit note is missing" },
        {
            trigger: "button:contains('Send what is different')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What was written is kept, where it can be read and changed",
            trigger: ".o_cpp_347:contains('You do not agree') textarea[name='objection_1']",
            run: fits,
        },
        { trigger: "textarea[name='objection_1']", run: "clear" },
        { trigger: "button:contains('I agree')", run: "click", expectUnloadPage: true },
        { trigger: ".o_cpp_347:contains('You agree')", run: fits },
    ],
});
