"""Staff print packing slips and labels of the orders that they ticked."""

import pytest
from django.test import Client

from tests.checkout.papers.reading import pages
from tests.checkout.papers.test_parcels import bought

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", ["packing_slips", "labels"])
def test_staff_print_what_they_ticked(action: str, staff: Client, viewer: Client, editor: Client) -> None:
    first, second = bought(), bought()
    url = f"/admin/bulk/checkout/order/{action}/?id={first.pk}&id={second.pk}&next=/admin/orders/"
    answer = staff.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert [order.number in page for order, page in zip((first, second), pages(answer.content), strict=True)] == [
        True
    ] * 2
    assert (
        f"/admin/bulk/checkout/order/{action}/?id={first.pk}"
        in staff.get(f"/admin/orders/inspect/{first.pk}/").content.decode()
    )
    assert staff.post(url).status_code == 405
    for broken in ("?id=0", "?id=x", "", "?id=all"):
        assert staff.get(f"/admin/bulk/checkout/order/{action}/{broken}").status_code == 404
    for person in (viewer, editor, Client()):
        assert person.get(url).status_code == 302
