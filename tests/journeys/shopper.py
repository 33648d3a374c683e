"""Someone at a browser: what they do in the shop and in Razorpay's window, and what they are bothered with."""

import re
import secrets
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, FrameLocator, Locator, Page, Request, Response, expect

from run import demo_logins
from tests.journeys.shop import Shop

PAID = "Paid. We’re packing it."
PASSWORDS = {name: password for name, password, _role in demo_logins()}
# The network's part of a console line is told by `_answered` and `_failed`, with its address.
NETWORK = "Failed to load resource"


def details() -> dict[str, str]:
    """Return what a new buyer types at the checkout; nobody else has the address."""
    return {
        "email": f"asha.{secrets.token_hex(4)}@example.in",
        "phone": "98765 43210",
        "full_name": "Asha Kulkarni",
        "postcode": "411 004",
        "address_line1": "14 Prabhat Road",
        "address_line2": "near Law College Road",
        "city": "Pune",
        "state": "27",
    }


class Shopper:
    """A browser of its own, with empty pockets. `complaints` is what a developer would see in red."""

    def __init__(self, context: BrowserContext, shop: Shop) -> None:
        self.context, self.shop = context, shop
        self.details = details()
        self.email = self.details["email"]
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        context.on("page", self._watch)
        context.on("weberror", lambda found: self.complaints.append(f"error {found.error}"))
        context.on("console", self._said)
        context.on("response", self._answered)
        context.on("requestfailed", self._failed)
        self.page = context.new_page()

    def forgive(self, *patterns: str) -> None:
        """Expect complaints that match these regular expressions."""
        self.forgiven.extend(patterns)

    @property
    def unforgiven(self) -> list[str]:
        """Complaints that nobody expected."""
        return [text for text in self.complaints if not any(re.search(p, text) for p in self.forgiven)]

    # --- In the shop ---

    def goto(self, path: str) -> Response | None:
        """Open a page of the shop."""
        return self.page.goto(self.shop.url + path)

    def see(self, sku: str) -> None:
        """Open the product page of a SKU."""
        query = """SELECT slug FROM wagtailcore_page JOIN catalog_variant ON page_id = wagtailcore_page.id
                   WHERE sku = ?"""
        slug = self.shop.rows(query, sku)[0][0]
        self.goto(f"/shop/{slug}/?variant={sku}")

    def suggest(self, field: Locator, text: str) -> Locator:
        """Type into a search field and return its suggestions, once they are there."""
        field.fill("")
        field.press_sequentially(text)
        options = self.page.get_by_role("option").filter(visible=True)
        expect(options.last).to_have_text(re.compile(f"All models for “{re.escape(text)}”"))
        return options

    def add(self, sku: str) -> None:
        """Put a car into the cart from its page."""
        self.see(sku)
        self.button("Add to cart").click()
        self.page.wait_for_url("**/cart/")

    def fill(self, **changes: str) -> None:
        """Fill the checkout form, which is on the screen, with the buyer's details and `changes`."""
        for name, value in {**self.details, **changes}.items():
            field = self.page.locator(f"[name={name}]")
            if name == "state":
                field.select_option(value)
            else:
                field.fill(value)

    def place_order(self, sku: str) -> str:
        """Buy one car up to the pay page, whose window opens, and return the number of the order."""
        self.add(sku)
        self.page.get_by_role("link", name="Check out").click()
        self.page.wait_for_url("**/checkout/")
        self.fill()
        self.submit()
        return self.number

    def order(self, sku: str) -> dict[str, Any]:
        """Order one car without looking at a page on the way, and return what the shop answers of the order."""
        self.see(sku)
        token = next(cookie["value"] for cookie in self.context.cookies() if cookie["name"] == "csrftoken")
        for path, fields in (("/cart/add/", {"sku": sku, "quantity": "1"}), ("/checkout/", self.details)):
            form: dict[str, str | float | bool] = {**fields, "csrfmiddlewaretoken": token}
            answer = self.context.request.post(self.shop.url + path, form=form, headers={"Accept": "application/json"})
            assert answer.ok, answer.text()
        order: dict[str, Any] = answer.json()["order"]
        return {**order, "url": f"/orders/{order['token']}/"}

    def submit(self) -> None:
        """Send the checkout form, and arrive at the pay page."""
        self.button("Pay ₹").click()
        self.page.wait_for_url("**/pay/*")

    @property
    def number(self) -> str:
        """The order number on the screen."""
        return self.page.locator(".order-no .plate").inner_text().strip()

    def button(self, name: str) -> Locator:
        """A button of the page by the beginning of its name."""
        return self.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}"))

    def heading(self, text: str) -> Locator:
        """The page's first heading, if it reads `text`."""
        return self.page.get_by_role("heading", level=1, name=text)

    def log_in(self, name: str) -> None:
        """Log in to the admin as one of the demo shop's people."""
        self.goto("/admin/login/")
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(PASSWORDS[name])
        self.button("Sign in").click()
        self.page.wait_for_url("**/admin/")

    # --- In Razorpay's window ---

    @property
    def window(self) -> FrameLocator:
        """Razorpay's window, from another site."""
        return self.page.frame_locator("iframe.razorpay-checkout-frame")

    @property
    def pay_button(self) -> Locator:
        """The button of the pay page, whatever it says."""
        return self.page.locator("[data-pay-button]")

    def upi(self, vpa: str) -> None:
        """Pay by UPI in the window, which is open or about to be."""
        self.window.get_by_label("UPI ID").fill(vpa)
        self.window.get_by_role("button", name="Pay ₹").click()

    def expect_no_window(self) -> None:
        """Razorpay's window is closed."""
        expect(self.page.locator(".razorpay-container")).to_have_count(0)

    def expect_paid(self) -> None:
        """The order page says that the order is paid."""
        expect(self.heading(PAID)).to_be_visible()

    def hurry(self) -> None:
        """Let the pay page, whose window is open, pause only shortly between its attempts."""
        self.window.get_by_label("UPI ID").wait_for()
        self.page.evaluate(
            "const wait = setTimeout; window.setTimeout = (then, pause) => wait(then, pause / 20); undefined"
        )

    # --- Trouble ---

    def lose(self, pattern: str) -> None:
        """Lose every request to addresses like `pattern`, as a broken network or an ad blocker would."""
        self.context.route(pattern, lambda route: route.abort())
        self.forgive(f"requestfailed .*{pattern.strip('*')}")

    def _watch(self, page: Page) -> None:
        page.on("dialog", lambda dialog: dialog.accept())

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(NETWORK):
            self.complaints.append(f"console {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page aborts what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"requestfailed {request.failure} {request.method} {request.url}")
