import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const READ_SECONDS = 4;

/**
 * Tells the server once that the page was shown: for how long it was in sight, and whether
 * somebody moved in it. It waits until that is clear, or until the page is left.
 */
export class PortalBeacon extends Interaction {
    static selector = ".o_portal_beacon";
    dynamicContent = {
        _document: {
            "t-on-visibilitychange": this.onVisibilityChange,
            "t-on-pointermove": this.onMove,
            "t-on-pointerdown": this.onMove,
            "t-on-keydown": this.onMove,
            "t-on-wheel": this.onMove,
        },
        _window: {
            "t-on-pagehide": this.send,
        },
    };

    setup() {
        this.moved = false;
        this.sent = false;
        this.milliseconds = 0;
        this.shownAt = null;
    }

    start() {
        // What staff look at in a preview was not seen by the customer.
        this.sent = Boolean(document.getElementById("o_portal_preview"));
        this.onVisibilityChange();
    }

    get seconds() {
        const shown = this.shownAt === null ? 0 : performance.now() - this.shownAt;
        return (this.milliseconds + shown) / 1000;
    }

    onVisibilityChange() {
        if (document.visibilityState === "visible") {
            if (this.shownAt === null) {
                this.shownAt = performance.now();
                this.waitForTimeout(() => this.send(), (READ_SECONDS - this.seconds) * 1000 + 100);
            }
        } else {
            this.milliseconds = this.seconds * 1000;
            this.shownAt = null;
            this.send();
        }
    }

    onMove(ev) {
        // Programs that drive a browser make events, too, but not trusted ones.
        if (ev.isTrusted && !this.moved) {
            this.moved = true;
            this.waitForTimeout(() => this.send(), 1000);
        }
    }

    send() {
        // A page that was never in sight, as one that a browser loads ahead, was not shown.
        if (this.sent || this.seconds === 0) {
            return;
        }
        this.sent = true;
        const data = new FormData();
        data.append("token", this.el.dataset.token);
        data.append("seconds", this.seconds.toFixed(1));
        data.append("moved", this.moved ? "1" : "");
        data.append("automated", navigator.webdriver ? "1" : "");
        navigator.sendBeacon("/my/beacon", data);
    }
}

registry.category("public.interactions").add("customer_portal_plus.portal_beacon", PortalBeacon);
