"""Every page and state of the storefront by name, and how a shopper gets it onto the screen.

The tests of accessibility look at each, and `make shots` photographs each.
"""

from collections.abc import Callable

from tests.journeys.accounts import ACCOUNT_STATES
from tests.journeys.shopper import Shopper
from tests.programs import wait_until

PLAIN, CHOICE, SOLD_OUT, LIMITED = "CW64-MR-0064", "CG43-TX-0008", "BD50-HK-0050", "AR43-LM-0099"
FILMED = "MM18-GT-0001"
Bring = Callable[[Shopper], object]
EXPIRE = """
from django.utils import timezone
from checkout import orders
from checkout.models import Order
order = Order.objects.get(number="{number}")
Order.objects.filter(pk=order.pk).update(expires_at=timezone.now())
assert orders.expire(order.pk, now=timezone.now())
"""
HOLD = """
from checkout import orders
from checkout.models import Order
from django.db import transaction
with transaction.atomic():
    orders.hold(orders.lock(Order.objects.get(number="{number}").pk), text="The amount differs")
"""
SHIP = """
from django.contrib.auth.models import User
from checkout import orders
from checkout.models import Order
order, owner = Order.objects.get(number="{number}"), User.objects.get(username="owner")
Order.objects.filter(pk=order.pk).update(carrier="India Post", tracking_number="EX123456789IN")
for status in ("packed", "shipped"):
    orders.advance(order.pk, status, user=owner)
"""
REFUND = """
from checkout import refunds
from checkout.models import Order, Refund
payment = Order.objects.get(number="{number}").payments.get(fulfils=True)
refund = refunds.request(payment_id=payment.pk, amount=500_50, reason="A mirror was missing")
assert refunds.send(refund.pk).status == "processed"
Refund.objects.filter(pk=refund.pk).update(arn="74332744091234567890123")
"""


def at(path: str) -> Bring:
    """A page that needs nothing but its address."""
    return lambda shopper: shopper.goto(path)


def of(sku: str) -> Bring:
    """The page of a product."""
    return lambda shopper: shopper.see(sku)


def opened(path: str, button: str) -> Bring:
    """A page with the panel of its button open."""

    def bring(shopper: Shopper) -> None:
        shopper.goto(path)
        shopper.page.get_by_role("button", name=button).filter(visible=True).first.click()

    return bring


def suggestions(path: str, button: str = "") -> Bring:
    """A search field, behind its button or on the page, with what it suggests and the second of it chosen."""

    def bring(shopper: Shopper) -> None:
        shopper.goto(path)
        if button:
            shopper.page.get_by_role("button", name=button).filter(visible=True).first.click()
        field = shopper.page.get_by_role("searchbox").or_(shopper.page.get_by_role("combobox", name="Search for a"))
        shopper.suggest(field.filter(visible=True).first, "chho")
        for _time in range(2):
            shopper.page.keyboard.press("ArrowDown")

    return bring


def full_cart(shopper: Shopper) -> None:
    """Two cars."""
    for sku in (PLAIN, "CG43-TX-0012"):
        shopper.add(sku)
    shopper.goto("/cart/")


def refused_cart(shopper: Shopper) -> None:
    """A quantity that the shop does not have."""
    shopper.add("BD43-HG-0062")
    shopper.forgive("409 POST")
    shopper.page.get_by_role("spinbutton").fill("60")
    shopper.page.get_by_role("spinbutton").press("Enter")
    shopper.page.locator(".notice--danger").wait_for()


def with_code(code: str) -> Bring:
    """Two cars and a code, which may be wrong."""

    def bring(shopper: Shopper) -> None:
        full_cart(shopper)
        shopper.forgive("400 POST")
        shopper.page.get_by_text("I have a code").click()
        shopper.page.get_by_label("Code", exact=True).fill(code)
        shopper.button("Use it").click()
        shopper.page.locator(".notice").first.wait_for()

    return bring


def checkout(shopper: Shopper) -> None:
    """The form, as it comes."""
    shopper.add(PLAIN)
    shopper.goto("/checkout/")


def wrong_checkout(shopper: Shopper) -> None:
    """The form, sent with mistakes."""
    checkout(shopper)
    shopper.forgive("400 POST")
    shopper.fill(email="asha", phone="12345", postcode="4110", city="")
    shopper.button("Pay ₹").click()
    shopper.page.get_by_role("alert").wait_for()


def pay(shopper: Shopper) -> None:
    """The pay page without its window."""
    shopper.goto(shopper.order(PLAIN)["pay_url"])


