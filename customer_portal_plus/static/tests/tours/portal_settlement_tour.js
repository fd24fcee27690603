import { registry } from "@web/core/registry";
import { fits } from "./fits";

/** A customer disputes a part of a line, sees what is left to pay, and promises to pay that. */
registry.category("web_tour.tours").add("customer_portal_plus.settlement", {
    url: "/my/invoices",
    steps: () => [
        {
            trigger: "a[href^='/my/invoices/']:contains('SETTLE/1')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "From the invoice's page",
            trigger: "a:contains('Something is wrong with this invoice')",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Nothing is wider than the screen", trigger: ".o_cpp_dispute", run: fits },
        {
            content: "Mark the second line",
            trigger: "li:contains('Tuercas') input[type='checkbox']",
            run: "click",
        },
        { trigger: "li:contains('Tuercas') input[type='text']", run: "edit 10" },
        { trigger: "#reason", run: "select damaged" },
        { trigger: "#words", run: "edit Rusty" },
        {
            trigger: ".o_cpp_dispute button:contains('Send')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says what is disputed",
            trigger: "section[name='portal_disputes']:contains('30.00')",
            run: fits,
        },
        { content: "and what is left", trigger: "[name='portal_hero']:contains('70.00')" },
        {
            content: "That will be paid soon",
            trigger: "a:contains('Promise to pay')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_cpp_promises input[name='invoice']:checked", run: fits },
        {
            trigger: "#day",
            run() {
                this.anchor.value = this.anchor.max;
            },
        },
        {
            trigger: ".o_cpp_promises button:contains('Promise')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is waited for",
            trigger: "section[name='portal_promises']:contains('70.00')",
            run: fits,
        },
    ],
});

/** A customer agrees to pay in three instalments, and goes on to pay the first one. */
registry.category("web_tour.tours").add("customer_portal_plus.plan", {
    url: "/my/invoices",
    steps: () => [
        {
            trigger: "a[href^='/my/invoices/']:contains('SETTLE/1')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "From the invoice's page",
            trigger: "a:contains('Pay in instalments')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_cpp_plans input[name='invoice']:checked", run: fits },
        { trigger: "#number", run: "edit 3" },
        {
            trigger: ".o_cpp_plans button[value='show']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The instalments, before anything is agreed",
            trigger: "section[name='portal_offer']:contains('33.34')",
            run: fits,
        },
        {
            trigger: ".o_cpp_plans button:contains('Agree to this plan')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is agreed, and nothing is paid yet",
            trigger: ".o_cpp_plan:contains('It is agreed') [name='portal_plan_left']:contains('100.00')",
            run: fits,
        },
        {
            trigger: ".o_cpp_plan a:contains('SETTLE/1')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "and back",
            trigger: "[name='portal_plan'] a:contains('See the plan')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_plan button:contains('33.33')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page of payment has the first instalment",
            trigger: "main:contains('33.33'):contains('SETTLE/1')",
            run: fits,
        },
    ],
});

/** A customer proposes three instalments, reads them as a file, and signs: then it is agreed. */
registry.category("web_tour.tours").add("customer_portal_plus.signed_plan", {
    url: "/my/invoices",
    steps: () => [
        {
            trigger: "a[href^='/my/invoices/']:contains('SETTLE/1')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a:contains('Pay in instalments')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#number", run: "edit 3" },
        {
            trigger: ".o_cpp_plans button[value='show']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_plans button:contains('Go on to sign')",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "The page to sign", trigger: ".cpp-sign-form", run: fits },
        {
            content: "Back to the plan: nothing is agreed yet",
            trigger: "a[href^='/my/plans/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "section[name='portal_plan_to_sign'] button:contains('Read and sign')",
            run: fits,
        },
        {
            trigger: "section[name='portal_plan_to_sign'] button:contains('Read and sign')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#cpp_method_type", run: "click" },
        { trigger: "#cpp_consent", run: "check" },
        {
            trigger: ".cpp-sign-form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is agreed",
            trigger: ".o_cpp_plan:contains('It is agreed') [name='portal_plan_left']:contains('100.00')",
            run: fits,
        },
    ],
});
