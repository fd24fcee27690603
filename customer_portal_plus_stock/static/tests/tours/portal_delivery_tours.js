import { registry } from "@web/core/registry";
import { drawAndSign } from "@customer_portal_plus/../tests/tours/draw_signature";

// From the order to its delivery, a problem, the signature, and the same once more.
registry.category("web_tour.tours").add("customer_portal_plus_stock.delivery", {
    url: "/my",
    steps: () => [
        {
            content: "The orders, by a link that every width has",
            trigger: ".o_portal_index_card a[href='/my/deliveries'], a[href='/my/deliveries']",
            run() {
                window.location.href = "/my/orders";
            },
            expectUnloadPage: true,
        },
        {
            trigger: ".o_portal_my_doc_table a:contains('S'):first",
        },
        {
            content: "What was shipped in part says so",
            trigger: "tr:contains('Shipped in part') th a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is still to come stands on the order's page",
            trigger: "[name='portal_to_come']:contains('4 Units')",
        },
        {
            content: "to the delivery that was shipped",
            trigger: "[name='portal_deliveries'] li:contains('Shipped') a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_delivery h1:contains('Delivery')",
        },
        {
            content: "Something is broken",
            trigger: "a[href$='/problem']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_problem fieldset:contains('Tornillo') input[inputmode='decimal']",
            run: "edit 2",
        },
        {
            trigger: ".o_cpp_problem fieldset:contains('Tornillo') select",
            run: "select damage",
        },
        {
            trigger: ".o_cpp_problem fieldset:contains('Tornillo') textarea",
            run: "edit The box was wet",
        },
        {
            trigger: ".o_cpp_problem button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name='portal_reported']:contains('The box was wet')",
        },
        {
            content: "What came is confirmed",
            trigger: "form[action$='/receipt'] button",
            run: "click",
            expectUnloadPage: true,
        },
        ...drawAndSign(),
        {
            trigger: ".alert-success:contains('the receipt is confirmed')",
        },
        {
            content: "Back to the order, for the same once more",
            trigger: "section[aria-labelledby='portal_delivery_orders'] a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_order_again button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name='portal_again_notice']:contains('We make you a quote')",
        },
    ],
});
