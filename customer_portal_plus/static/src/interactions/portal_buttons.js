import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Links that look like buttons, and without scripts are links, answer to the space bar too. */
export class PortalButtons extends Interaction {
    static selector = ".o_portal a[role='button']";
    dynamicContent = { _root: { "t-on-keydown": this.onKey } };

    onKey(ev) {
        if (ev.key === " ") {
            ev.preventDefault(); // else the page scrolls
            this.el.click();
        }
    }
}

registry.category("public.interactions").add("customer_portal_plus.portal_buttons", PortalButtons);
