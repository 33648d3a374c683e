"""Addresses of the shop. Plain views stand before Wagtail's catch-all."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("checkout.urls")),
    path("", include("webhooks.urls")),
    path("", include(wagtail_urls)),
]
