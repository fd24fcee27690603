import { fits } from "@customer_portal_plus/../tests/tours/fits";
import { registry } from "@web/core/registry";

/** From the list to the invoice, which is rejected; and said to be paid all the same. */
registry.category("web_tour.tours").add("customer_portal_plus_einvoice.answer", {
    url: "/my/einvoices",
    steps: () => [
        { trigger: ".o_cpp_einvoices li:contains('Not answered yet')", run: fits },
        {
            trigger: ".o_cpp_einvoices li a:first",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Until when, and what the law expects",
            trigger: "[data-duty='answer'] [name='portal_until']:contains('Madrid')",
            run: fits,
        },
        {
            trigger: "[data-duty='answer'] summary",
            run: "click",
        },
        {
            trigger: "[data-duty='answer'] textarea",
            run: "edit It was never ordered",
        },
        {
            trigger: "[data-duty='answer'] button[value='rejected']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[data-duty='answer']:contains('Rejected'):contains('It was never ordered')",
            run: fits,
        },
        {
            content: "Today",
            trigger: "[data-duty='paid'] input[type='date']",
            run() {
                this.anchor.value = this.anchor.max;
            },
        },
        {
            trigger: "[data-duty='paid'] button[value='paid']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "[data-duty='paid']:contains('Payment told')", run: fits },
    ],
});
