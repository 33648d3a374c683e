"""Who may publish a new price. Where the shop's settings ask for approval, others submit it to Wagtail's workflow.

What was never published may get its first price from anybody who may publish; everything else compares with the rows
that shoppers buy from.
"""

from collections.abc import Iterable
from typing import Any

from catalog.models.pages import ProductPage
from catalog.models.settings import ShopSettings
from catalog.models.variant import Variant

APPROVE = "catalog.approve_prices"
WORDS = "A new price waits for the approval of an owner: submit the page instead of publishing it."


def may_publish(user: Any) -> bool:
    """Return whether this person publishes new prices without asking anybody."""
    return bool(user.has_perm(APPROVE)) or not ShopSettings.current().prices_need_approval


def fresh(page: ProductPage, prices: Iterable[tuple[str, int | None]]) -> set[str]:
    """Return the SKUs whose price, in paise, is another than what shoppers pay; none of a page that is all new.

    Nobody pays the price of a page that was taken down: its rows follow each draft, so that all of its prices are new.
    """
    if page.first_published_at is None:
        return set()
    known = dict(Variant.objects.filter(page_id=page.pk, page__live=True).values_list("sku", "price"))
    return {sku for sku, price in prices if sku and price != known.get(sku)}


def lack(page: ProductPage, user: Any) -> str:
    """Return why this person may not publish a page as it stands in memory, or nothing."""
    prices = [(variant.sku, variant.price) for variant in page.variants.all() if variant.is_active]
    return WORDS if fresh(page, prices) and not may_publish(user) else ""


def submit(page_id: int, user: Any) -> bool:
    """Submit the newest draft to the workflow of its page. Return False where there is none, or one runs already."""
    page = ProductPage.objects.get(pk=page_id)
    workflow = page.get_workflow()
    if workflow is None or page.workflow_in_progress:
        return False
    workflow.start(page, user)
    return True