def dismissed(shopper: Shopper) -> None:
    """The pay page after its window was closed."""
    window(shopper)
    shopper.window.get_by_role("button", name="Close").click()
    shopper.expect_no_window()


def window(shopper: Shopper) -> None:
    """Razorpay's window over the pay page."""
    shopper.goto(shopper.order(PLAIN)["pay_url"])
    shopper.page.locator("[data-pay-button]").click()
    shopper.window.get_by_label("UPI ID").wait_for()


def failed_in_window(shopper: Shopper) -> None:
    """Razorpay's window after a failure."""
    window(shopper)
    shopper.upi("failure@razorpay")
    shopper.window.get_by_role("alert").wait_for()


def blocked(shopper: Shopper) -> None:
    """The pay page whose script does not come."""
    shopper.lose("**/v1/checkout.js")
    pay(shopper)
    shopper.page.get_by_text("The payment window does not open.").wait_for()


def failed(page: str) -> Bring:
    """An order whose payment failed, on its own page or on its pay page."""

    def bring(shopper: Shopper) -> None:
        order = shopper.order(PLAIN)
        shopper.shop.pay(order["number"], "failure")
        shopper.shop.wait_for_payments(order["number"], ["failed"])
        shopper.goto(order[page])

    return bring


def placed(query: str = "") -> Bring:
    """The page of an order that is not paid."""
    return lambda shopper: shopper.goto(shopper.order(PLAIN)["url"] + query)


def paid(then: str = "") -> Bring:
    """The page of a paid order, `then` some lines of Python later."""

    def bring(shopper: Shopper) -> None:
        order = shopper.order(PLAIN)
        shopper.shop.pay(order["number"], "success")
        shopper.shop.wait_for_status(order["number"], "paid")
        if then:
            shopper.shop.python(then.format(**order))
        shopper.goto(order["url"])

    return bring


def came_back(shopper: Shopper) -> None:
    """The page of an order whose refund the bank sent back."""
    paid(REFUND)(shopper)
    of_order = "payment_id IN (SELECT p.id FROM checkout_payment p JOIN checkout_order o ON o.id = p.order_id"
    rows = shopper.shop.rows(
        f"SELECT razorpay_refund_id FROM checkout_refund WHERE {of_order} WHERE o.number = ?)",  # noqa: S608 - ours.
        shopper.number,
    )
    shopper.shop.simulator.control("decide_refund", refund_id=rows[0][0], status="failed")
    told = shopper.page.get_by_text("Your bank sent ₹500.50 back to us.")
    for _look in range(60):
        if told.count():
            break
        shopper.page.wait_for_timeout(500)
        shopper.page.reload()
    told.wait_for()


def given_up(how: str) -> Bring:
    """The page of an order that will not be paid, by lines of Python."""

    def bring(shopper: Shopper) -> None:
        order = shopper.order(PLAIN)
        shopper.shop.python(how.format(**order))
        shopper.goto(order["url"])

    return bring


def cancelled(shopper: Shopper) -> None:
    """The page of an order that its buyer cancelled."""
    shopper.goto(shopper.order(PLAIN)["url"])
    shopper.page.get_by_role("link", name="Cancel this order").click()
    shopper.button("Cancel the order").click()
    shopper.heading("This order is cancelled").wait_for()


def asked_to_cancel(shopper: Shopper) -> None:
    """The page that asks whether a paid order should be cancelled."""
    paid()(shopper)
    shopper.page.get_by_role("link", name="Cancel this order").click()
    shopper.heading("Cancel this order?").wait_for()


def write(shopper: Shopper, **fields: str) -> None:
    """Send the contact form."""
    shopper.goto("/contact/")
    for name, value in fields.items():
        shopper.page.locator(f"main [name={name}]").fill(value)
    shopper.button("Send the message").click()


def wrong_message(shopper: Shopper) -> None:
    """The contact form, sent with mistakes."""
    shopper.forgive("400 POST")
    write(shopper, email="asha", text="Where is it?")
    shopper.page.get_by_role("alert").wait_for()


def sent_message(shopper: Shopper) -> None:
    """The contact page after a message was sent."""
    wrong_message(shopper)
    page = shopper.page
    page.get_by_label("What is it about?").select_option("order")
    page.get_by_label("Your name").fill("Asha")
    page.get_by_label("Email").fill("asha@example.in")
    shopper.button("Send the message").click()
    page.get_by_role("heading", name="We have your message").wait_for()


