"""What providers answer when they are asked for a payment, but for what differs from one payment to
the next.

``STRIPE_LIST`` is the answer that Stripe's reference of its interface shows for a list of
payments, with the fields that matter here set to those of a payment that went through.
``FLUTTERWAVE_TRANSACTION`` is the one that Odoo's own tests of Flutterwave use, with the amount,
the currency and the kind of card that Flutterwave sends along.
"""

import copy

STRIPE_LIST = {
    "object": "list",
    "url": "/v1/payment_intents",
    "has_more": False,
    "data": [
        {
            "id": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
            "object": "payment_intent",
            "amount": 2000,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": {"enabled": True},
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic",
            "client_secret": "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH",
            "confirmation_method": "automatic",
            "created": 1680800504,
            "currency": "usd",
            "customer": None,
            "description": None,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {
                "card": {
                    "installments": None,
                    "mandate_options": None,
                    "network": None,
                    "request_three_d_secure": "automatic",
                },
                "link": {"persistent_token": None},
            },
            "payment_method_types": ["card", "link"],
            "processing": None,
            "receipt_email": None,
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
        }
    ],
}
STRIPE_ID = STRIPE_LIST["data"][0]["id"]

FLUTTERWAVE_TRANSACTION = {
    "status": "success",
    "data": {
        "id": "123456789",
        "status": "successful",
        "amount": 100,
        "currency": "USD",
        "payment_type": "card",
        "card": {
            "last_4digits": "2950",
            "type": "VISA",
            "token": "flw-t1nf-f9b3bf384cd30d6fca42b6df9d27bd2f-m03k",
        },
        "customer": {"email": "user@example.com"},
    },
}


def stripe_list(reference, amount, currency, status="succeeded"):
    """Return Stripe's list with one payment, as it is after a charge.

    :param str reference: of the transaction
    :param float amount: in the currency
    :param str currency: its code
    :param str status: as Stripe calls it
    :rtype: dict
    """
    answer = copy.deepcopy(STRIPE_LIST)
    cents = round(amount * 100)
    answer["data"][0].update(
        amount=cents,
        amount_received=cents if status == "succeeded" else 0,
        currency=currency.lower(),
        customer="cus_LBxMCDggAFOiNR",
        description=reference,
        payment_method="pm_1KVZSNAlCFm536g8sYB92I1G",
        status=status,
    )
    return answer


def flutterwave_transaction(reference, amount, currency, status="successful"):
    """Return what Flutterwave says of a payment; see ``stripe_list``.

    :rtype: dict
    """
    answer = copy.deepcopy(FLUTTERWAVE_TRANSACTION)
    answer["data"].update(tx_ref=reference, amount=amount, currency=currency, status=status)
    return answer
