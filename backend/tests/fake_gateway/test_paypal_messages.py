"""PayPal's messages: signed so that a verifier with the root alone agrees, listed, sent again, forged."""

import base64
import json
import zlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from fake_gateway.http_server import Request
from fake_gateway.paypal_api.signing import HOST, message, raw_member
from fake_gateway.paypal_forgery import PAYPAL_FORGERIES
from tests.fake_gateway.driving import Driver, Product, call, eventually
from tests.fake_gateway.paypal_driving import PayPal, issue_of, token_of

CHECKED = b'{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}'
SIGNED_BADLY = [
    "unsigned",
    "wrong_signature",
    "garbled_signature",
    "other_authority",
    "expired_certificate",
    "foreign_certificate_address",
    "certificate_address_with_user",
    "certificate_of_another_name",
    "certificate_that_is_not_there",
    "certificate_address_elsewhere",
    "certificate_address_of_another_port",
    "other_algorithm",
    "non_ascii_header",
    "no_time",
    "hex_crc",
    "other_webhook",
    "altered",
]


def first_message(paypal: PayPal, driver: Driver, product: Product) -> Request:
    """The message about an approved order."""
    driver.post("/paypal/approve", order=paypal.order().json()["id"])
    eventually(lambda: len(product.requests) == 1)
    return product.requests[0]


def verify(driver: Driver, got: Request) -> None:
    """As a careful receiver does; raises what the parts raise."""
    headers = {name.removeprefix("paypal-"): value for name, value in got.headers.items() if name.startswith("paypal-")}
    if headers.get("auth-algo") != "SHA256withRSA" or not headers["cert-url"].startswith(driver.running.address):
        raise InvalidSignature
    leaf, between = x509.load_pem_x509_certificates(call("GET", headers["cert-url"]).body)
    (root,) = x509.load_pem_x509_certificates(driver.get("/paypal/authority")["pem"].encode())
    PolicyBuilder().store(Store([root])).build_server_verifier(x509.DNSName(HOST)).verify(leaf, [between])
    crc = str(zlib.crc32(got.body))
    webhook = driver.gateway.keys.paypal_webhook_id
    text = message(headers["transmission-id"], headers["transmission-time"], webhook, crc)
    signature = base64.b64decode(headers["transmission-sig"], validate=True)
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())


def test_the_check_value_of_the_crc() -> None:
    assert str(zlib.crc32(CHECKED)) == "2325436976"


def test_signed_so_that_the_root_is_enough(paypal: PayPal, driver: Driver, product: Product) -> None:
    got = first_message(paypal, driver, product)
    verify(driver, got)
    event = json.loads(got.body)
    assert (event["event_type"], event["resource_type"]) == ("CHECKOUT.ORDER.APPROVED", "checkout-order")
    assert event["resource"]["purchase_units"][0]["custom_id"] == "pay_1"
    assert "_" not in {name[0] for name in event["resource"]}


def verification(paypal: PayPal, got: Request, raw: str, **changes: str) -> Any:
    """What PayPal's own check says about a message."""
    names = ("auth-algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time")
    given = {name.replace("-", "_"): got.headers[f"paypal-{name}"] for name in names}
    given |= {"webhook_id": paypal.running.gateway.keys.paypal_webhook_id, **changes}
    body = json.dumps(given)[:-1] + f', "webhook_event": {raw}}}'
    return paypal.post("/v1/notifications/verify-webhook-signature", body).json()


def test_paypals_own_check(paypal: PayPal, driver: Driver, product: Product) -> None:
    got = first_message(paypal, driver, product)
    raw = got.body.decode()
    assert verification(paypal, got, raw) == {"verification_status": "SUCCESS"}
    for failed in (
        verification(paypal, got, json.dumps(json.loads(raw), indent=1)),
        verification(paypal, got, raw, webhook_id="0AB"),
        verification(paypal, got, raw, transmission_sig="AAAA"),
        verification(paypal, got, raw, cert_url="https://example.test/x"),
    ):
        assert failed == {"verification_status": "FAILURE"}
    assert issue_of(paypal.post("/v1/notifications/verify-webhook-signature", {})) == "MISSING_REQUIRED_PARAMETER"


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ('{"a": 1, "webhook_event": {"b": [1,  2]} }', '{"b": [1,  2]}'),
        ('{"webhook_event":"x"}', '"x"'),
        ('{"a": "webhook_event"}', None),
        ("{}", None),
        ('{"a": {"webhook_event": 1}, "webhook_event" : 2}', "2"),
    ],
)
def test_a_member_as_it_was_written(text: str, raw: str | None) -> None:
    assert raw_member(text, "webhook_event") == raw


