import { useRef } from "@odoo/owl";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useFileUploader } from "@web/core/utils/files";
import {
    Many2ManyBinaryField,
    many2ManyBinaryField,
} from "@web/views/fields/many2many_binary/many2many_binary_field";

/** Files that are chosen, several at once, or dropped on the field. */
export class PortalDropFilesField extends Many2ManyBinaryField {
    static template = "customer_portal_plus.PortalDropFilesField";

    setup() {
        super.setup();
        this.root = useRef("root");
        this.uploadFiles = useFileUploader();
        useDropzone(this.root, (ev) => this.onDrop(ev));
    }

    get uploadText() {
        return _t("Choose Files");
    }

    async onDrop(ev) {
        const uploaded = await this.uploadFiles("/web/binary/upload_attachment", {
            csrf_token: odoo.csrf_token,
            ufile: [...ev.dataTransfer.files],
            model: this.props.record.resModel,
            id: this.props.record.resId || 0,
        });
        if (uploaded) {
            await this.onFileUploaded(uploaded);
        }
    }
}

registry.category("fields").add("portal_drop_files", {
    ...many2ManyBinaryField,
    component: PortalDropFilesField,
});
