import { registry } from "@web/core/registry";
import { fits } from "./fits";

/** A customer is asked on its home page, says that its balance is another one, and signs that. */
registry.category("web_tour.tours").add("customer_portal_plus.balance", {
    url: "/my",
    steps: () => [
        {
            trigger: "a[href='/my/balances']:contains('to confirm')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_cpp_balances", run: fits },
        {
            trigger: ".o_cpp_balances li:contains('To confirm') a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The balance, and what it is made of",
            trigger: ".o_cpp_balance [data-balance='amount']:contains('100.00')",
            run: fits,
        },
        { trigger: "#cpp_differs", run: "click" },
        { trigger: "#cpp_own", run: "edit 80,50" },
        { trigger: "#cpp_words", run: "edit Falta el abono de junio" },
        {
            trigger: ".o_cpp_balance_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".cpp-sign-form", run: fits },
        { trigger: "#cpp_method_type", run: "click" },
        { trigger: "#cpp_consent", run: "check" },
        {
            trigger: ".cpp-sign-form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What was answered is shown",
            trigger: "section[name='portal_first_answer']:contains('80.50')",
            run: fits,
        },
    ],
});
