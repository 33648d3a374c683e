"""Both signatures of Razorpay, with the vectors that its own libraries publish."""

import hmac
import os
from hashlib import sha256
from pathlib import Path

import pytest
from pytest_django import Settings

from checkout import gateway
from tests.checkout import reports

pytestmark = pytest.mark.once

SAMPLES = os.environ.get("RAZORPAY_SAMPLES", "")
ORDER = "order_AAAAAAAAAAAAAA"
GOOD = reports.triple(ORDER)
SIGNATURE = GOOD["razorpay_signature"]


def is_valid(
    signature: object, *, order_id: str = ORDER, payment_id: str = reports.PAYMENT_ID, key_id: str = ""
) -> bool:
    return gateway.checkout_signature_is_valid(
        order_id=order_id,
        payment_id=payment_id,
        signature=signature,
        key_id=key_id or "rzp_test_suite0000000001",
    )


@pytest.mark.covers("E4")
def test_the_vector_of_the_node_library(settings: Settings) -> None:
    settings.RAZORPAY_WEBHOOK_SECRETS = ["123456"]
    body = b'{"a":1,"b":2,"c":{"d":3}}'
    signature = "2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc"
    assert gateway.webhook_signature_is_valid(body, signature)
    assert not gateway.webhook_signature_is_valid(body + b"\n", signature)


@pytest.mark.skipif(not SAMPLES, reason="RAZORPAY_SAMPLES names no folder of Razorpay's own samples")
@pytest.mark.parametrize(
    ("name", "secret", "signature"),
    [
        ("node_unit", "123456", "2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc"),
        (
            "python_payment.authorized",
            "key_secret",
            "d60e67fd884556c045e9be7dad57903e33efc7172c17c6e3ef77db42d2b366e9",
        ),
    ],
)
def test_the_vectors_of_razorpays_libraries(name: str, secret: str, signature: str, settings: Settings) -> None:
    settings.RAZORPAY_WEBHOOK_SECRETS = [secret]
    body = (Path(SAMPLES) / "webhooks" / "vectors" / f"{name}.raw").read_bytes()
    assert gateway.webhook_signature_is_valid(body, signature)
    assert not gateway.webhook_signature_is_valid(body + b" ", signature)


BAD = [
    None,
    "",
    "0" * 64,
    SIGNATURE[:-1],
    SIGNATURE + "0",
    SIGNATURE.upper(),
    SIGNATURE + "\n",
    " " + SIGNATURE,
    "é" * 64,
    "٠" * 64,
    SIGNATURE.encode(),
    [SIGNATURE],
    {"a": 1},
    12,
    True,
    "x" * 10_000,
    "\ud800" * 64,
]


@pytest.mark.covers("D1", "D3")
@pytest.mark.parametrize("signature", BAD, ids=range(len(BAD)))
def test_what_is_no_signature(signature: object) -> None:
    assert is_valid(SIGNATURE) is True
    assert is_valid(signature) is False


@pytest.mark.covers("D4")
def test_ids_that_would_sign_the_same_text(settings: Settings) -> None:
    signed = hmac.new(settings.RAZORPAY_KEY_SECRET.encode(), b"order_x|y|z", sha256).hexdigest()
    assert not is_valid(signed, order_id="order_x|y", payment_id="z")
    assert not is_valid(signed, order_id="order_x", payment_id="y|z")


@pytest.mark.covers("D4")
@pytest.mark.parametrize(
    ("order_id", "payment_id"), [(ORDER, "pay_1"), (ORDER, ""), ("order_1", reports.PAYMENT_ID), ("", "")]
)
def test_a_true_signature_of_what_is_no_id(order_id: str, payment_id: str) -> None:
    signed = reports.triple(order_id, payment_id)["razorpay_signature"]
    assert is_valid(signed, order_id=order_id, payment_id=payment_id) is False


@pytest.mark.covers("D5", "E3")
def test_an_empty_secret_signs_nothing(settings: Settings) -> None:
    forged = reports.triple(ORDER, secret="")["razorpay_signature"]
    settings.RAZORPAY_KEY_SECRET = ""
    assert not is_valid(forged)
    body = b"{}"
    for secrets in ([], [""]):
        settings.RAZORPAY_WEBHOOK_SECRETS = secrets
        assert not gateway.webhook_signature_is_valid(body, reports.signature(body, ""))


@pytest.mark.covers("D11", "K5")
def test_a_rolled_key_verifies_its_own_orders_and_no_others(settings: Settings) -> None:
    settings.RAZORPAY_PREVIOUS_KEYS = {"rzp_test_old": "old-secret"}
    signed = reports.triple(ORDER, secret="old-secret")["razorpay_signature"]
    assert is_valid(signed, key_id="rzp_test_old")
    assert not is_valid(signed)
    assert not is_valid(SIGNATURE, key_id="rzp_test_old")
    for secret in ("", "X", "rzp_test_never_seen", "old-secret", settings.RAZORPAY_KEY_SECRET):
        signed = reports.triple(ORDER, secret=secret)["razorpay_signature"]
        assert not is_valid(signed, key_id="rzp_test_never_seen")


@pytest.mark.covers("E2")
def test_current_and_previous_webhook_secret(settings: Settings) -> None:
    settings.RAZORPAY_WEBHOOK_SECRETS = ["new", "old"]
    for secret, expected in (("new", True), ("old", True), ("older", False)):
        assert gateway.webhook_signature_is_valid(b"x", reports.signature(b"x", secret)) is expected