def filmed(shopper: Shopper) -> None:
    """A product with its film in view, and what it shows in words."""
    shopper.see(FILMED)
    shopper.page.locator(".gallery__play").click()
    shopper.page.locator(".more summary").filter(has_text="video").click()


def large(shopper: Shopper) -> None:
    """A product with its pictures in the full view."""
    shopper.see(FILMED)
    shopper.page.locator("[data-gallery] ul a").first.click()
    shopper.page.get_by_role("dialog").get_by_text("1 of").wait_for()


def kept(shopper: Shopper) -> None:
    """A wishlist of two, of which one is sold out."""
    for sku in (PLAIN, SOLD_OUT):
        shopper.see(sku)
        shopper.page.locator(".buy__head .heart").click()
    shopper.goto("/wishlist/")
    shopper.page.locator(".card").first.wait_for()


def wrong_request(shopper: Shopper) -> None:
    """A request to be told, with an address that is none."""
    shopper.forgive("400 POST .*/back-in-stock/")
    shopper.see(SOLD_OUT)
    shopper.page.get_by_label("Tell me when it is back").fill("asha")
    shopper.button("Tell me").click()
    shopper.page.get_by_role("alert").wait_for()


def another_bill(shopper: Shopper) -> None:
    """The checkout with all that can be said of the bill."""
    checkout(shopper)
    shopper.page.locator(".more summary").click()
    shopper.page.get_by_role("checkbox", name="The bill goes to another address").check()


def missing(shopper: Shopper) -> None:
    """No page."""
    shopper.forgive("404 GET .*/nowhere/")
    shopper.goto("/nowhere/")


STATES: dict[str, Bring] = {
    "home": at("/"),
    "home-search": opened("/", "Search"),
    "shop": at("/shop/"),
    "shop-last-page": at("/shop/?page=2"),
    "shop-filtered": at("/shop/?scale=1:43&available=1&sort=price"),
    "shop-search": at("/shop/?q=rally"),
    "shop-corrected": at("/shop/?q=mosoon+raly"),
    "shop-did-you-mean": at("/shop/?q=hogly"),
    "shop-nothing": at("/shop/?q=zeppelin"),
    "shop-nothing-fits": at("/shop/?scale=1:18&max=500"),
    "suggestions": suggestions("/", "Search"),
    "suggestions-again": suggestions("/shop/?q=zeppelin"),
    "product": of(PLAIN),
    "product-choice": of(CHOICE),
    "product-limited": of(LIMITED),
    "product-sold-out": of(SOLD_OUT),
    "product-video": filmed,
    "wishlist": kept,
    "wishlist-empty": at("/wishlist/"),
    "tell-me-errors": wrong_request,
    **{name: at(f"/{name}/") for name in ("about", "shipping", "returns", "privacy", "terms", "contact", "journal")},
    "story": at("/journal/a-rally-car-needs-mud/"),
    "contact-errors": wrong_message,
    "contact-sent": sent_message,
    "cart-empty": at("/cart/"),
    "cart": full_cart,
    "cart-refused": refused_cart,
    "cart-code": with_code("garage10"),
    "cart-code-refused": with_code("garage11"),
    "checkout": checkout,
    "checkout-bill": another_bill,
    "checkout-errors": wrong_checkout,
    "checkout-empty": at("/checkout/"),
    "pay": pay,
    "pay-dismissed": dismissed,
    "pay-blocked": blocked,
    "pay-failed": failed("pay_url"),
    "order-unpaid": placed(),
    "order-failed": failed("url"),
    "order-confirming": placed("?confirming"),
    "order-paid": paid(),
    "order-shipped": paid(SHIP),
    "order-refunded": paid(REFUND),
    "order-refund-came-back": came_back,
    "order-expired": given_up(EXPIRE),
    "order-on-hold": given_up(HOLD),
    "order-cancel": asked_to_cancel,
    "order-cancelled": cancelled,
    **ACCOUNT_STATES,
    "not-found": missing,
}
# Only on a phone: there the filters and the menu are panels.
PHONE_STATES: dict[str, Bring] = {
    "shop-filters": opened("/shop/", "Filter"),
    "home-menu": opened("/", "Menu"),
    "product-large": large,
}
# What lies over the page and belongs to Razorpay: its simulator has tests of its own.
WINDOW_STATES: dict[str, Bring] = {"pay-window": window, "pay-window-failed": failed_in_window}


