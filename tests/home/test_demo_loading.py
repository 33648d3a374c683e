"""Loading the demo shop: stopped anywhere it goes on, and it says what it does."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from catalog import stock
from catalog.models import (
    ProductPage,
    ShopImage,
    Stock,
)
from catalog.progress import Progress
from home.demo import photos
from home.demo.data import PICTURES, read, read_products
from tests.factories import take_shop_away

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the sizes to the worker: encoding 26 pictures is not what these tests are about."""
    monkeypatch.setattr(photos, "_make_sizes", lambda images, stream: None)


@pytest.mark.usefixtures("few_pictures")
def test_a_load_that_was_stopped_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop it in the middle of a product: the product is there with its stock, or not at all."""
    take_shop_away()
    real, calls = stock.receive, []

    def killed(**arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return real(**arguments)

    monkeypatch.setattr(stock, "receive", killed)
    with pytest.raises(KeyboardInterrupt):
        call_command("load_demo_shop", stdout=StringIO())
    monkeypatch.setattr(stock, "receive", real)
    assert not Stock.objects.filter(movements=None).exists()
    call_command("load_demo_shop", stdout=StringIO())
    assert ProductPage.objects.count() == len(read_products())
    assert Page.find_problems() == ([], [], [], [], [])


def test_the_number_of_products_is_checked() -> None:
    with pytest.raises(CommandError, match="whole number"):
        call_command("load_demo_shop", "--products", "-1")


def test_every_picture_has_words_and_every_word_a_picture() -> None:
    words = read("pictures.toml")
    assert set(words) == {path.stem for path in Path(PICTURES).glob("*.webp")}
    assert all(row["alt"] for row in words.values())


def test_a_picture_is_uploaded_with_its_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "read", lambda name: {"hero": {"title": "Hero", "alt": "A taxi"}})
    from django.core.management.base import OutputWrapper

    for _ in range(2):
        photos.load_photos(OutputWrapper(StringIO()))
    image = ShopImage.objects.get()
    assert (image.description, image.renditions.count()) == ("A taxi", 6)


class Terminal(StringIO):
    """A screen."""

    def isatty(self) -> bool:
        """Say that a person is looking."""
        return True


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere() -> None:
    from django.core.management.base import OutputWrapper

    screen, file = Terminal(), StringIO()
    for stream in (screen, file):
        with Progress(OutputWrapper(stream), "Products", 2) as progress:
            progress.advance(2)
    assert "\rProducts     [" in screen.getvalue()
    assert "2/2" in screen.getvalue()
    assert file.getvalue() == "Products: 0 of 2\nProducts: done (2)\n"
