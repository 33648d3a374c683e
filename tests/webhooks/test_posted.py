"""Whatever is posted about a payment: 400 as JSON from verify, and never an error of ours.

The control, as it was seen: with `request.POST` and `request.body` read as they are, the large, the many and the broken
bodies get Django's page instead of JSON.
"""

import json

import pytest
from django.test import Client
from pytest_django import Settings

from checkout.models import Payment
from tests.checkout import reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import NEVER_PAID, ordered, outcome
from webhooks.posted import MAX_POSTED

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
ORDER, PAYMENT, SIGNATURE = "razorpay_order_id", "razorpay_payment_id", "razorpay_signature"

VALUES = [
    {},
    {ORDER: None, PAYMENT: None, SIGNATURE: None},
    {ORDER: ["order_AAAAAAAAAAAAAA"], PAYMENT: {}, SIGNATURE: 1},
    {ORDER: "order_AAAAAAAAAAAAAA\x00", PAYMENT: "x", SIGNATURE: "y"},
    {ORDER: "é" * 10_000, PAYMENT: "\ud800", SIGNATURE: "٠" * 64},
    {ORDER: "order_AAAAAAAAAAAAAA", PAYMENT: True, SIGNATURE: 1e300},
    {ORDER: "order_AAAAAAAAAAAAAA|x", PAYMENT: "pay_AAAAAAAAAAAAAA", SIGNATURE: "0" * 64},
    {ORDER: "a" * 1_000_000},
    [],
    [{}],
    "text",
    12,
    None,
]
BODIES: list[tuple[str, bytes]] = [
    *((JSON, json.dumps(values).encode()) for values in VALUES),
    *(
        (JSON, body)
        for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": 1e999}', b"1" * 6_000, b"NaN", b"\x00")
    ),
    (JSON, b'{"razorpay_order_id": "' + b"a" * 4_000_000 + b'"}'),
    (JSON, b'{"a":' * 30_000 + b"1" + b"}" * 30_000),
    (FORM, b""),
    (FORM, b"razorpay_order_id=" + b"a" * 4_000_000),
    (FORM, b"a=1&" * 20_000),
    (FORM, b"razorpay_order_id[]=x&razorpay_payment_id=%00&razorpay_signature=%ff"),
    (FORM, b"%" * 1_000),
    (MULTIPART, b""),
    (MULTIPART, b"--x"),
    (
        MULTIPART,
        b'--x\r\nContent-Disposition: form-data; name="razorpay_order_id"\r\n\r\n' + b"a" * 3_000_000 + b"\r\n--x--",
    ),
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\na\r\n' * 200 + b"--x--"),
    (
        MULTIPART,
        b"--x\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--",
    ),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=" + "y" * 500, b"--y"),
    ("text/plain", b"order_AAAAAAAAAAAAAA"),
    ("", b"{}"),
]


@pytest.mark.covers("D3", "D4")
@pytest.mark.parametrize(("content_type", "body"), BODIES, ids=range(len(BODIES)))
def test_verify_answers_400_as_json(content_type: str, body: bytes, client: Client) -> None:
    answer = client.generic("POST", "/payments/verify/", body, content_type=content_type)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, JSON)
    assert answer.json()["error"]["code"] == "bad_signature"
    assert client.generic("POST", "/payments/callback/", body, content_type=content_type).status_code == 400


@pytest.mark.covers("D3")
@pytest.mark.parametrize("name", [ORDER, PAYMENT, SIGNATURE])
def test_a_field_that_is_there_twice_is_not_there(
    name: str, client: Client, settings: Settings, faulty: FaultyRazorpay
) -> None:
    settings.RATELIMIT_ENABLE = False
    attempt = ordered()
    good = reports.triple(attempt.razorpay_order_id or "")
    for second in (good[name], "x"):
        for values in ([good[name], second], [second, good[name]]):
            for address in ("/payments/verify/", "/payments/callback/"):
                assert client.post(address, {**good, name: values}).status_code == 400
            pairs = [*good.items(), (name, second)]
            text = "{" + ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in pairs) + "}"
            assert client.post("/payments/verify/", text, content_type=JSON).status_code == 400
    assert outcome(attempt.order) == NEVER_PAID
    assert (Payment.objects.count(), faulty.calls) == (0, [])


@pytest.mark.covers("D3")
def test_a_good_proof_in_every_shape(client: Client, faulty: FaultyRazorpay) -> None:
    good = reports.triple(ordered().razorpay_order_id or "")
    padding = "x" * (MAX_POSTED - 1_000)
    for data, shape in (
        (json.dumps({**good, "more": padding}), JSON),
        (json.dumps(good), "application/json; charset=utf-8"),
        ("&".join(f"{name}={value}" for name, value in good.items()), FORM),
    ):
        assert client.post("/payments/verify/", data, content_type=shape).status_code == 200
    assert client.post("/payments/verify/", good).status_code == 200, "as multipart"


@pytest.mark.covers("C7", "C8")
@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "{",
        "[]",
        "null",
        '{"order_id": 1}',
        '{"order_id": "order_ZZZZZZZZZZZZZZ"}',
        "[" * 50_000,
        "\x00",
        "9" * 5_000,
    ],
    ids=range(9),
)
def test_a_failure_that_names_no_order_of_ours(metadata: str, client: Client) -> None:
    error = {"error[code]": "BAD_REQUEST_ERROR", "error[description]": "<script>", "error[metadata]": metadata}
    answer = client.post("/payments/callback/", error)
    assert answer.status_code == 400
    assert b"<script>" not in answer.content
