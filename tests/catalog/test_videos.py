"""Films beside the photos of a product: what an editor may upload, what shoppers get, and what outlives it."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import films
from catalog.models import ProductPage, ShopImage, Video
from home.demo.data import VIDEOS
from tests.catalog.test_pictures import upload
from tests.catalog.test_structured_data import data, pictured
from tests.catalog.whole import make_whole, picked
from tests.test_markup import complaints

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FILM = (VIDEOS / "nilgiri-gt.mp4").read_bytes()
WEBM = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm" + b"\x00" * 60
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHere it comes.\n"
CHOOSE = "wagtailsnippetchoosers_catalog_video:create"


def make_film(poster: ShopImage | None = None, captions: bytes = b"") -> Video:
    video: Video = Video.objects.create(
        title="Past the cab",
        file=ContentFile(FILM, name="cab.mp4"),
        poster=poster,
        description="It stands there.",
        captions=ContentFile(captions, name="cab.vtt") if captions else "",
    )
    return video


def filmed(poster: ShopImage | None = None, captions: bytes = b"") -> ProductPage:
    """A published product with two photos and a film."""
    draft = pictured().get_latest_revision_as_object()
    draft.video = make_film(poster, captions)
    draft.save_revision().publish()
    page: ProductPage = ProductPage.objects.get(pk=draft.pk)
    return page


def send(client: Client, url: str, poster: ShopImage | None, **changes: Any) -> Any:
    film = SimpleUploadedFile("Past the cab.mp4", FILM, "video/mp4")
    fields = {
        "title": "Past the cab",
        "file": film,
        "poster": poster and poster.pk,
        "description": "It stands there.",
        **changes,
    }
    return client.post(url, fields)


def shown(client: Client) -> str:
    return str(client.get("/shop/cg43-tx-0007/").content.decode())


@pytest.mark.covers("PP15")
def test_an_editor_uploads_a_film_right_in_the_chooser(admin_client: Client) -> None:
    answer = send(admin_client, reverse(CHOOSE), picked())
    assert answer.json()["step"] == "chosen", answer.json()
    video = Video.objects.get()
    assert str(video.file).startswith("videos/")
    assert str(video.file).endswith(".mp4")
    assert default_storage.size(str(video.file)) == len(FILM)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("cab.mp4", b"<html><script>alert(1)</script>", "This is no film. Export it as MP4"),
        ("cab.mp4", b"", "The submitted file is empty"),
        ("cab.mov", FILM, "By its content this file is a .mp4 file"),
        ("cab.html", WEBM, "By its content this file is a .webm file"),
        ("cab.mp4", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "This is image/png"),
    ],
)
@pytest.mark.covers("PP15")
def test_what_is_no_film_is_refused_at_the_field(admin_client: Client, name: str, content: bytes, text: str) -> None:
    answer = send(admin_client, reverse(CHOOSE), picked(), file=SimpleUploadedFile(name, content))
    assert text in unescape(answer.json()["htmlFragment"])
    assert not Video.objects.exists()


def test_a_webm_film_is_taken_and_a_large_one_is_not(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    poster = picked()
    answer = send(admin_client, reverse(CHOOSE), poster, file=SimpleUploadedFile("cab.WEBM", WEBM))
    assert answer.json()["step"] == "chosen"
    monkeypatch.setattr(films, "LARGEST", 1024)
    assert "Make it shorter" in send(admin_client, reverse(CHOOSE), poster).json()["htmlFragment"]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("cab.vtt", b"1\n00:00:00,000 --> 00:00:02,000\nHere", "begins with the word WEBVTT"),
        ("cab.txt", CAPTIONS, "Captions are a .vtt file"),
        ("cab.vtt", b"WEBVTT \xff\xfe", "no UTF-8 text"),
        ("cab.vtt", CAPTIONS + b"x" * films.LARGEST_CAPTIONS, "Captions are text"),
    ],
)
def test_what_are_no_captions_is_refused(admin_client: Client, name: str, content: bytes, text: str) -> None:
    answer = send(admin_client, reverse(CHOOSE), picked(), captions=SimpleUploadedFile(name, content))
    assert text in unescape(answer.json()["htmlFragment"])


def test_words_can_be_changed_and_the_film_cannot(admin_client: Client) -> None:
    video = make_film(picked())
    before = video.file.name
    url = reverse("wagtailsnippets_catalog_video:edit", args=[video.pk])
    assert "Add another video" in admin_client.get(url).content.decode()
    answer = send(admin_client, url, video.poster, title="Slowly", file=SimpleUploadedFile("b.webm", WEBM))
    assert answer.status_code == 302, answer.context["form"].errors
    video.refresh_from_db()
    assert (video.title, video.file.name) == ("Slowly", before)


@pytest.mark.covers("PP15")
def test_the_page_plays_it_by_the_browsers_own_means(client: Client) -> None:
    filmed(poster := upload((80, 60)), CAPTIONS)
    answer = client.get("/shop/cg43-tx-0007/")
    assert complaints(answer) == []
    html = answer.content.decode()
    player = re.search(r"<video.*?</video>", html, re.DOTALL)
    assert player is not None
    tag = player[0].partition(">")[0]
    for wanted in ("controls", "playsinline", 'preload="none"', 'width="80"', 'height="60"', 'poster="/media/'):
        assert wanted in tag, wanted
    assert "autoplay" not in tag
    assert 'kind="captions"' in player[0]
    assert html.count("gallery__play") == 1
    assert 'href="#film"' in html
    assert "It stands there." in html
    product = data(client, "/shop/cg43-tx-0007/")["Product"]["subjectOf"]
    assert product["@type"] == "VideoObject"
    assert product["contentUrl"].startswith("http")
    assert {"name", "description", "thumbnailUrl", "uploadDate"} <= set(product)
    poster.delete()
    html, video = shown(client), data(client, "/shop/cg43-tx-0007/")["Product"]["subjectOf"]
    assert (" poster=" in html, video["thumbnailUrl"].startswith("http")) == (False, True)


def test_a_film_costs_no_query(client: Client) -> None:
    page = filmed(upload((80, 60)))
    shown(client)
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            shown(client)
        counts.append(len(queries))
        ProductPage.objects.filter(pk=page.pk).update(video=None)
    assert counts[0] == counts[1]


def test_publishing_makes_the_sizes_of_the_poster() -> None:
    poster = upload((80, 60))
    with TestCase.captureOnCommitCallbacks(execute=True):
        filmed(poster)
    assert poster.renditions.filter(filter_spec="width-400|format-webp").exists()


def test_a_copy_shows_the_same_film_and_outlives_its_source(admin_client: Client) -> None:
    page = make_whole("AAA-1", on_hand=0)
    page.video = make_film()
    page.save_revision().publish()
    fields = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": page.get_parent().pk, "copy_subpages": ""}
    answer = admin_client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), fields)
    assert answer.status_code == 302, answer.context["form"].errors
    copy = ProductPage.objects.get(slug="copy").get_latest_revision_as_object()
    assert copy.video == page.video
    ProductPage.objects.get(pk=page.pk).delete()
    assert default_storage.exists(str(Video.objects.get().file))


def test_a_film_that_goes_takes_its_files_along_and_leaves_pages_and_drafts_whole(client: Client) -> None:
    page = filmed(captions=CAPTIONS)
    assert page.video is not None
    files = [Path(page.video.file.path), Path(page.video.captions.path)]
    assert all(file.exists() for file in files)
    with TestCase.captureOnCommitCallbacks(execute=True):
        page.video.delete()
    assert not any(file.exists() for file in files)
    assert "<video" not in shown(client)
    # The revision still names it.
    ProductPage.objects.get(pk=page.pk).get_latest_revision().publish()
    assert "<video" not in shown(client)
    other = make_film()
    with TestCase.captureOnCommitCallbacks(execute=True):
        Video.objects.all().delete()
    assert not default_storage.exists(str(other.file))
