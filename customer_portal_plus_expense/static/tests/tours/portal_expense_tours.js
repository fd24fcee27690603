import { registry } from "@web/core/registry";

// From the list to an expense and its receipt.
registry.category("web_tour.tours").add("customer_portal_plus_expense.expense", {
    steps: () => [
        {
            content: "The list, by a link that every width has",
            trigger: "a[href='/my/expenses']:not(:visible), a[href='/my/expenses']",
            run() {
                window.location.href = "/my/expenses";
            },
            expectUnloadPage: true,
        },
        {
            trigger: "tr:contains('Tren a Bilbao'):contains('On your order') th a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name='portal_expense_total']:contains('150.00')",
        },
        {
            content: "The receipt is one of ours",
            trigger: "[name='portal_receipts'] a[href$='/receipts/1/shown']:contains('Receipt 1.pdf')",
        },
    ],
});
