"""Somebody with an account: coming in by the code from the mail, and the pages that are theirs."""

import re
from collections.abc import Callable

from tests.journeys.shopper import Shopper
from tests.programs import wait_until

Bring = Callable[[Shopper], object]


def codes_for(shopper: Shopper) -> list[str]:
    """Return the codes that were sent to the shopper."""
    mails = shopper.shop.mails_to(shopper.email)
    return [found[1] for mail in mails if (found := re.search(r"^    (\d{4}-\d{4})$", mail, re.MULTILINE))]


def code_for(shopper: Shopper, known: int = 0) -> str:
    """Return the code that was sent to the shopper after those that are `known`, as soon as the worker has sent it."""
    wait_until(lambda: len(codes_for(shopper)) > known, f"No code for {shopper.email}")
    return codes_for(shopper)[-1]


def ask_for_code(shopper: Shopper) -> None:
    """The page that waits for the code."""
    shopper.goto("/account/login/")
    shopper.page.locator("main [name=email]").fill(shopper.email)
    shopper.button("Send me a code").click()
    shopper.page.wait_for_url("**/account/login/code/")


def come_in(shopper: Shopper) -> None:
    """The account, after the code was typed."""
    known = len(codes_for(shopper))
    ask_for_code(shopper)
    shopper.page.get_by_label("Code").fill(code_for(shopper, known))
    shopper.button("Go on").click()
    shopper.page.wait_for_url("**/account/")


def with_orders(shopper: Shopper) -> None:
    """The account of somebody who bought as a guest before."""
    for sku, outcome in (("CW64-MR-0064", "success"), ("CG43-TX-0012", "failure")):
        order = shopper.order(sku)
        shopper.shop.pay(order["number"], outcome)
    come_in(shopper)


def wrong_code(shopper: Shopper) -> None:
    """The page that waits for the code, after a wrong one."""
    shopper.forgive("400 POST")
    ask_for_code(shopper)
    shopper.page.get_by_label("Code").fill("0000")
    shopper.button("Go on").click()
    shopper.page.get_by_role("alert").wait_for()


def kept_in_account(shopper: Shopper) -> None:
    """The wishlist of an account, with what the browser kept before somebody came in."""
    shopper.goto("/shop/?q=rally")
    shopper.page.locator(".card .heart").first.click()
    come_in(shopper)
    shopper.page.wait_for_function("localStorage['wishlist-of']")
    shopper.goto("/account/wishlist/")


def page_of_account(path: str) -> Bring:
    """A page behind the door."""

    def bring(shopper: Shopper) -> None:
        come_in(shopper)
        shopper.goto(path)

    return bring


def asked_for_order(shopper: Shopper) -> None:
    """The page that finds an order, after it was asked."""
    shopper.goto("/orders/find/")
    shopper.page.get_by_label("Order number").fill("CG26-10001")
    shopper.page.locator("main [name=email]").fill(shopper.email)
    shopper.button("Send me the link").click()
    shopper.page.wait_for_url("**/orders/find/?asked")


ACCOUNT_STATES: dict[str, Bring] = {
    "account-door": lambda shopper: shopper.goto("/account/login/"),
    "account-password-door": lambda shopper: shopper.goto("/account/login/password/"),
    "account-wrong-code": wrong_code,
    "account": with_orders,
    "account-wishlist": kept_in_account,
    "account-password": page_of_account("/account/password/"),
    "account-email": page_of_account("/account/email/"),
    "account-close": page_of_account("/account/close/"),
    "find-order": asked_for_order,
}
