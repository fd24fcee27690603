import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// Sign in with the address and the mailed code.
tours.add("portal_sign_in_code", {
    steps: () => [
        {
            trigger: "#cpp_email",
            run: "edit full@example.com",
        },
        {
            trigger: ".o_cpp_email_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The mail has left",
            trigger: ".o_cpp_mail_state[data-state='sent']",
        },
        {
            trigger: "#cpp_code",
            run: "edit 424242",
        },
        {
            trigger: "form[action$='/code'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[data-portal-menu='home']",
        },
    ],
});

// From the company's page to user name and password: a wrong one, then the right one.
tours.add("portal_sign_in_password", {
    steps: () => [
        {
            trigger: "a.o_cpp_password",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#login",
            run: "edit portal_test_full",
        },
        {
            trigger: "#password",
            run: "edit not-this-one",
        },
        {
            trigger: ".oe_login_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-danger:contains('Wrong login/password')",
        },
        {
            content: "What was typed is still there",
            trigger: "#login:value(portal_test_full)",
        },
        {
            trigger: "#password",
            run: "edit gato-verde-7-lunas",
        },
        {
            trigger: ".oe_login_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[data-portal-menu='home']",
        },
    ],
});

// Three screens: tax ID, one of the masked addresses, the mail; then its link.
tours.add("portal_sign_in_tax_id", {
    steps: () => [
        {
            trigger: "#cpp_tax_id",
            run: "edit es b-85.738.045",
        },
        {
            trigger: ".o_cpp_tax_id_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "label.form-check-label:contains('@e•••.com')",
            run: "click",
        },
        {
            trigger: "button:contains('Send the link')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_mail_state[data-state='sent']",
            run() {
                window.location.href = window.location.pathname.replace(
                    "/code",
                    "/in/the-link-of-the-mail"
                );
            },
            expectUnloadPage: true,
        },
        {
            trigger: "button:contains('Sign in as')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "[data-portal-menu='home']",
        },
    ],
});

// The tax ID alone: see what is due, pay one invoice, say of the other that it is paid.
tours.add("portal_express", {
    steps: () => [
        {
            trigger: "#cpp_tax_id",
            run: "edit B85738045",
        },
        {
            trigger: ".o_cpp_tax_id_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "p:contains('Alfa Suministros SL')",
        },
        {
            content: "Leave out the one that is not due yet",
            trigger: ".o_cpp_express_pay li:contains('250.50') input",
            run: "click",
        },
        {
            trigger: ".o_cpp_express_pay button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_express_amount:contains('100.00')",
        },
        {
            trigger: "#customer_input",
            run: "edit 1234 1234",
        },
        {
            trigger: "button[name='o_payment_submit_button']:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_express_pay:not(:contains('100.00'))",
        },
        {
            trigger: ".alert-success:contains('Thank you')",
        },
        {
            trigger: "a.o_cpp_express_report",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_express_report_form input[name='invoice']",
            run: "click",
        },
        {
            trigger: "#cpp_report_date",
            run() {
                this.anchor.value = new Date(Date.now() - 864e5).toISOString().slice(0, 10);
            },
        },
        {
            trigger: ".o_cpp_express_report_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_cpp_express_pay .o_cpp_pill:contains('Payment reported')",
        },
    ],
});
