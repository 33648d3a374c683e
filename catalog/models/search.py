"""What the search knows: the words of each product in order of their weight, and what was searched for in vain."""

from django.db import models
from wagtail.contrib.search_promotions.models import Query

from catalog.models.pages import ProductPage


class SearchEntry(models.Model):
    """The words of one live product, folded and divided by `catalog/search/words.py`; derived, never edited.

    Triggers keep the database's own index of these rows: a table of FTS5 on SQLite, a column `words` on PostgreSQL.
    """

    page = models.OneToOneField(ProductPage, on_delete=models.CASCADE, primary_key=True, related_name="search_entry")
    name = models.TextField(blank=True)
    labels = models.TextField(blank=True)
    details = models.TextField(blank=True)
    story = models.TextField(blank=True)
    indexed_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class EmptySearch(models.Model):
    """On one day shoppers searched for something so many times and the shop had nothing."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="empty_searches")
    date = models.DateField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["query", "date"], name="one_count_of_empty_searches_a_day")]

    def __str__(self) -> str:
        return f"{self.query}, {self.date}: {self.times}"
