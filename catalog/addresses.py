"""Addresses for those who read a page somewhere else: feeds, search engines, link previews."""

from django.conf import settings


def absolute(url: str) -> str:
    """Return `url` with scheme and host; one that has them, of a picture on another machine say, stays as it is."""
    return settings.SITE_URL + url if url.startswith("/") else url
