from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What the shop sells: goods, stock and money."""

    name = "catalog"
