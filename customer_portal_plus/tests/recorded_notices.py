"""What PayPal and Redsys send, as they send it, but for reference, amount and signature."""

import base64
import json
from unittest.mock import MagicMock

import requests

ORDER_ID = "5O190127TN364715T"
CAPTURE_ID = "3C679366HH908993F"


# === PAYPAL === #


def paypal_capture(reference, amount, status="COMPLETED"):
    """What PayPal answers when an order is captured."""
    return {
        "id": ORDER_ID,
        "status": "COMPLETED",
        "payment_source": {
            "paypal": {
                "email_address": "compras@example.com",
                "account_id": "QYR5Z8XDVJNXQ",
                "account_status": "VERIFIED",
            }
        },
        "purchase_units": [
            {
                "reference_id": reference,
                "payments": {
                    "captures": [
                        {
                            "id": CAPTURE_ID,
                            "status": status,
                            "amount": {"currency_code": "EUR", "value": f"{amount:.2f}"},
                            "final_capture": True,
                        }
                    ]
                },
            }
        ],
    }


def paypal_event(reference, amount, status="COMPLETED"):
    """What PayPal's webhook says of an order."""
    return {
        "id": "WH-58D329510W468432D-8HN650336L201105X",
        "event_type": "CHECKOUT.ORDER.APPROVED",
        "resource_type": "checkout-order",
        "resource": {
            "id": ORDER_ID,
            "intent": "CAPTURE",
            "status": status,
            "payment_source": {"paypal": {"account_id": "QYR5Z8XDVJNXQ"}},
            "purchase_units": [
                {
                    "reference_id": reference,
                    "amount": {"currency_code": "EUR", "value": f"{amount:.2f}"},
                }
            ],
        },
    }


class PaypalServer:
    """Stands for PayPal's own server: answers requests as it does.

    :param dict capture: its answer to a capture
    """

    def __init__(self, capture=None):
        self.capture = capture
        self.down = False
        self.verifies = True
        self.asked = []

    def request(self, method, url, **_kwargs):
        """Take the place of ``requests.request``."""
        self.asked.append((method, url))
        if self.down:
            raise requests.exceptions.ConnectionError
        if url.endswith("/v1/oauth2/token"):
            content = {"access_token": "A21AAF", "expires_in": 32400, "token_type": "Bearer"}
        elif url.endswith("/v1/notifications/verify-webhook-signature"):
            content = {"verification_status": "SUCCESS" if self.verifies else "FAILURE"}
        elif url.endswith("/capture"):
            content = self.capture
        else:
            content = {"id": ORDER_ID, "status": "PAYER_ACTION_REQUIRED"}
        answer = MagicMock(status_code=200, text=json.dumps(content))
        answer.json.return_value = content
        return answer


# === REDSYS === #


def redsys_notice(tx, amount=None, response="0000", **changes):
    """What Redsys posts, signed with the key of the transaction's provider.

    :param payment.transaction tx: the transaction, in sudo
    :param float amount: another amount than that of the transaction
    :param str response: its code: ``0000`` authorised, ``9915`` cancelled by the customer,
        ``190`` refused by the bank
    """
    cents = round((tx.amount if amount is None else amount) * 100)
    data = {
        "Ds_Date": "22%2F11%2F2026",
        "Ds_Hour": "10%3A15",
        "Ds_SecurePayment": "1",
        "Ds_Amount": str(cents),
        "Ds_Currency": "978",
        "Ds_Order": tx.reference,
        "Ds_MerchantCode": tx.provider_id.redsys_merchant_code,
        "Ds_Terminal": tx.provider_id.redsys_merchant_terminal,
        "Ds_Response": response,
        "Ds_TransactionType": "0",
        "Ds_MerchantData": "",
        "Ds_AuthorisationCode": "045678",
        "Ds_Card_Brand": "1",
        "Ds_Card_Country": "724",
        **changes,
    }
    parameters = base64.b64encode(json.dumps(data).encode()).decode()
    return {
        "Ds_SignatureVersion": "HMAC_SHA256_V1",
        "Ds_MerchantParameters": parameters,
        "Ds_Signature": tx.provider_id._redsys_calculate_signature(
            parameters, tx.reference, tx.provider_id.redsys_secret_key
        ),
    }
