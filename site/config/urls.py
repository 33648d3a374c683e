"""Addresses of the shop. Plain views stand before Wagtail's catch-all."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config import health, media

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live/", health.live, name="health_live"),
    path("health/ready/", health.ready, name="health_ready"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]

# An address with a host is another machine's.
if settings.MEDIA_URL.startswith("/"):
    urlpatterns.append(path(f"{settings.MEDIA_URL.strip('/')}/<path:path>", media.public_file, name="media"))

urlpatterns += [
    path("", include("catalog.urls")),
    path("", include("home.urls")),
    path("", include("checkout.urls")),
    path("", include("accounts.urls")),
    path("", include("webhooks.urls")),
    path("", include("home.machines")),
    path("", include(wagtail_urls)),
]

handler404 = "config.errors.not_found"
