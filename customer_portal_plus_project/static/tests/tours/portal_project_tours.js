import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// Staff share one of a project's files from the project itself.
tours.add("portal_project_share", {
    steps: () => [
        {
            trigger: ".o_form_view button[name='action_portal_share_files']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='project_file_ids'] input",
            run: "edit Plano",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Plano.pdf')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='project_file_ids'] .o_tag:contains('Plano.pdf')",
        },
        {
            trigger: ".modal footer button:contains('Share')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Plano'):contains('Sent')",
        },
    ],
});

// Its customer finds it among the project's files, and opens it.
tours.add("portal_project_read", {
    steps: () => [
        {
            trigger: "[data-chip^='project-']:contains('Reforma de la nave')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[data-document]:contains('Reforma de la nave')",
        },
        {
            trigger: "body:not(:contains('Costes internos'))",
        },
        {
            trigger: "[data-document] a:contains('Plano')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a[href$='/file']:contains('Download')",
        },
    ],
});
