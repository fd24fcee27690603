import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A contact writes to the company.
tours.add("portal_message_write", {
    steps: () => [
        {
            trigger: "[data-portal-menu='messages']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a:contains('Write to us')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#message_subject",
            run: "edit Opening hours",
        },
        {
            trigger: "#message_body",
            run: "edit When are you open?",
        },
        {
            trigger: "form[action='/my/messages/new'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Your message was sent')",
        },
        {
            trigger: ".o_cpp_message:contains('When are you open?')",
        },
    ],
});

// Staff find it in the inbox and answer.
tours.add("portal_message_answer", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Opening hours')",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains('When are you open?')",
        },
        {
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit From nine to five",
        },
        {
            trigger: ".o-mail-Composer button[aria-label='Send']:enabled",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains('From nine to five')",
        },
        {
            trigger: "button[name='action_close']",
            run: "click",
        },
        {
            trigger: "button[name='action_reopen']",
        },
    ],
});

// The contact reads the answer, which was marked as new.
tours.add("portal_message_read", {
    steps: () => [
        {
            trigger: "a[data-todo='messages']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name='portal_conversation']:contains('New') a:contains('Opening hours')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_by_company:contains('From nine to five')",
        },
        {
            trigger: "a:contains('All messages')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[name='portal_conversation']:not(:contains('New')) a:contains('Opening hours')",
        },
    ],
});
