"""Pictures are public, and nothing else below MEDIA_ROOT."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def media_root(settings: Settings, tmp_path: Path) -> Path:
    """A MEDIA_ROOT with a picture and a document."""
    root = tmp_path / "media"
    for name in ("images/car.png", "original_images/car.png", "documents/secret.pdf", "private.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"content")
    (tmp_path / "db.sqlite3").write_bytes(b"content")
    settings.MEDIA_ROOT = str(root)
    return root


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["images/car.png", "original_images/car.png"])
def test_pictures_are_public_and_cacheable(client: Client, media_root: Path, path: str) -> None:
    response = client.get(f"/media/{path}")
    assert response.status_code == 200
    assert response.getvalue() == b"content"
    assert response.headers["Cache-Control"] == "public, max-age=2592000"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


PRIVATE = [
    "documents/secret.pdf",
    "private.txt",
    "images/",
    "images/../documents/secret.pdf",
    "images/%2e%2e/documents/secret.pdf",
    "images//../documents/secret.pdf",
    "images/./../documents/secret.pdf",
    "../db.sqlite3",
    "images/../../db.sqlite3",
    "images/..%2f..%2fdb.sqlite3",
    "images/missing.png",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_else_is_public(client: Client, media_root: Path, path: str) -> None:
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.django_db
def test_only_reading_is_allowed(client: Client, media_root: Path) -> None:
    assert client.post("/media/images/car.png").status_code == 405


@pytest.mark.django_db
def test_a_browser_that_has_it_gets_nothing_twice(client: Client, media_root: Path) -> None:
    first = client.get("/media/images/car.png")
    first.close()
    again = client.get("/media/images/car.png", headers={"if-modified-since": first.headers["Last-Modified"]})
    assert again.status_code == 304


FILM = bytes(range(200))


@pytest.fixture
def film(media_root: Path) -> str:
    """The address of a film of 200 bytes."""
    (media_root / "videos").mkdir()
    (media_root / "videos/cab.mp4").write_bytes(FILM)
    return "/media/videos/cab.mp4"


@pytest.mark.django_db
@pytest.mark.covers("PP15")
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, 199),
        ("bytes=150-", 150, 199),
        ("bytes=199-", 199, 199),
        ("bytes=20-9999999", 20, 199),
        ("bytes=-50", 150, 199),
        ("bytes=-5000", 0, 199),
    ],
)
def test_a_film_is_served_in_the_range_that_is_asked_for(
    client: Client, film: str, asked: str, first: int, last: int
) -> None:
    answer = client.get(film, headers={"range": asked})
    assert (answer.status_code, answer["Content-Type"]) == (206, "video/mp4")
    assert answer["Content-Range"] == f"bytes {first}-{last}/200"
    assert answer["Content-Length"] == str(last - first + 1)
    assert answer.getvalue() == FILM[first : last + 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=x-1", "bytes=0-1,5-6", "items=0-1", "bytes=²-3", "bytes=" + "9" * 99],
)
def test_what_is_no_single_range_gets_the_whole_film(client: Client, film: str, asked: str) -> None:
    answer = client.get(film, headers={"range": asked})
    assert (answer.status_code, answer.getvalue(), answer["Accept-Ranges"]) == (200, FILM, "bytes")


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["bytes=200-", "bytes=900-901", "bytes=9-3", "bytes=-0"])
def test_a_range_that_is_not_there_is_refused(client: Client, film: str, asked: str) -> None:
    answer = client.get(film, headers={"range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */200")


@pytest.mark.django_db
def test_a_range_of_another_version_gets_the_whole_film(client: Client, film: str) -> None:
    whole = client.get(film)
    assert "media-src 'self'" in whole["Content-Security-Policy"]
    whole.close()
    for version, status in ((whole["Last-Modified"], 206), ("Wed, 21 Oct 2015 07:28:00 GMT", 200), ('"x"', 200)):
        answer = client.get(film, headers={"range": "bytes=0-1", "if-range": version})
        assert (answer.status_code, len(answer.getvalue())) == (status, 2 if status == 206 else 200)
