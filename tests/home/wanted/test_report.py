"""The report of what shoppers wait for: how many, since when, for how much money, and who may see it."""

import pytest
from django.test import Client
from django.utils import timezone

from home.models import StockRequest
from home.wanted import asking
from tests.factories import make_product
from tests.home.test_messages_admin import person

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PP5")]
URL = "/admin/reports/waited-for/"


@pytest.fixture(autouse=True)
def wishes() -> None:
    """Two wait for a cab and one for a dearer bus; one was told already."""
    cab = make_product("AAA-1", price=100_000, on_hand=0, title="=Cab")
    bus = make_product("BBB-1", price=150_050, on_hand=0, title="Bus")
    for variant, email in ((cab, "a@example.in"), (cab, "b@example.in"), (bus, "a@example.in"), (bus, "c@example.in")):
        asking.keep(variant, email)
    StockRequest.objects.filter(email="c@example.in").update(sent_at=timezone.now())
    make_product("CCC-1", on_hand=0, title="Lorry")


def test_editors_see_what_is_waited_for() -> None:
    editor = person("editor", "view_stockrequest")
    page = " ".join(editor.get(URL).content.decode().split())
    assert page.index("AAA-1") < page.index("₹2,000.00") < page.index("BBB-1") < page.index("₹1,500.50")
    assert "Lorry" not in page
    assert "example.in" not in page
    assert editor.get(f"{URL}results/").status_code == 200


def test_it_can_be_taken_into_a_spreadsheet() -> None:
    editor = person("editor", "view_stockrequest")
    lines = editor.get(URL, {"export": "csv"}).getvalue().decode().splitlines()
    assert lines[0] == "SKU,Model,Waiting,Since,Price,Price × waiting"
    assert lines[1].startswith("AAA-1,'=Cab,2,20")
    assert lines[1].endswith(",1000,2000")
    assert lines[2].endswith(",1500.5,1500.5")
    assert len(lines) == 3
    assert editor.get(URL, {"export": "xlsx"}).status_code == 200


def test_others_do_not_see_it(client: Client) -> None:
    assert person("other").get(URL).status_code in (302, 403)
    assert "/admin/login" in client.get(URL)["Location"]