@pytest.mark.parametrize("kind", list(PAYPAL_FORGERIES))
def test_forged(paypal: PayPal, driver: Driver, product: Product, kind: str) -> None:
    event = json.loads(first_message(paypal, driver, product).body)["id"]
    assert driver.post("/deliveries/forge", kind=kind, event=event)["status"] == 200
    forged = product.requests[1]
    if kind in SIGNED_BADLY:
        with pytest.raises((InvalidSignature, ValueError, KeyError, VerificationError)):
            verify(driver, forged)
    else:
        verify(driver, forged)
        assert forged.body != product.requests[0].body or kind in ("stale", "future")


def test_a_whole_payment(paypal: PayPal, driver: Driver, product: Product) -> None:
    order = paypal.order().json()["id"]
    driver.post("/paypal/approve", order=order)
    capture = paypal.capture(order).json()["purchase_units"][0]["payments"]["captures"][0]["id"]
    refund = paypal.refund(capture, {}).json()["id"]
    eventually(lambda: len(product.requests) == 3)
    events = {json.loads(each.body)["event_type"]: json.loads(each.body)["resource"] for each in product.requests}
    assert sorted(events) == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED"]
    assert events["PAYMENT.CAPTURE.COMPLETED"]["supplementary_data"] == {"related_ids": {"order_id": order}}
    resource = events["PAYMENT.CAPTURE.REFUNDED"]
    assert (resource["id"], [each["href"] for each in resource["links"] if each["rel"] == "up"]) == (
        refund,
        [f"{driver.running.address}/v2/payments/captures/{capture}"],
    )


def test_events_are_listed_and_sent_again(paypal: PayPal, driver: Driver, product: Product) -> None:
    event = json.loads(first_message(paypal, driver, product).body)["id"]
    driver.post("/clock", advance_seconds=100)
    driver.post("/paypal/approve", order=paypal.order(key="order-2").json()["id"])
    address = "/v1/notifications/webhooks-events"
    first = paypal.get(f"{address}?page_size=1").json()
    (following,) = [each["href"] for each in first["links"] if each["rel"] == "next"]
    second = paypal.get(following.removeprefix(driver.running.address)).json()
    assert [each["id"] for each in second["events"]] == [event]
    assert [each["rel"] for each in second["links"]] == ["self"]
    later = first["events"][0]["create_time"]
    assert paypal.get(f"{address}?start_time={later}").json()["count"] == 1
    assert paypal.get(f"{address}?event_type=PAYMENT.CAPTURE.COMPLETED").json()["events"] == []
    for wrong in ("start_time=yesterday", "page_size=0", "colour=red"):
        assert paypal.get(f"{address}?{wrong}").status == 400
    assert paypal.get(f"{address}/{event}").json()["id"] == event
    assert paypal.post(f"{address}/{event}/resend", {}).status == 202
    eventually(lambda: len(product.requests) == 3)


def test_tokens(paypal: PayPal, driver: Driver) -> None:
    assert token_of(driver.running, "wrong").status == 401
    assert token_of(driver.running).json()["expires_in"] == 32_400
    assert paypal.get("/v2/checkout/orders/1").status == 404
    driver.post("/clock", advance_seconds=32_400)
    assert paypal.get("/v2/checkout/orders/1").status == 401
    fresh = PayPal(driver.running)
    driver.post("/paypal/revoke_tokens")
    assert fresh.get("/v2/checkout/orders/1").status == 401


def test_faults_at_paypal(paypal: PayPal, driver: Driver) -> None:
    driver.post("/faults", kind="error_500", times=1, gateway="paypal", method="POST")
    assert paypal.order().status == 500
    assert paypal.order().status == 200
    driver.post("/faults", kind="reset_after", times=1, gateway="paypal", method="POST")
    with pytest.raises(OSError):
        paypal.order(key="order-2")
    assert paypal.order(key="order-2").status == 200
    driver.post("/faults", kind="rate_limit", times=1, gateway="paypal")
    assert paypal.order(key="order-3").status == 429
    assert paypal.order(key="order-3").status == 201


def test_a_body_that_is_none(paypal: PayPal) -> None:
    assert paypal.post("/v2/checkout/orders", "{}", Content_Type="text/plain").status == 415
    assert issue_of(paypal.post("/v2/checkout/orders", "{")) == "MALFORMED_REQUEST_JSON"
    assert issue_of(paypal.post("/v2/checkout/orders", [])) == "MALFORMED_REQUEST_JSON"
