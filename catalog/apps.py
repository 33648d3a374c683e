from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What the shop sells: goods, stock and money."""

    name = "catalog"

    def ready(self) -> None:
        """Make the sizes of a page's pictures whenever it is published."""
        from wagtail.signals import page_published

        from catalog.pictures import make_after_commit

        page_published.connect(make_after_commit, dispatch_uid="catalog.pictures")
