"""The labels that products carry: who made the model, and which shelf it stands on."""

from typing import Any

from django.db import models, transaction
from wagtail.admin.panels import FieldPanel
from wagtail.search import index


class Label(models.Model):
    """What a label does when it is renamed: the search learns it for every product that carries it."""

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the label, and what the search knows of its products."""
        # The index reads products, which are made of these labels: it can only be imported once they are loaded.
        from catalog.search.index import label_changed

        is_new = self._state.adding
        super().save(*args, **kwargs)
        if not is_new:
            label_changed(**{str(self._meta.model_name): self})


class Brand(index.Indexed, Label):
    """Who made the model car."""

    name = models.CharField(max_length=80, unique=True, help_text="As on the box, such as Chhota Works.")
    slug = models.SlugField(max_length=80, unique=True, help_text="Used in addresses, such as chhota-works.")
    country = models.CharField(max_length=60, blank=True, default="India")
    description = models.TextField(blank=True, help_text="Two or three sentences about the maker.")

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("country"), FieldPanel("description")]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Genre(index.Indexed, Label):
    """A shelf of the shop, such as Classic & Vintage."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True, help_text="Used in addresses, such as city-life.")
    description = models.TextField(blank=True)
    sort_order = models.PositiveSmallIntegerField(default=0, help_text="Smaller numbers come first.")

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("description"), FieldPanel("sort_order")]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name
