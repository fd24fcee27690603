import { registry } from "@web/core/registry";

// A kind is chosen, a free time taken, moved to another one, and cancelled.
registry.category("web_tour.tours").add("customer_portal_plus_booking.appointment", {
    url: "/my",
    steps: () => [
        {
            content: "The card of the home page, which every width has",
            trigger: ".o_portal_index_card a[href='/my/bookings']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_list a[href='/my/bookings/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_booking_kinds a:contains('Visita técnica')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The next month: little may be left of this one",
            trigger: ".o_cpp_booking_times a[data-month='after']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The first free time of the first free day",
            trigger: ".o_cpp_booking_times details[open] label:first",
            run: "click",
        },
        {
            trigger: "#portal_booking_note",
            run: "edit The pump is loud",
        },
        {
            trigger: ".o_cpp_booking_times button:contains('Book this time')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_booking .alert-success:contains('is confirmed')",
        },
        {
            trigger: ".o_cpp_booking a[href$='/schedule']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Again, for the same reason",
            trigger: ".o_cpp_booking_times a[data-month='after']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Another day",
            trigger: ".o_cpp_booking_times details:not([open]):first summary",
            run: "click",
        },
        {
            trigger: ".o_cpp_booking_times details[open]:last label:first",
            run: "click",
        },
        {
            trigger: ".o_cpp_booking_times button:contains('Take this time')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_booking .alert-success:contains('is confirmed')",
        },
        {
            trigger: ".o_cpp_booking_cancel summary",
            run: "click",
        },
        {
            trigger: ".o_cpp_booking_cancel button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_list .alert-success:contains('is cancelled')",
        },
    ],
});
