import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { localization } from "@web/core/l10n/localization";
import { formatFloat } from "@web/core/utils/numbers";
import { parseMoney } from "./portal_money";

/**
 * Shows the sum of what is ticked. It is a help for the eye: what is paid is computed by the
 * server from the invoices that were chosen.
 */
export class PortalBasket extends Interaction {
    static selector = ".o_cpp_basket";
    dynamicContent = {
        input: { "t-on-change": this.showSums },
        "input[type=text]": { "t-on-input": this.onAmountTyped },
    };

    start() {
        this.showSums();
    }

    onAmountTyped(ev) {
        const row = ev.currentTarget.closest("li");
        if (row) {
            row.querySelector("input[value=other]").checked = true;
            row.querySelector(".o_cpp_basket_tick").checked = true;
        }
        this.showSums();
    }

    isPaidInFull(tick) {
        const how = tick.closest("li").querySelector("input[type=radio]:checked");
        return !how || how.value === "all";
    }

    /** Return what is chosen for one ticked invoice; null if it is typed and can't be read. */
    amountOf(tick) {
        if (this.isPaidInFull(tick)) {
            return parseFloat(tick.dataset.residual);
        }
        const row = tick.closest("li");
        const how = row.querySelector("input[type=radio]:checked");
        if (how.value === "next") {
            return parseFloat(tick.dataset.next);
        }
        if (how.dataset.amount) {
            return parseFloat(how.dataset.amount);
        }
        const decimals = parseInt(row.closest(".o_cpp_basket_group").dataset.decimals);
        const typed = row.querySelector("input[type=text]").value;
        return parseMoney(typed, decimals, localization.decimalPoint);
    }

    showSums() {
        for (const group of this.el.querySelectorAll(".o_cpp_basket_group")) {
            const ticks = [...group.querySelectorAll(".o_cpp_basket_tick:checked")];
            const amounts = ticks.map((tick) => this.amountOf(tick));
            const credit = [...group.querySelectorAll(".o_cpp_basket_credit:checked")].reduce(
                (sum, tick) => sum + parseFloat(tick.dataset.amount),
                0
            );
            // Credit is set against what is paid in full, without a discount for paying early.
            const full = ticks
                .filter((tick) => !tick.dataset.discount && this.isPaidInFull(tick))
                .reduce((sum, tick) => sum + parseFloat(tick.dataset.residual), 0);
            group.querySelector(".o_cpp_basket_sum").classList.remove("d-none");
            const sum = amounts.reduce((total, amount) => total + amount, 0);
            const digits = [16, parseInt(group.dataset.decimals)];
            // What is typed and can't be read has no sum.
            group.querySelector(".o_cpp_basket_total").textContent = amounts.includes(null)
                ? "–"
                : formatFloat(sum - Math.min(credit, full), { digits });
        }
    }
}

registry.category("public.interactions").add("customer_portal_plus.portal_basket", PortalBasket);

/** The Enter key searches where one types what to search for: the form's own button goes on. */
export class PortalChoiceSearch extends Interaction {
    static selector = ".o_cpp_choice_search";
    dynamicContent = {
        input: { "t-on-keydown": this.onKeydown },
    };

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.el.querySelector("button").click();
        }
    }
}

registry
    .category("public.interactions")
    .add("customer_portal_plus.portal_choice_search", PortalChoiceSearch);
