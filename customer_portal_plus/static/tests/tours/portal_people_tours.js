import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// Staff give a contact access from its form: the window says who, and the mail leaves.
tours.add("portal_give_access", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link:contains('Portal')",
            run: "click",
        },
        {
            trigger: "button[name='action_portal_give_access']",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains('almacen@example.com') input:checked",
        },
        {
            trigger: ".modal button[name='action_invite']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='portal_status']:contains('Invited')",
        },
        {
            trigger: "button[name='action_portal_invite_again']",
        },
    ],
});

// A contact opens the link of its invitation, chooses a password, and is in.
tours.add("portal_invitation", {
    steps: () => [
        {
            trigger: "input[name='password']",
            run: "edit gato-verde-7-lunas",
        },
        {
            trigger: "input[name='confirm_password']",
            run: "edit gato-verde-7-lunas",
        },
        {
            trigger: ".o_portal_invitation button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[data-portal-menu='home']",
        },
    ],
});

// A manager invites a colleague, gives another one other rights, and takes its access away.
tours.add("portal_team", {
    steps: () => [
        {
            trigger: ".o_cpp_more > summary",
            run: "click",
        },
        {
            trigger: "[data-portal-menu='team']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_team_invite > summary",
            run: "click",
        },
        {
            trigger: "#team_name",
            run: "edit Caja",
        },
        {
            trigger: "#team_email",
            run: "edit caja@example.com",
        },
        {
            trigger: ".o_cpp_team_invite label:contains('Accounting')",
            run: "click",
        },
        {
            trigger: ".o_cpp_team_invite button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Your colleague gets a mail')",
        },
        {
            trigger: "li[data-person]:contains('caja@example.com'):contains('Invited')",
        },
        {
            trigger: "li[data-person]:contains('Compras') details > summary:contains('Change')",
            run: "click",
        },
        {
            trigger: "li[data-person]:contains('Compras') select[name='profile_id']",
            run: "selectByLabel Read only",
        },
        {
            trigger: "li[data-person]:contains('Compras') button:contains('Save')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Changed')",
        },
        {
            trigger: "li[data-person]:contains('Compras') details > summary:contains('Change')",
            run: "click",
        },
        {
            trigger: "li[data-person]:contains('Compras') .o_cpp_team_remove > summary",
            run: "click",
        },
        {
            trigger: "li[data-person]:contains('Compras') button:contains('Yes, take it away')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "li[data-person]:contains('Compras'):contains('No access')",
        },
    ],
});

// A contact changes the billing data of its customer: one value at once, one that waits.
tours.add("portal_billing", {
    steps: () => [
        {
            trigger: "a[href='/my/account/billing']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "input[name='street']",
            run: "edit Avenida Nueva 7",
        },
        {
            trigger: "input[name='name']",
            run: "edit Alfa Global SL",
        },
        {
            trigger: "#save_address",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Saved')",
        },
        {
            trigger: ".o_cpp_waiting:contains('Alfa Global SL')",
        },
        {
            trigger: ".o_cpp_account dd:contains('Avenida Nueva 7')",
        },
        {
            trigger: ".o_cpp_account dd:contains('Alfa Suministros SL')",
        },
    ],
});
