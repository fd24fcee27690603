/* global Chart */

import { loadBundle } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * Draws paid and pending amounts by month from the JSON beside the table. All amounts and their
 * texts come from the server; without this script the table alone says the same.
 */
export class PortalChart extends Interaction {
    static selector = ".o_cpp_chart";

    async willStart() {
        await loadBundle("web.chartjs_lib");
    }

    start() {
        const drawing = JSON.parse(this.el.dataset.chart);
        const style = getComputedStyle(document.documentElement);
        const colors = {
            paid: style.getPropertyValue("--success").trim() || "#28a745",
            pending: style.getPropertyValue("--warning").trim() || "#ffac00",
        };
        // Of text and lines, on a light screen and on a dark one.
        const page = getComputedStyle(this.el);
        const color = page.getPropertyValue("--cpp-muted").trim();
        const grid = { color: page.getPropertyValue("--cpp-line").trim() };
        const frame = this.el.querySelector(".o_cpp_canvas");
        frame.classList.remove("d-none");
        this.el.querySelector("details").open = false;
        const chart = new Chart(frame.querySelector("canvas"), {
            type: "bar",
            data: {
                labels: drawing.labels,
                datasets: drawing.series.map((series) => ({
                    label: series.label,
                    data: series.values,
                    texts: series.texts,
                    backgroundColor: colors[series.key],
                })),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                scales: {
                    x: { stacked: true, grid: { display: false }, ticks: { color } },
                    y: { stacked: true, grid, ticks: { color, maxTicksLimit: 5 } },
                },
                plugins: {
                    legend: { position: "bottom", labels: { color } },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}`,
                        },
                    },
                },
            },
        });
        this.registerCleanup(() => chart.destroy());
    }
}

registry.category("public.interactions").add("customer_portal_plus.portal_chart", PortalChart);
