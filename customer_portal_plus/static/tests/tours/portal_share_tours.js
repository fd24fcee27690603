import { registry } from "@web/core/registry";
import { dragenterFiles, dropFiles } from "@web/../tests/utils";

const tours = registry.category("web_tour.tours");
const PNG =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

function makeFile(name) {
    const bytes = Uint8Array.from(atob(PNG), (character) => character.charCodeAt(0));
    return new File([bytes], name, { type: "image/png" });
}

// Staff drop two files into the window and share them with all customers.
tours.add("portal_share_files", {
    steps: () => [
        {
            trigger: ".o_control_panel_main_buttons button:contains('Share Files')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_portal_drop_files",
            async run() {
                const files = [makeFile("Enero.png"), makeFile("Febrero.png")];
                await dragenterFiles(".modal .o_field_portal_drop_files", files);
                await dropFiles(".o-Dropzone", files);
            },
        },
        {
            trigger: ".modal .o_attachment:contains('Febrero.png')",
        },
        {
            trigger: ".modal .o_field_widget[name='audience'] label:contains('All customers')",
            run: "click",
        },
        {
            trigger: ".modal footer button:contains('Share')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Enero'):contains('Sent')",
        },
    ],
});

// A contact finds what it is asked for on its home page, and sends it.
tours.add("portal_upload", {
    steps: () => [
        {
            trigger: "[data-todo='uploads']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[data-request] a.btn:contains('Send')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#cpp_upload_file",
            run({ anchor }) {
                const files = new DataTransfer();
                files.items.add(makeFile("certificado.png"));
                anchor.files = files.files;
            },
        },
        {
            trigger: ".o_cpp_upload button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('we have received it')",
        },
        {
            trigger: "li:contains('certificado.png')",
        },
    ],
});
