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
