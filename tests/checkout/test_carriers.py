"""Where a parcel can be followed."""

import pytest

from checkout.carriers import tracking_url
from checkout.models import Order


@pytest.mark.parametrize("name", ["Blue Dart", "BlueDart", "blue dart"])
def test_a_carrier_is_known_however_it_is_written(name: str) -> None:
    assert tracking_url(name, "81234567890").endswith("trackNo=81234567890")


def test_a_number_cannot_leave_its_place() -> None:
    assert tracking_url("Delhivery", "1/../?x=<b>") == "https://www.delhivery.com/track/package/1%2F..%2F%3Fx%3D%3Cb%3E"


def test_nothing_is_linked_that_does_not_lead_there() -> None:
    assert [tracking_url(*parcel) for parcel in [("Ram's van", "1"), ("India Post", "EB1IN"), ("DTDC", "")]] == [""] * 3
    assert Order(carrier="Ekart", tracking_number="FM1").tracking_url == "https://ekartlogistics.com/shipmenttrack/FM1"
