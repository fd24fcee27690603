"""What PayPal and Redsys sent, as it was recorded, but for reference, amount and signature.

Where each record comes from:

- ``REDSYS_PAID``, ``REDSYS_CANCELLED``: what the test bank of Redsys posted for card payments of
  its test shops, in the tests of the library *easyredsys* and in the manual of the library
  *redsys-pos*. Both are signed with the key that Redsys publishes for its test bank, so they are
  also sent as they are, byte by byte, to a payment of that reference and amount.
- ``REDSYS_PAID_WITH_BRAND``: the same, in the manual of *omnipay-redsys*.
- ``REDSYS_REFUSED``: the same, refused by the bank, kept in the source of a shop.
- ``PAYPAL_CAPTURED``: what PayPal's test server answered to the capture of an order, on the 2nd
  of February 2023.
- ``PAYPAL_APPROVED``: what PayPal's test server posted to the webhook of a shop when the buyer had
  approved an order, on the 18th of July 2024.

No record was found of three things, which are made from those: what Redsys posts of a payment by
Bizum (Odoo reads nothing else of it than of a card), what PayPal posts of an order that is
captured already, and of one that waits for PayPal's check. They differ from the record in the
status alone. A test compares what Odoo's own tests know of both providers with these records.
"""

import base64
import copy
import json
from unittest.mock import MagicMock

import requests

# === REDSYS === #

# Published for everybody who tries Redsys.
REDSYS_TEST_KEY = "sq7HjrUOBfKmC576ILgskD5srU870gJ7"

REDSYS_PAID = {
    "Ds_SignatureVersion": "HMAC_SHA256_V1",
    "Ds_MerchantParameters": (
        "eyJEc19EYXRlIjoiMjMlMkYwMyUyRjIwMTYiLCJEc19Ib3VyIjoiMTIlM0E0NCIsIkRzX1NlY3VyZVBheW1lbnQi"
        "OiIxIiwiRHNfQ2FyZF9Db3VudHJ5IjoiNzI0IiwiRHNfQW1vdW50IjoiMTAwMCIsIkRzX0N1cnJlbmN5IjoiOTc4"
        "IiwiRHNfT3JkZXIiOiJucnBkdHllcHpvdW4iLCJEc19NZXJjaGFudENvZGUiOiI1NTI3NDE2MSIsIkRzX1Rlcm1p"
        "bmFsIjoiMDAxIiwiRHNfUmVzcG9uc2UiOiIwMDAwIiwiRHNfTWVyY2hhbnREYXRhIjoiIiwiRHNfVHJhbnNhY3Rp"
        "b25UeXBlIjoiMCIsIkRzX0NvbnN1bWVyTGFuZ3VhZ2UiOiIxIiwiRHNfQXV0aG9yaXNhdGlvbkNvZGUiOiIxMzM3"
        "NzEifQ=="
    ),
    "Ds_Signature": "Un6yOO1z-hVoNvrDPns4j9xVrI4l5nUcmH4zZfgeMAA=",
}
REDSYS_CANCELLED = {
    "Ds_SignatureVersion": "HMAC_SHA256_V1",
    "Ds_MerchantParameters": (
        "eyJEc19EYXRlIjoiMjAlMkYxMCUyRjIwMTciLCJEc19Ib3VyIjoiMTclM0EyMyIsIkRzX1NlY3VyZVBheW1lbnQi"
        "OiIwIiwiRHNfQW1vdW50IjoiMTAwIiwiRHNfQ3VycmVuY3kiOiI5NzgiLCJEc19PcmRlciI6IjAwMDA5NjU1RDg0"
        "IiwiRHNfTWVyY2hhbnRDb2RlIjoiMzI3MjM0Njg4IiwiRHNfVGVybWluYWwiOiIwMDEiLCJEc19SZXNwb25zZSI6"
        "Ijk5MTUiLCJEc19UcmFuc2FjdGlvblR5cGUiOiIwIiwiRHNfTWVyY2hhbnREYXRhIjoiIiwiRHNfQXV0aG9yaXNh"
        "dGlvbkNvZGUiOiIrKysrKysiLCJEc19Db25zdW1lckxhbmd1YWdlIjoiMSJ9"
    ),
    "Ds_Signature": "vrUsaNbxfonyn4ONUos6oosUaTBY0_SGoKDel6qsHqk=",
}
REDSYS_PAID_WITH_BRAND = {
    "Ds_SignatureVersion": "HMAC_SHA256_V1",
    "Ds_MerchantParameters": (
        "eyJEc19EYXRlIjoiMDUlMkYwOSUyRjIwMjIiLCJEc19Ib3VyIjoiMTUlM0ExMSIsIkRzX1NlY3VyZVBheW1lbnQi"
        "OiIxIiwiRHNfQ2FyZF9OdW1iZXIiOiI0NTQ4ODEqKioqKiowMDAzIiwiRHNfQ2FyZF9Db3VudHJ5IjoiNzI0Iiwi"
        "RHNfQW1vdW50IjoiMTQ1IiwiRHNfQ3VycmVuY3kiOiI5NzgiLCJEc19PcmRlciI6IjEyMzQ2IiwiRHNfTWVyY2hh"
        "bnRDb2RlIjoiOTk5MDA4ODgxIiwiRHNfVGVybWluYWwiOiIwMDEiLCJEc19SZXNwb25zZSI6IjAwMDAiLCJEc19N"
        "ZXJjaGFudERhdGEiOiIiLCJEc19UcmFuc2FjdGlvblR5cGUiOiIwIiwiRHNfQ29uc3VtZXJMYW5ndWFnZSI6IjEi"
        "LCJEc19BdXRob3Jpc2F0aW9uQ29kZSI6IjAxMzU0OCIsIkRzX0NhcmRfQnJhbmQiOiIxIiwiRHNfUHJvY2Vzc2Vk"
        "UGF5TWV0aG9kIjoiMSIsIkRzX0NvbnRyb2xfMTY2MjM4MzQ2Nzc4MyI6IjE2NjIzODM0Njc3ODMifQ=="
    ),
    "Ds_Signature": "DtTMmr_rkXYGRvQiv3cQI2cYKoi-eLmwEsIQtPGGogg=",
}
REDSYS_REFUSED = {
    "Ds_SignatureVersion": "HMAC_SHA256_V1",
    "Ds_MerchantParameters": (
        "eyJEc19EYXRlIjoiMDElMkYwNiUyRjIwMTkiLCJEc19Ib3VyIjoiMTklM0E0MyIsIkRzX1NlY3VyZVBheW1lbnQi"
        "OiIwIiwiRHNfQW1vdW50IjoiNTUyIiwiRHNfQ3VycmVuY3kiOiI5NzgiLCJEc19PcmRlciI6IjE5MDYwMDAyIiwi"
        "RHNfTWVyY2hhbnRDb2RlIjoiMjcyMDk1MjI1IiwiRHNfVGVybWluYWwiOiIwMDEiLCJEc19SZXNwb25zZSI6IjAx"
        "ODAiLCJEc19UcmFuc2FjdGlvblR5cGUiOiIwIiwiRHNfTWVyY2hhbnREYXRhIjoiIiwiRHNfQXV0aG9yaXNhdGlv"
        "bkNvZGUiOiIrKysrKysiLCJEc19Db25zdW1lckxhbmd1YWdlIjoiMSIsIkRzX0NhcmRfQ291bnRyeSI6IjAifQ=="
    ),
    "Ds_Signature": "IU0fHRTtVStYSHIDMM-_dzRy5gp9TkuJd2K0CbAWm7o=",
}


