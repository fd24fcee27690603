"""`/my/seats/pay`: invoices of several customers in one payment, by who has a seat at each."""

from odoo.exceptions import UserError, ValidationError
from odoo.http import request, route

from ..models.payment.customer_portal_basket import MAX_INVOICES
from ..models.payment.payment_transaction import FAILED_STATES
from ..tools.parsing import parse_id, parse_ids
from .payment_options import WaysToPay
from .seats import PortalSeats
from .step_up_session import needs_step_up, step_up_url

PATH = "/my/seats/pay"


class SeatPayment(PortalSeats, WaysToPay):
    """All of it is for the person's own account: while it acts for a customer, these pages are
    closed, see ``ir.http.OWN_PATH``. Who would have to confirm that it is who it says before it
    changes over has to before it pays for others, too."""

    def _get_portal_seat_messages(self):
        """Override of `PortalSeats` to tell that a payment was made."""
        env = request.env
        return {
            **super()._get_portal_seat_messages(),
            "paid": env._(
                "Thank you. Each customer has a payment of its own for it, in its list of payments;"
                " you get their receipts by mail."
            ),
            "processing": env._(
                "Thank you. The payment is being processed; you get the receipts of all customers"
                " by mail."
            ),
        }

    def _prepare_portal_seats_values(self, holder):
        """Override of `PortalSeats` to offer paying for several customers."""
        return {
            **super()._prepare_portal_seats_values(holder),
            "may_pay": bool(request.env["customer.portal.joint"]._payers(holder)),
        }

    # === CHOOSING === #

    @route(PATH, type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_seats_pay(self, select="", **kwargs):
        """Show what is to be paid of all customers."""
        return self._render_portal_seat_choice(select=select)

    def _render_portal_seat_choice(self, select="", chosen=(), error=""):
        holder = self._get_portal_seat_holder()
        if not holder:
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url(PATH), 303)
        joints = request.env["customer.portal.joint"]
        return request.render(
            "customer_portal_plus.portal_seat_choice",
            {
                **self._prepare_portal_layout_values(),
                **joints._portal_choice(holder, select, chosen),
                "page_name": "seats",
                "no_breadcrumbs": True,
                "most": MAX_INVOICES,
                "error": error,
            },
            status=422 if error else 200,
        )

    @route(f"{PATH}/choose", type="http", auth="user", website=True, methods=["POST"])
    def portal_seats_pay_choose(self, **posted):
        """Go on to the payment of what was chosen; of the first one, if it is of several companies
        or in several currencies."""
        holder = self._get_portal_seat_holder()
        chosen = parse_ids(request.httprequest.form.getlist("invoice"))
        if not holder or needs_step_up():
            return self._render_portal_seat_choice()
        try:
            with request.env.cr.savepoint():
                joints = request.env["customer.portal.joint"]._build(holder, chosen)
        except UserError as error:
            return self._render_portal_seat_choice(chosen=chosen, error=str(error))
        return request.redirect(f"{PATH}/{joints[0].id}", 303)

    # === PAYING === #

    def _get_portal_joint(self, joint_id):
        """Return what the person chose to pay, in sudo; empty if there is none.

        :rtype: customer.portal.joint
        """
        holder = self._get_portal_seat_holder()
        joints = request.env["customer.portal.joint"]
        return joints._find(parse_id(joint_id), holder) if holder else joints

    @route(f"{PATH}/<int:joint_id>", type="http", auth="user", website=True, methods=["GET"])
    def portal_seats_joint(self, joint_id, failed="", **kwargs):
        """Show what is paid for which customer, and the ways to pay."""
        joint_sudo = self._get_portal_joint(joint_id)
        if not joint_sudo or joint_sudo._portal_is_paid():
            return request.redirect(PATH)
        if needs_step_up():
            return request.redirect(step_up_url(PATH), 303)
        left_out = joint_sudo._portal_keep_open()
        if not joint_sudo.basket_ids:
            return request.redirect(PATH)
        request.update_context(portal_joint=True)
        values = self._get_common_page_view_values(
            invoices_data={
                "partner": self._get_portal_contact(),
                "company": joint_sudo.company_id,
                "total_amount": joint_sudo.amount,
                "currency": joint_sudo.currency_id,
                "amount_residual": joint_sudo.amount,
                "landing_route": f"{PATH}/{joint_sudo.id}/done",
                "transaction_route": f"{PATH}/{joint_sudo.id}/transaction",
            }
        )
        return request.render(
            "customer_portal_plus.portal_seat_joint",
            {
                **self._prepare_portal_layout_values(),
                **values,
                "page_name": "seats",
                "no_breadcrumbs": True,
                "company_name": joint_sudo.company_id.name,
                "parts": joint_sudo._portal_parts(),
                "amount": joint_sudo.amount,
                "others": [
                    {
                        "url": f"{PATH}/{other.id}",
                        "company": other.company_id.name,
                        "amount": other.amount,
                        "currency": other.currency_id,
                    }
                    for other in joint_sudo._others()
                ],
                "error": (
                    request.env._("Some of what you chose is not to be paid any more.")
                    if left_out
                    else ""
                ),
                "outcome": joint_sudo.transaction_id._portal_failure_text() if failed else "",
            },
            status=422 if left_out else 200,
        )

    @route(f"{PATH}/<int:joint_id>/transaction", type="jsonrpc", auth="user")
    def portal_seats_joint_transaction(self, joint_id, access_token=None, **kwargs):
        """Start the payment; the amounts are what was chosen, each customer's its own.

        :param str access_token: the payment form sends one always; here it counts for nothing
        :return: what the payment form needs to go on
        :rtype: dict
        :raise ValidationError: if it is not the person's, or no longer to be paid
        """
        joint_sudo = self._get_portal_joint(joint_id)
        if not joint_sudo:
            raise ValidationError(request.env._("Please choose the invoices again."))
        self._check_portal_stepped_up()
        joint_sudo._check_still_payable()
        self._validate_transaction_kwargs(kwargs)
        contact = self._get_portal_contact()
        kwargs.update(
            is_validation=False,
            landing_route=f"{PATH}/{joint_sudo.id}/done",
            amount=joint_sudo.amount,
            currency_id=joint_sudo.currency_id.id,
            partner_id=contact.id,
        )
        # A saved method is charged only once the payment has its parts.
        request.update_context(portal_joint=True, delay_token_charge=True)
        self._check_portal_payment_option(
            joint_sudo.company_id, joint_sudo.currency_id, contact, kwargs
        )
        tx_sudo = self._create_transaction(**kwargs)
        joint_sudo._start(tx_sudo)
        if tx_sudo.operation == "online_token":
            tx_sudo._charge_with_token()
        return tx_sudo._get_processing_values()

    @route(f"{PATH}/<int:joint_id>/done", type="http", auth="user", website=True, methods=["GET"])
    def portal_seats_joint_done(self, joint_id, **kwargs):
        """Go on after a payment: back if it came to nothing, to the next one, else to where all
        customers are."""
        joint_sudo = self._get_portal_joint(joint_id)
        if not joint_sudo:
            return request.redirect("/my/seats")
        tx_sudo = joint_sudo.transaction_id
        if not joint_sudo._portal_is_paid():
            failed = "?failed=1" if tx_sudo.state in FAILED_STATES else ""
            return request.redirect(f"{PATH}/{joint_sudo.id}{failed}")
        if others := joint_sudo._others():
            return request.redirect(f"{PATH}/{others[0].id}")
        done = "paid" if tx_sudo.state == "done" else "processing"
        return request.redirect(f"/my/seats?done={done}")
