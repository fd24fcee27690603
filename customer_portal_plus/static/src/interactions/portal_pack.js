import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const SECONDS_BETWEEN = 3;

/**
 * On the page of an archive that is being made: show how far it is, and load the page anew when it
 * is ready. The page itself is asked; who has no scripts does that with a link.
 */
export class PortalPack extends Interaction {
    static selector = ".o_cpp_pack[data-state='making']";

    start() {
        this.askLater();
    }

    askLater() {
        this.waitForTimeout(() => this.ask(), SECONDS_BETWEEN * 1000);
    }

    async ask() {
        if (!document.hidden) {
            try {
                const answer = await this.waitFor(fetch(window.location.pathname));
                const text = await this.waitFor(answer.text());
                const page = new DOMParser().parseFromString(text, "text/html");
                const shown = page.querySelector(this.constructor.selector);
                if (answer.ok && !shown) {
                    // It is ready, or gone.
                    window.location.reload();
                    return;
                }
                this.showProgress(shown);
            } catch {
                // The next question may be answered.
            }
        }
        this.askLater();
    }

    showProgress(shown) {
        const there = shown?.querySelector(".o_cpp_pack_progress");
        const here = this.el.querySelector(".o_cpp_pack_progress");
        if (there) {
            here.querySelector("progress").value = there.querySelector("progress").value;
            here.querySelector("p").textContent = there.querySelector("p").textContent;
        }
    }
}

registry.category("public.interactions").add("customer_portal_plus.pack", PortalPack);
