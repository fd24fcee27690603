import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The search in the menu: the key / leads to it, where nothing else is being typed. */
export class PortalSearch extends Interaction {
    static selector = ".o_cpp_menu_search";
    dynamicContent = { _document: { "t-on-keydown": this.onKey } };

    onKey(ev) {
        const typing = ev.target.closest?.("input, textarea, select, [contenteditable=true]");
        const field = this.el.querySelector("input[type=search]");
        if (ev.key !== "/" || ev.ctrlKey || ev.altKey || ev.metaKey || typing || !field.offsetParent) {
            return;
        }
        ev.preventDefault();
        field.focus();
        field.select();
    }
}

registry.category("public.interactions").add("customer_portal_plus.portal_search", PortalSearch);
