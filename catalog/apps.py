from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What the shop sells: goods, stock and money."""

    name = "catalog"

    def ready(self) -> None:
        """Make the sizes of a page's pictures whenever it is published, and let the search follow every page."""
        from wagtail.signals import page_published, page_unpublished, post_page_move

        from catalog.models import ProductPage
        from catalog.pictures import make_after_commit
        from catalog.search.index import page_changed

        page_published.connect(make_after_commit, dispatch_uid="catalog.pictures")
        for signal in (page_published, page_unpublished, post_page_move):
            signal.connect(page_changed, sender=ProductPage, dispatch_uid="catalog.search")
