"""The cards of what a browser has kept: in its order, without what is gone, however odd the numbers are."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import keeping
from catalog.models import ProductPage
from tests.checkout.queries import nothing_written
from tests.factories import make_product
from tests.programs import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def key(sku: str, **product: Any) -> int:
    """Make a product and return its number."""
    return int(make_product(sku, title=sku, **product).page_id)


def titles(answer: Any) -> list[str]:
    return re.findall(r'card__name"><a href="[^"]+">([^<]+)', answer.content.decode())


def cards(client: Client, *ids: object) -> Any:
    answer = client.get("/wishlist/cards/", {"ids": ",".join(map(str, ids))})
    assert answer.status_code == 200
    return answer


def test_cards_come_in_the_order_of_the_list(client: Client) -> None:
    first, second, third = key("AAA-1"), key("BBB-1"), key("CCC-1")
    with nothing_written():
        answer = cards(client, third, first, second, third)
    assert titles(answer) == ["CCC-1", "AAA-1", "BBB-1"]
    assert "private" in answer["Cache-Control"]
    assert "max-age=60" in answer["Cache-Control"]


def test_what_is_gone_or_sold_out_is_told(client: Client) -> None:
    here, gone, sold = key("AAA-1"), key("BBB-1"), key("CCC-1", on_hand=0)
    ProductPage.objects.get(pk=gone).unpublish()
    page = cards(client, gone, sold, here, 9999).content.decode()
    assert f'data-gone="{gone},9999"' in page
    assert "One of these is sold out" in page
    assert titles(cards(client, gone, sold, here, 9999)) == ["CCC-1", "AAA-1"]
    recent = client.get("/wishlist/cards/", {"of": "recent", "ids": f"{sold},{here}"}).content.decode()
    assert recent.count('class="card__name"') == 2
    assert "One of these is sold out" not in recent


@pytest.mark.parametrize("ids", ["", "x", "-1", "1.5", "²", "9" * 15, "9" * 400, ",,,", "\x00", "1;drop"])
def test_odd_numbers_find_nothing(client: Client, ids: str) -> None:
    key("AAA-1")
    answer = client.get("/wishlist/cards/", {"ids": ids})
    assert answer.status_code in (200, 400)
    assert titles(answer) == []


def test_a_long_list_costs_what_a_short_one_costs(client: Client) -> None:
    ids = [key(f"AAA-{number}") for number in range(6)]
    cards(client, *ids)
    counts = []
    for asked in (ids[:1], ids, [*ids, *range(10_000, 12_000)]):
        with CaptureQueriesContext(connection) as queries:
            cards(client, *asked)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]
    assert len(keeping.numbers(",".join(map(str, range(1, 200))))) == keeping.MOST


def test_the_page_is_the_same_for_everybody_and_in_no_search_engine(client: Client) -> None:
    key("AAA-1")
    answer = client.get("/wishlist/")
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert 'data-url="/wishlist/cards/?ids="' in answer.content.decode()


def test_script_and_server_agree_how_many(client: Client) -> None:
    script = (ROOT / "static/js/keeping.js").read_text()
    assert f"const MOST = {keeping.MOST};" in script


def test_every_card_and_product_has_its_button_hidden_until_the_script_shows_it(client: Client) -> None:
    number = key("AAA-1")
    for path in ("/shop/", "/shop/aaa-1/"):
        page = client.get(path).content.decode()
        button = re.search(rf'<button[^>]*data-save="{number}"[^>]*>', page)
        assert button is not None, path
        assert " hidden" in button[0]
        assert 'aria-pressed="false"' in button[0]
