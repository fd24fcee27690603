import { registry } from "@web/core/registry";

/**
 * A customer asks for an archive of its list, and waits on the page of the archive until it is
 * ready. The page asks by itself: nobody loads it anew.
 */
registry.category("web_tour.tours").add("customer_portal_plus.packs", {
    url: "/my/invoices",
    steps: () => [
        {
            content: "nothing is chosen, and all of the list can be had",
            trigger: "#portal_choice button[formaction='/my/invoices/download']:disabled",
        },
        {
            trigger: "form[action='/my/invoices/download'] button[name='all']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "how far it is, shown on the page that is there",
            trigger: ".o_cpp_pack_progress p:contains('2 of 3 documents are ready')",
            expectUnloadPage: true, // By itself.
        },
        {
            content: "it is ready: the page has loaded itself anew",
            trigger: ".o_cpp_pack[data-state='ready'] button[name='part'][value='1']",
        },
    ],
});
