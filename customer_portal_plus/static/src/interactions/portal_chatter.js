import { portalChatterBootService } from "@portal/chatter/boot/boot_service";
import { patch } from "@web/core/utils/patch";

/**
 * The conversation of a document is at the end of its page, and its scripts are more than all the
 * others together: they are loaded when one comes near it.
 */
patch(portalChatterBootService, {
    start(...args) {
        const chatter = document.querySelector(".o_portal .o_portal_chatter");
        if (!chatter) {
            return super.start(...args);
        }
        const observer = new IntersectionObserver(
            (entries) => {
                if (entries.some((entry) => entry.isIntersecting)) {
                    observer.disconnect();
                    super.start(...args);
                }
            },
            { rootMargin: "400px" }
        );
        observer.observe(chatter);
    },
});
