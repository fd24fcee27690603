/**
 * How far away a due date is, said of one day as of one day.
 */

import { Sidebar } from "@portal/interactions/sidebar";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const { DateTime } = luxon;

patch(Sidebar.prototype, {
    setDelayLabel() {
        super.setDelayLabel(...arguments);
        const today = DateTime.now().startOf("day");
        for (const label of this.el.querySelectorAll(".o_portal_sidebar_timeago")) {
            const date = deserializeDate(label.getAttribute("datetime")).startOf("day");
            const days = Math.round(date.diff(today).as("days"));
            if (days === 1) {
                label.innerText = _t("Due tomorrow");
            } else if (days === -1) {
                label.innerText = _t("1 day overdue");
            }
        }
    },
});
