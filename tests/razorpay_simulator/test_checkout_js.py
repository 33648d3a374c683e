"""The stand-in for checkout.js in a real browser, on the page of a merchant with a strict CSP.

The merchant is on 127.0.0.1 and the simulator on localhost: another site, so that cookies behave as with Razorpay.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.razorpay_simulator.harness import KEY_ID, KEY_SECRET, Running, wait_until

pytestmark = pytest.mark.covers("M9")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Merchant</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>Merchant</h1><p style="height:3000px">Long page</p><button id="pay">Open</button>
<script src="{simulator}/v1/checkout.js"></script><script src="/page.js"></script></body></html>"""
SCRIPT = """
const options = JSON.parse(new URLSearchParams(location.search).get("options"));
window.log = [];
if (options.handler) options.handler = (response) => window.log.push(["handler", response]);
options.modal = Object.assign({}, options.modal, { ondismiss: (why) => window.log.push(["dismiss", why]) });
window.rzp = new Razorpay(options);
rzp.on("payment.failed", (response) => window.log.push(["failed", response.error]));
rzp.on("payment.failed", () => window.log.push(["second listener"]));
document.getElementById("pay").addEventListener("click", () => rzp.open());
"""


class Merchant:
    """Serves a page that opens the window, and takes the callback."""

    def __init__(self, simulator_url: str) -> None:
        self.callbacks: list[dict[str, str]] = []
        self.cookies: list[str] = []
        merchant = self
        policy = (
            f"default-src 'none'; script-src 'self' {simulator_url}; frame-src {simulator_url}; "
            f"connect-src 'self' {simulator_url}; form-action 'self' {simulator_url}; style-src 'unsafe-inline'"
        )

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_script = self.path == "/page.js"
                body = SCRIPT if is_script else PAGE.replace("{simulator}", simulator_url)
                self.answer(body, "text/javascript" if is_script else "text/html; charset=utf-8")

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                merchant.callbacks.append({name: values[0] for name, values in parse_qs(raw).items()})
                merchant.cookies.append(self.headers.get("Cookie", ""))
                self.answer("<!doctype html><title>Back</title><h1>Back at the shop</h1>", "text/html")

            def answer(self, body: str, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", policy)
                self.send_header("Set-Cookie", "session=1; SameSite=Lax; Path=/")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def merchant(simulator: Running) -> Iterator[Merchant]:
    found = Merchant(simulator.browser_url)
    yield found
    found.server.shutdown()
    found.server.server_close()


class Shopper:
    """Someone on the merchant's page."""

    def __init__(self, context: Any, simulator: Running, merchant: Merchant) -> None:
        self.context, self.simulator, self.merchant = context, simulator, merchant
        self.page = context.new_page()
        self.page.set_default_timeout(5000)
        self.complaints: list[str] = []
        self.page.on("console", lambda line: self.complaints.extend([line.text] if line.type == "error" else []))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.window = self.page.frame_locator("iframe.razorpay-checkout-frame")

    def visit(self, order: dict[str, Any], **options: Any) -> "Shopper":
        given = {"key": KEY_ID, "order_id": order["id"], "amount": order["amount"], "currency": "INR"}
        given |= {"name": "Chhota Garage", "description": "Order DS-000123", "handler": True, **options}
        self.page.goto(f"{self.merchant.url}/?options={quote(json.dumps(given))}")
        return self

    def open(self, order: dict[str, Any], **options: Any) -> "Shopper":
        self.visit(order, **options).page.get_by_role("button", name="Open").click()
        self.window.get_by_role("button", name="Close").wait_for()
        self.window.get_by_text(options.get("name", "Chhota Garage")).wait_for()
        return self

    def upi(self, vpa: str) -> None:
        self.window.get_by_label("UPI ID").fill(vpa)
        self.window.get_by_role("button", name="Pay ₹").click()

    @property
    def log(self) -> list[list[Any]]:
        return list(self.page.evaluate("window.log"))

    def wait_for_log(self, name: str) -> Any:
        self.page.wait_for_function("name => window.log.some(entry => entry[0] === name)", arg=name)
        return next(entry[1] if len(entry) > 1 else None for entry in self.log if entry[0] == name)

    def is_closed(self) -> bool:
        return bool(self.page.locator(".razorpay-container").count() == 0)


@pytest.fixture
def make_shopper(browser: Any, simulator: Running, merchant: Merchant) -> Iterator[Callable[..., Shopper]]:
    contexts = []

    def make(**settings: Any) -> Shopper:
        contexts.append(browser.new_context(**settings))
        return Shopper(contexts[-1], simulator, merchant)

    yield make
    for context in contexts:
        with suppress(Exception):
            context.close()


@pytest.fixture
def shopper(make_shopper: Callable[..., Shopper]) -> Iterator[Shopper]:
    found = make_shopper()
    yield found
    assert found.complaints == []


def status(simulator: Running, order: dict[str, Any]) -> str:
    return str(simulator.api("GET", f"/orders/{order['id']}").json["status"])


def test_success_calls_the_handler_with_a_signed_triple(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order(544600)
    shopper.open(order).upi("success@razorpay")
    response = shopper.wait_for_log("handler")
    message = f"{order['id']}|{response['razorpay_payment_id']}".encode()
    assert response["razorpay_order_id"] == order["id"]
    assert response["razorpay_signature"] == hmac.new(KEY_SECRET.encode(), message, hashlib.sha256).hexdigest()
    assert status(simulator, order) == "paid"
    assert shopper.is_closed()
    assert [entry[0] for entry in shopper.log] == ["handler"]


def test_the_amount_shown_is_that_of_the_order(shopper: Shopper, simulator: Running) -> None:
    shopper.open(simulator.order(12345650), amount=100)
    assert shopper.window.get_by_role("button", name="Pay ₹1,23,456.50").is_visible()


def test_failure_stays_open_and_a_retry_pays_the_same_order(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order()
    shopper.open(order).upi("failure@razorpay")
    error = shopper.wait_for_log("failed")
    assert error["reason"] == "payment_failed"
    assert error["metadata"]["order_id"] == order["id"]
    assert ["second listener"] in shopper.log
    assert "temporary issue" in shopper.window.get_by_role("alert").inner_text()
    shopper.upi("success@razorpay")
    response = shopper.wait_for_log("handler")
    assert response["razorpay_payment_id"] != error["metadata"]["payment_id"]
    payments = simulator.api("GET", f"/orders/{order['id']}/payments").json["items"]
    assert [payment["status"] for payment in payments] == ["failed", "captured"]


@pytest.mark.parametrize("retry", [False, {"enabled": False}])
def test_failure_without_retry_closes_and_dismisses(shopper: Shopper, simulator: Running, retry: Any) -> None:
    shopper.open(simulator.order(), retry=retry).upi("failure@razorpay")
    shopper.wait_for_log("dismiss")
    assert [entry[0] for entry in shopper.log] == ["failed", "second listener", "dismiss"]
    assert shopper.is_closed()


def test_card_needs_an_otp_of_four_digits(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order()
    window = shopper.open(order).window
    window.get_by_role("radio", name="Card").check()
    window.get_by_label("Card number").fill("4100 2800 0000 1008")
    window.get_by_label("Expiry").fill("12/40")
    window.get_by_label("CVV").fill("123")
    window.get_by_role("button", name="Pay ₹").click()
    assert "valid card number" in window.get_by_role("alert").inner_text()
    for number, otp in (("4100 2800 0000 1007", "123"), ("5267 3181 8797 5449", "1234")):
        window.get_by_label("Card number").fill(number)
        window.get_by_role("button", name="Pay ₹").click()
        window.get_by_label("OTP").fill(otp)
        window.get_by_role("button", name="Continue").click()
        shopper.wait_for_log("failed" if otp == "123" else "handler")
    payments = simulator.api("GET", f"/orders/{order['id']}/payments?expand[]=card").json["items"]
    assert [payment["error_reason"] for payment in payments] == ["invalid_otp", None]
    assert payments[1]["card"]["last4"] == "5449"


@pytest.mark.parametrize("tab", ["Netbanking", "Wallet"])
def test_the_mock_bank_asks_for_the_outcome(shopper: Shopper, simulator: Running, tab: str) -> None:
    order = simulator.order()
    window = shopper.open(order).window
    for outcome, reported in (("Failure", "failed"), ("Success", "handler")):
        window.get_by_role("radio", name=tab).check()
        window.get_by_role("button", name="Pay ₹").click()
        window.get_by_role("button", name=outcome).click()
        shopper.wait_for_log(reported)
    assert simulator.api("GET", f"/orders/{order['id']}/payments").json["items"][1]["method"] == tab.lower()


def focused(shopper: Shopper) -> str:
    return str(shopper.page.evaluate("document.activeElement.id || document.activeElement.className"))


@pytest.mark.parametrize("way", ["close", "escape", "escape outside", "back", "api"])
def test_dismissal_gives_the_page_back(shopper: Shopper, simulator: Running, way: str) -> None:
    order = simulator.order()
    shopper.open(order)
    assert shopper.page.evaluate("document.body.style.overflow") == "hidden"
    assert focused(shopper) == "razorpay-checkout-frame"
    if way == "close":
        shopper.window.get_by_role("button", name="Close").click()
    elif way == "escape":
        shopper.window.get_by_label("UPI ID").press("Escape")
    elif way == "escape outside":
        shopper.page.evaluate("document.activeElement.blur()")
        shopper.page.keyboard.press("Escape")
    elif way == "back":
        shopper.page.go_back()
    else:
        shopper.page.evaluate("rzp.close()")
    shopper.wait_for_log("dismiss")
    assert shopper.is_closed()
    assert focused(shopper) == "pay"
    assert shopper.page.evaluate("document.body.style.overflow") == ""
    assert status(simulator, order) == "created"
    shopper.page.get_by_role("button", name="Open").click()
    shopper.upi("success@razorpay")
    shopper.wait_for_log("handler")


def test_escape_and_backdrop_obey_the_options(shopper: Shopper, simulator: Running) -> None:
    shopper.open(simulator.order(), modal={"escape": False, "backdropclose": True})
    shopper.window.get_by_label("UPI ID").press("Escape")
    shopper.page.wait_for_timeout(200)
    assert not shopper.is_closed()
    shopper.page.locator(".razorpay-backdrop").click(position={"x": 5, "y": 5})
    assert shopper.wait_for_log("dismiss") == "backdrop"


def test_a_click_on_the_backdrop_does_nothing_by_default(shopper: Shopper, simulator: Running) -> None:
    shopper.open(simulator.order())
    shopper.page.locator(".razorpay-backdrop").click(position={"x": 5, "y": 5})
    shopper.page.wait_for_timeout(200)
    assert not shopper.is_closed()


def test_confirm_close_asks_first(shopper: Shopper, simulator: Running) -> None:
    window = shopper.open(simulator.order(), modal={"confirm_close": True}).window
    window.get_by_role("button", name="Close").click()
    window.get_by_role("button", name="Keep paying").click()
    assert shopper.log == []
    window.get_by_label("UPI ID").press("Escape")
    window.get_by_role("button", name="Yes, leave").click()
    assert shopper.wait_for_log("dismiss") == "escape"


def test_timeout_dismisses(shopper: Shopper, simulator: Running) -> None:
    shopper.open(simulator.order(), timeout=1)
    assert shopper.wait_for_log("dismiss") == "timeout"


def test_a_window_left_at_the_bank_cancels_the_payment(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order()
    window = shopper.open(order).window
    window.get_by_role("radio", name="Netbanking").check()
    window.get_by_role("button", name="Pay ₹").click()
    window.get_by_role("button", name="Success").wait_for()
    window.get_by_role("button", name="Close").click()

    def reason() -> Any:
        return simulator.api("GET", f"/orders/{order['id']}/payments").json["items"][0]["error_reason"]

    assert wait_until(reason) == "payment_cancelled"


def test_a_upi_payment_ends_well_though_the_browser_is_gone(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order()
    shopper.open(order).upi("success@razorpay")
    shopper.window.get_by_role("heading", name="Approve in your UPI app").wait_for()
    shopper.page.close()
    wait_until(lambda: status(simulator, order) == "paid")


def test_an_order_already_paid_is_refused(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order()
    simulator.pay(order["id"])
    shopper.open(order)
    assert shopper.window.get_by_text("Payment already done for this order").is_visible()
    assert shopper.window.get_by_role("button", name="Pay ₹").count() == 0
    shopper.window.get_by_role("button", name="Close").click()
    shopper.wait_for_log("dismiss")


def test_an_order_paid_in_another_tab_meanwhile_is_refused(simulator: Running, make_shopper: Any) -> None:
    order = simulator.order()
    shopper = make_shopper().open(order)
    simulator.pay(order["id"])
    shopper.upi("success@razorpay")
    shopper.window.get_by_text("Payment already done for this order").wait_for()
    assert simulator.api("GET", f"/orders/{order['id']}").json["attempts"] == 1


def test_another_key_is_refused(shopper: Shopper, simulator: Running) -> None:
    shopper.open(simulator.order(), key="rzp_test_somebody0000")
    assert shopper.window.get_by_text("The id provided does not exist").is_visible()


def test_a_second_open_does_nothing_and_a_missing_key_throws(shopper: Shopper, simulator: Running) -> None:
    shopper.open(simulator.order())
    shopper.page.evaluate("rzp.open(); new Razorpay(options).open()")
    assert shopper.page.locator("iframe.razorpay-checkout-frame").count() == 1
    thrown = shopper.page.evaluate("(() => { try { new Razorpay({}); } catch (error) { return error.message; } })()")
    assert thrown == "No key passed"


def test_messages_from_others_are_ignored(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order()
    shopper.open(order)
    shopper.page.evaluate("window.postMessage({type: 'success', response: {razorpay_payment_id: 'forged'}}, '*')")
    shopper.page.evaluate(
        "document.querySelector('iframe').contentWindow.postMessage({type: 'options', options: {name: 'x'}}, '*')"
    )
    shopper.page.wait_for_timeout(200)
    assert shopper.log == []
    assert not shopper.is_closed()


def test_redirect_posts_success_across_sites(shopper: Shopper, simulator: Running, merchant: Merchant) -> None:
    order = simulator.order()
    shopper.open(order, redirect=True, callback_url=f"{merchant.url}/callback").upi("success@razorpay")
    shopper.page.get_by_role("heading", name="Back at the shop").wait_for()
    assert set(merchant.callbacks[0]) == {"razorpay_payment_id", "razorpay_order_id", "razorpay_signature"}
    assert merchant.callbacks[0]["razorpay_order_id"] == order["id"]
    assert merchant.cookies == [""], "A Lax cookie does not come with a POST from another site."


def test_redirect_posts_failure(shopper: Shopper, simulator: Running, merchant: Merchant) -> None:
    order = simulator.order()
    shopper.open(order, redirect=True, callback_url=f"{merchant.url}/callback").upi("failure@razorpay")
    shopper.page.get_by_role("heading", name="Back at the shop").wait_for()
    fields = merchant.callbacks[0]
    assert {f"error[{name}]" for name in ("code", "description", "source", "step", "reason", "metadata")} == set(fields)
    assert json.loads(fields["error[metadata]"])["order_id"] == order["id"]


def test_callback_without_redirect_posts_success_when_there_is_no_handler(
    shopper: Shopper, simulator: Running, merchant: Merchant
) -> None:
    shopper.open(simulator.order(), handler=False, callback_url=f"{merchant.url}/callback")
    shopper.upi("failure@razorpay")
    shopper.wait_for_log("failed")
    shopper.upi("success@razorpay")
    shopper.page.get_by_role("heading", name="Back at the shop").wait_for()
    assert "razorpay_signature" in merchant.callbacks[0]


def test_the_handler_wins_over_the_callback(shopper: Shopper, simulator: Running, merchant: Merchant) -> None:
    shopper.open(simulator.order(), callback_url=f"{merchant.url}/callback").upi("success@razorpay")
    shopper.wait_for_log("handler")
    assert merchant.callbacks == []


def test_options_reach_the_payment(shopper: Shopper, simulator: Running) -> None:
    order = simulator.order(notes={"order": "DS-1"})
    prefill = {"email": "asha@example.com", "contact": "+919876543210", "vpa": "success@razorpay"}
    window = shopper.open(order, prefill=prefill, readonly={"email": True}, theme={"color": "#ffc21a"}).window
    window.get_by_text("Contact details").click()
    assert window.get_by_label("Email").get_attribute("readonly") is not None
    window.get_by_label("Phone").fill("+919000000000")
    window.get_by_role("button", name="Pay ₹").click()
    payment_id = shopper.wait_for_log("handler")["razorpay_payment_id"]
    payment = simulator.api("GET", f"/payments/{payment_id}").json
    assert (payment["email"], payment["contact"]) == ("asha@example.com", "+919000000000")
    assert payment["description"] == "Order DS-000123"
    assert payment["notes"] == {"order": "DS-1"}


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1280, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_window_is_accessible_and_fits(
    make_shopper: Any, simulator: Running, width: int, height: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    settings = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    shopper = make_shopper(**settings).open(simulator.order(), theme={"color": "#ffc21a"})
    frame = next(frame for frame in shopper.page.frames if "/v1/checkout/window" in frame.url)
    for tab in ("UPI", "Card", "Netbanking", "Wallet"):
        shopper.window.get_by_role("radio", name=tab).check()
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
    page = make_shopper(**settings).page
    page.goto(frame.url)
    page.evaluate("document.querySelectorAll('[data-screen]').forEach(screen => { screen.hidden = false })")
    found = axe.run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def hosted_form(simulator: Running, merchant: Merchant, order: dict[str, Any]) -> str:
    fields = {
        "key_id": KEY_ID,
        "order_id": order["id"],
        "amount": str(order["amount"]),
        "currency": "INR",
        "name": "Chhota <Garage>",
        "description": "Order",
        "prefill[email]": "asha@example.com",
        "notes[order]": "DS-1",
        "callback_url": f"{merchant.url}/callback",
        "cancel_url": f"{merchant.url}/cancelled",
    }
    inputs = "".join(f'<input name="{name}" value="{value.replace("<", "&lt;")}">' for name, value in fields.items())
    return (
        f'<form method="post" action="{simulator.browser_url}/v1/checkout/embedded">{inputs}<button>Go</button></form>'
    )


def test_the_hosted_page_works_without_javascript(make_shopper: Any, simulator: Running, merchant: Merchant) -> None:
    order = simulator.order(544600)
    page = make_shopper(java_script_enabled=False).page
    page.set_content(hosted_form(simulator, merchant, order))
    page.get_by_role("button", name="Go").click()
    assert page.get_by_text("Chhota <Garage>").is_visible()
    for outcome in ("Failure", "Success"):
        page.get_by_role("radio", name="Netbanking").check()
        page.get_by_role("button", name="Pay ₹5,446").click()
        page.get_by_role("button", name=outcome).click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Back at the shop").wait_for()
    assert merchant.callbacks[0]["razorpay_order_id"] == order["id"]
    payments = simulator.api("GET", f"/orders/{order['id']}/payments").json["items"]
    assert [payment["status"] for payment in payments] == ["failed", "captured"]
    assert payments[0]["email"] == "asha@example.com"


def test_the_hosted_page_goes_on_by_itself_and_can_be_cancelled(
    make_shopper: Any, simulator: Running, merchant: Merchant
) -> None:
    order = simulator.order()
    page = make_shopper().page
    page.set_content(hosted_form(simulator, merchant, order))
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/cancelled")
    page.goto("about:blank")
    page.set_content(hosted_form(simulator, merchant, order))
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Pay ₹").click()
    page.get_by_role("button", name="Success").click()
    page.get_by_role("heading", name="Back at the shop").wait_for()
    assert merchant.callbacks[0]["razorpay_order_id"] == order["id"]
