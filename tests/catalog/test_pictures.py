"""Sizes of pictures: made on publishing and by the worker, shown when they exist, never made by a visit."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.template import Context, Template
from django.test import Client, TestCase
from PIL import Image

from catalog import pictures
from catalog.models import ProductPage, ProductPhoto, ShopImage, ShopRendition
from catalog.templatetags.pictures import picture, picture_url
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def upload(size: tuple[int, int] = (1600, 1200), mode: str = "RGB", title: str = "Cab") -> ShopImage:
    content = BytesIO()
    Image.new(mode, size, (250, 190, 20, 0)[: len(mode)]).save(content, "PNG")
    content.seek(0)
    image: ShopImage = ShopImage.objects.create(title=title, file=ImageFile(content, name="cab.png"))
    return image


def specs(image: ShopImage) -> set[str]:
    return set(ShopRendition.objects.filter(image=image).values_list("filter_spec", flat=True))


def with_photo(image: ShopImage) -> ProductPage:
    make_product()
    page = ProductPage.objects.get().get_latest_revision_as_object()
    page.photos = [ProductPhoto(image=image, alt_text="A cab")]
    page.save_revision().publish()
    fresh: ProductPage = ProductPage.objects.get()
    return fresh


def test_publishing_makes_webp_and_jpeg() -> None:
    image = upload()
    with TestCase.captureOnCommitCallbacks(execute=True):
        with_photo(image)
    assert specs(image) == {f"width-{w}|format-{f}" for w in (400, 800, 1200) for f in ("webp", "jpeg")}
    row = ShopRendition.objects.get(filter_spec="width-400|format-webp")
    assert (row.width, row.height) == (400, 300)


def test_a_transparent_picture_gets_png_instead_of_jpeg() -> None:
    image, opaque = upload(mode="RGBA"), upload((500, 500))
    pictures.make([image, opaque])
    assert "width-800|format-png" in specs(image)
    assert "width-800|format-jpeg" not in specs(image)
    assert "width-800|format-jpeg" in specs(opaque)


def test_the_worker_makes_what_is_missing_and_then_nothing() -> None:
    small, large = upload((300, 200)), upload((500, 400))
    assert pictures.make_missing(limit=1) == 9
    assert pictures.make_missing() == 9
    assert pictures.make_missing() == 0
    assert len(specs(small)) == len(specs(large)) == 9
    assert pictures.make_missing(formats=("avif",)) == 0


def test_a_broken_picture_stops_nobody(django_assert_num_queries: Callable[..., Any]) -> None:
    broken, fine = upload((50, 50)), upload((60, 60))
    with broken.file.storage.open(broken.file.name, "wb") as file:
        file.write(b"no picture")
    assert pictures.make([broken, fine]) == 6
    assert pictures.make_missing(limit=1) == 3
    assert specs(broken) == set()


@pytest.mark.covers("AX6")
def test_the_tag_shows_what_exists_in_the_browser_s_order() -> None:
    image = upload()
    pictures.make([image], formats=("webp", "jpeg", "avif"))
    html = str(picture(image, alt='A "cab"', sizes="50vw", priority=True, **{"class": "wide"}))
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")
    assert 'width="1200" height="900"' in html
    assert 'fetchpriority="high"' in html
    assert 'loading="eager"' in html
    assert 'class="wide"' in html
    assert "A &quot;cab&quot;" in html
    assert "400w" in html
    assert picture_url(image, 900).endswith("width-800.jpg")
    assert picture_url(image, 10).endswith("width-400.jpg")


def test_without_sizes_the_original_is_shown() -> None:
    image = upload((300, 200))
    html = Template("{% load pictures %}{% picture image alt='x' %}{% picture_url image 800 %}").render(
        Context({"image": image})
    )
    assert "<source" not in html
    assert f'src="{image.file.url}" width="300" height="200"' in html
    assert ShopRendition.objects.count() == 0
    assert str(picture(None)) == picture_url(None) == ""


def test_a_small_picture_is_offered_once() -> None:
    image = upload((300, 200))
    pictures.make([image])
    assert len(pictures.sources(image).fallback) == 1


def test_no_visit_makes_a_size(client: Client) -> None:
    page = with_photo(upload())
    for url in ("/", "/shop/", page.get_url()):
        assert client.get(url).status_code == 200
    assert ShopRendition.objects.count() == 0
