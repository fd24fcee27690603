import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const SECONDS_BETWEEN = 3;
const MAX_QUESTIONS = 60;

/**
 * On the page where a mailed code is typed: ask now and then whether the mail has left, and load
 * the page anew when that changes, so that it says so. Not while somebody is typing.
 */
export class PortalMailState extends Interaction {
    static selector = ".o_cpp_mail_state";

    setup() {
        this.questions = 0;
    }

    start() {
        this.askLater();
    }

    askLater() {
        const { state } = this.el.dataset;
        if ((state === "waiting" || state === "delayed") && this.questions < MAX_QUESTIONS) {
            this.waitForTimeout(() => this.ask(), SECONDS_BETWEEN * 1000);
        }
    }

    async ask() {
        this.questions += 1;
        const typed = document.querySelector("#cpp_code")?.value;
        try {
            const answer = await this.waitFor(fetch(this.el.dataset.url));
            const { state } = await this.waitFor(answer.json());
            if (state !== this.el.dataset.state && !typed) {
                // Not this address: it may be the one that a form was sent to.
                window.location.assign(this.el.dataset.page);
                return;
            }
        } catch {
            // The next question may be answered.
        }
        this.askLater();
    }
}

registry
    .category("public.interactions")
    .add("customer_portal_plus.mail_state", PortalMailState);
