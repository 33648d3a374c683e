"""Addresses of the catalogue beside its pages."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("search/suggestions/", views.suggestions, name="suggestions"),
    path("wishlist/", views.wishlist, name="wishlist"),
    path("wishlist/cards/", views.kept_cards, name="kept_cards"),
]
