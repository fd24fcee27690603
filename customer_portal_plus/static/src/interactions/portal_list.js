import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Lists: another order is shown as soon as it is chosen; acts on chosen rows wait for a row. */
export class PortalList extends Interaction {
    static selector = ".o_cpp_list";
    dynamicContent = {
        "#portal_sortby": { "t-on-change": (ev) => ev.currentTarget.form.submit() },
        ".o_cpp_choose": { "t-on-change": () => {} },
        ".o_cpp_choice button": { "t-att-disabled": () => !this.chosen.length || undefined },
        ".o_cpp_choice_count": { "t-out": () => this.chosen.length || "" },
    };

    get chosen() {
        return this.el.querySelectorAll(".o_cpp_choose:checked");
    }
}

registry.category("public.interactions").add("customer_portal_plus.portal_list", PortalList);