def as_staff(name: str, path: str) -> Bring:
    """A page of the admin, after a purchase, for one of the demo shop's people, with the keys of order and pages."""

    def bring(shopper: Shopper) -> None:
        paid()(shopper)
        [[key]] = shopper.shop.rows("SELECT id FROM checkout_order WHERE number = ?", shopper.number)
        [[product]] = shopper.shop.rows("SELECT page_id FROM catalog_variant WHERE sku = ?", CHOICE)
        shopper.log_in(name)
        [[home]] = shopper.shop.rows("SELECT page_ptr_id FROM home_homepage")
        shopper.goto(path.format(order=key, product=product, home=home))

    return bring


def undecided(shopper: Shopper) -> None:
    """The desk of what a person must decide, with money of nobody and two disputes."""
    shop = shopper.shop
    captured = [shop.simulator.control("pay", amount=amount)["razorpay_payment_id"] for amount in (199_800, 74_900)]
    for payment in captured:
        shop.simulator.control("dispute", payment_id=payment)
    wait_until(
        lambda: shop.rows("SELECT count(*) FROM checkout_attentioncase WHERE closed_at IS NULL")[0][0] >= len(captured),
        "No case was opened",
    )
    as_staff("owner", "/admin/attention/desk/")(shopper)


def connection_tested(shopper: Shopper) -> None:
    """The owner's test of the connection to Razorpay, done."""
    as_staff("owner", "/admin/razorpay-connection/")(shopper)
    shopper.page.get_by_role("button", name="Test now").click()
    shopper.page.get_by_role("heading", name="Webhooks get through").wait_for()


def show_mail(shopper: Shopper, kind: str) -> None:
    """Show somebody who is logged in a mail as a mail program does."""
    body = shopper.page.request.get(f"{shopper.shop.url}/admin/orders/mails/{kind}/body/")
    shopper.page.set_content(body.text())


def mail(kind: str) -> Bring:
    """A mail of the shop."""

    def bring(shopper: Shopper) -> None:
        shopper.log_in("staff")
        show_mail(shopper, kind)

    return bring


def one_mail(shopper: Shopper) -> None:
    """The receipt of an order, in the admin."""
    as_staff("staff", "/admin/orders/inspect/{order}/")(shopper)
    shopper.page.get_by_role("link", name="Receipt").click()
    shopper.page.get_by_title("Paid: your order").wait_for()


MAILS = ("received", "paid", "shipped", "cancelled", "refund_started", "refunded", "refund_failed")
MAIL_STATES: dict[str, Bring] = {f"mail-{kind.replace('_', '-')}": mail(kind) for kind in MAILS}
ADMIN_STATES: dict[str, Bring] = {
    "admin-login": at("/admin/login/"),
    "admin-home": as_staff("owner", "/admin/"),
    "admin-home-staff": as_staff("staff", "/admin/"),
    "admin-orders": as_staff("staff", "/admin/orders/"),
    "admin-order": as_staff("staff", "/admin/orders/inspect/{order}/"),
    "admin-order-edit": as_staff("staff", "/admin/orders/edit/{order}/"),
    "admin-attention": undecided,
    "admin-order-note": as_staff("staff", "/admin/orders/note/{order}/"),
    "admin-stock": as_staff("editor", "/admin/stock/"),
    "admin-products": as_staff("editor", "/admin/products/"),
    "admin-import": as_staff("editor", "/admin/uploads/products/"),
    "admin-product": as_staff("editor", "/admin/pages/{product}/edit/"),
    "admin-pages": as_staff("editor", "/admin/pages/"),
    "admin-home-page": as_staff("editor", "/admin/pages/{home}/edit/"),
    "admin-report": as_staff("owner", "/admin/reports/shop/products/"),
    "admin-report-gst": as_staff("owner", "/admin/reports/shop/gst/"),
    "admin-mail": one_mail,
    "admin-mails": as_staff("staff", "/admin/orders/mails/"),
    "admin-messages": as_staff("staff", "/admin/messages/"),
    "admin-connection": connection_tested,
    "admin-ship": as_staff("staff", "/admin/orders/ship/{order}/"),
    "admin-ship-many": as_staff("staff", "/admin/bulk/checkout/order/mark_shipped/?id={order}"),
    "admin-refund": as_staff("owner", "/admin/orders/refund/{order}/"),
    "admin-cancel": as_staff("owner", "/admin/orders/cancel/{order}/"),
    "admin-order-address": as_staff("staff", "/admin/orders/address/{order}/"),
    "admin-first-steps": as_staff("owner", "/admin/first-steps/"),
    "admin-settings": as_staff("owner", "/admin/settings/catalog/shopsettings/"),
    "admin-guide": as_staff("editor", "/admin/guides/editors/"),
}
