"""Addresses of cart and orders."""

app_name = "checkout"
urlpatterns: list = []