def redsys_read(record):
    """Return what a record of Redsys says.

    :param dict record: as it was posted
    :rtype: dict
    """
    return json.loads(base64.b64decode(record["Ds_MerchantParameters"]))


def redsys_notice(tx, record=REDSYS_PAID, amount=None):
    """Return a record of Redsys for another payment: its order, amount and signature.

    :param payment.transaction tx: the transaction, in sudo
    :param dict record: as it was posted
    :param float amount: another amount than that of the transaction
    :rtype: dict
    """
    cents = round((tx.amount if amount is None else amount) * 100)
    data = {**redsys_read(record), "Ds_Amount": str(cents), "Ds_Order": tx.reference}
    parameters = base64.b64encode(json.dumps(data).encode()).decode()
    return {
        **record,
        "Ds_MerchantParameters": parameters,
        "Ds_Signature": tx.provider_id._redsys_calculate_signature(
            parameters, tx.reference, tx.provider_id.redsys_secret_key
        ),
    }


# === PAYPAL === #

PAYPAL_CAPTURED = {
    "id": "3WP397133P813313Y",
    "status": "COMPLETED",
    "payment_source": {
        "paypal": {
            "email_address": "sb-vqn43v17874245@personal.example.com",
            "account_id": "3MXJMBMRBUDRW",
            "name": {"given_name": "John", "surname": "Doe"},
            "address": {"country_code": "VE"},
        }
    },
    "purchase_units": [
        {
            "reference_id": "default",
            "shipping": {
                "name": {"full_name": "John Doe"},
                "address": {
                    "address_line_1": "Free Trade Zone",
                    "admin_area_2": "Caracas",
                    "admin_area_1": "Caracas",
                    "postal_code": "1012",
                    "country_code": "VE",
                },
            },
            "payments": {
                "captures": [
                    {
                        "id": "7WC46909KM139480X",
                        "status": "COMPLETED",
                        "amount": {"currency_code": "USD", "value": "20.00"},
                        "final_capture": True,
                        "seller_protection": {
                            "status": "ELIGIBLE",
                            "dispute_categories": [
                                "ITEM_NOT_RECEIVED",
                                "UNAUTHORIZED_TRANSACTION",
                            ],
                        },
                        "seller_receivable_breakdown": {
                            "gross_amount": {"currency_code": "USD", "value": "20.00"},
                            "paypal_fee": {"currency_code": "USD", "value": "1.38"},
                            "net_amount": {"currency_code": "USD", "value": "18.62"},
                        },
                        "custom_id": "3",
                        "links": [
                            {
                                "href": "https://api.sandbox.paypal.com/v2/payments/captures/7WC46909KM139480X",
                                "rel": "self",
                                "method": "GET",
                            },
                            {
                                "href": "https://api.sandbox.paypal.com/v2/payments/captures/7WC46909KM139480X/refund",
                                "rel": "refund",
                                "method": "POST",
                            },
                            {
                                "href": "https://api.sandbox.paypal.com/v2/checkout/orders/3WP397133P813313Y",
                                "rel": "up",
                                "method": "GET",
                            },
                        ],
                        "create_time": "2023-02-02T14:19:32Z",
                        "update_time": "2023-02-02T14:19:32Z",
                    }
                ]
            },
        }
    ],
    "payer": {
        "name": {"given_name": "John", "surname": "Doe"},
        "email_address": "sb-vqn43v17874245@personal.example.com",
        "payer_id": "3MXJMBMRBUDRW",
        "address": {"country_code": "VE"},
    },
    "links": [
        {
            "href": "https://api.sandbox.paypal.com/v2/checkout/orders/3WP397133P813313Y",
            "rel": "self",
            "method": "GET",
        }
    ],
}
PAYPAL_APPROVED = {
    "id": "WH-70J99027H47132217-1H0731098F174503D",
    "event_version": "1.0",
    "create_time": "2024-07-18T14:20:42.530Z",
    "resource_type": "checkout-order",
    "resource_version": "2.0",
    "event_type": "CHECKOUT.ORDER.APPROVED",
    "summary": "An order has been approved by buyer",
    "resource": {
        "create_time": "2024-07-18T14:20:22Z",
        "purchase_units": [
            {
                "reference_id": "default",
                "amount": {"currency_code": "USD", "value": "23.00"},
                "payee": {
                    "email_address": "sb-dph9p29049918@business.example.com",
                    "merchant_id": "LLCK5GYWKHPE2",
                },
                "custom_id": "841",
                "shipping": {
                    "name": {"full_name": "John Doe"},
                    "address": {
                        "address_line_1": "1 Main St",
                        "admin_area_2": "San Jose",
                        "admin_area_1": "CA",
                        "postal_code": "95131",
                        "country_code": "US",
                    },
                },
            }
        ],
        "links": [
            {
                "href": "https://api.sandbox.paypal.com/v2/checkout/orders/8UB08260L82228933",
                "rel": "self",
                "method": "GET",
            },
            {
                "href": "https://api.sandbox.paypal.com/v2/checkout/orders/8UB08260L82228933",
                "rel": "update",
                "method": "PATCH",
            },
            {
                "href": "https://api.sandbox.paypal.com/v2/checkout/orders/8UB08260L82228933/capture",
                "rel": "capture",
                "method": "POST",
            },
        ],
        "id": "8UB08260L82228933",
        "payment_source": {
            "paypal": {
                "email_address": "sb-43qgtn13785822@business.example.com",
                "account_id": "TQH5FM4AL52FN",
                "account_status": "VERIFIED",
                "name": {"given_name": "John", "surname": "Doe"},
                "business_name": "Test Store",
                "address": {"country_code": "US"},
            }
        },
        "intent": "CAPTURE",
        "payer": {
            "name": {"given_name": "John", "surname": "Doe"},
            "email_address": "sb-43qgtn13785822@business.example.com",
            "payer_id": "TQH5FM4AL52FN",
            "address": {"country_code": "US"},
        },
        "status": "APPROVED",
    },
    "links": [
        {
            "href": "https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-70J99027H47132217-1H0731098F174503D",
            "rel": "self",
            "method": "GET",
        },
        {
            "href": "https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-70J99027H47132217-1H0731098F174503D/resend",
            "rel": "resend",
            "method": "POST",
        },
    ],
}
ORDER_ID = PAYPAL_CAPTURED["id"]
CAPTURE_ID = PAYPAL_CAPTURED["purchase_units"][0]["payments"]["captures"][0]["id"]


def paypal_capture(reference, amount):
    """Return the recorded answer to a capture, for another payment.

    :param str reference: of the transaction
    :param float amount: in dollars, as recorded
    :rtype: dict
    """
    answer = copy.deepcopy(PAYPAL_CAPTURED)
    [unit] = answer["purchase_units"]
    unit["reference_id"] = reference
    unit["payments"]["captures"][0]["amount"]["value"] = f"{amount:.2f}"
    return answer


def paypal_event(reference, amount, status=None):
    """Return the recorded notice of an order, for another payment.

    :param str reference: of the transaction
    :param float amount: in dollars, as recorded
    :param str status: another status than that of the record
    :rtype: dict
    """
    event = copy.deepcopy(PAYPAL_APPROVED)
    resource = event["resource"]
    resource["status"] = status or resource["status"]
    [unit] = resource["purchase_units"]
    unit["reference_id"] = reference
    unit["amount"]["value"] = f"{amount:.2f}"
    return event


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
