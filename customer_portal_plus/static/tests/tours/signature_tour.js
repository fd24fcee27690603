import { registry } from "@web/core/registry";
import { drawAndSign } from "./draw_signature";

// Each contract is made and named by the Python test.
registry.category("web_tour.tours").add("customer_portal_plus.contracts", {
    url: "/my/documents",
    steps: () => [
        {
            content: "open the contract to sign",
            trigger: "a:contains(TOUR-CONTRACT)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "ask something about it",
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            timeout: 30000, // The messages come last.
            run: "edit Is page two final?",
        },
        {
            trigger: "#chatterRoot:shadow .o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "the question is there",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(Is page two final?)",
        },
        {
            content: "go to sign it",
            trigger: "form[action$='/sign'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the file to be signed is linked",
            trigger: "a[href$='/document.pdf']",
        },
        ...drawAndSign(),
        {
            content: "it is signed",
            trigger: ".alert-success:contains(it is signed)",
        },
        {
            content: "back to the documents",
            trigger: ".o_cpp_menu a[href='/my/documents']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "open the one to reject",
            trigger: "a:contains(TOUR-REFUSED)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "do not want to sign",
            trigger: "summary:contains(I do not want to sign it)",
            run: "click",
        },
        {
            trigger: "#cpp_reject_reason",
            run: "edit Clause four is not what we agreed.",
        },
        {
            trigger: "form[action$='/reject'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is rejected",
            trigger: ".alert-info:contains(you reject this document)",
        },
    ],
});

// A first person accepts, a second one approves; each with its own sign-in.
registry.category("web_tour.tours").add("customer_portal_plus.approval_first", {
    url: "/my/team",
    steps: () => [
        {
            content: "rule that larger quotes need two people",
            trigger: "a[href='/my/team/approval']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#approval_amount",
            run: "edit 1000",
        },
        {
            trigger: "form[action='/my/team/approval/set'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is ruled",
            trigger: ".list-group-item:contains(1,000.00)",
        },
        {
            trigger: ".o_cpp_menu a[href='/my/quotes']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a:contains(TOUR-LARGE)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#sale_order_sidebar_button .o_portal_plus_accept",
            run: "click",
        },
        {
            content: "accept it",
            trigger: ".modal.show .o_portal_plus_accept_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "colleagues are asked",
            trigger: "[name=portal_notice]:contains(asked your colleagues)",
        },
        {
            content: "it says whom it waits for",
            trigger: "[name=portal_status]:contains(Waiting for approval)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_portal_plus.approval_second", {
    url: "/my",
    steps: () => [
        {
            trigger: "a:contains(1 quote waiting for your approval)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a:contains(TOUR-LARGE)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#sale_order_sidebar_button .o_portal_plus_accept:contains(Approve)",
            run: "click",
        },
        {
            trigger: ".modal.show .o_portal_plus_accept_form button[type=submit]:contains(Approve)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is an order",
            trigger: "[name=portal_notice]:contains(Your order is confirmed)",
        },
    ],
});
