"""`manage.py rebuild_search`: write anew what the search knows."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog.models import ProductPage
from catalog.progress import Progress
from catalog.search import index


class Command(BaseCommand):
    """Write the search index anew. Safe to run at any time, to stop at any moment and to run again."""

    help = "Write the search index anew from the live products. The shop searches meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and tell how many products the search knows."""
        with Progress(self.stdout, "Search", ProductPage.objects.live().count()) as progress:
            known = index.rebuild(progress.advance)
        self.stdout.write(self.style.SUCCESS(f"The search knows {known} products."))
