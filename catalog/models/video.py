"""Films that product pages show beside their photos."""

from typing import Any

from django.db import models, transaction
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from catalog.forms import VideoForm
from catalog.models.images import ShopImage


class VideoRows(models.QuerySet["Video"]):
    """Several videos: those that go take their files along."""

    @transaction.atomic
    def delete(self) -> Any:
        """Delete the rows, and their files once that is certain."""
        for video in self:
            video.forget_files()
        return super().delete()


class Video(index.Indexed, models.Model):
    """A short film with its poster. Its file never changes, so that browsers may keep it: another film is another row.

    It is no field of the page: a draft is text, and would lose a file that was uploaded with it.
    """

    title = models.CharField(max_length=120, help_text="What it shows, such as Once around the Nilgiri GT.")
    file = models.FileField("film", upload_to="videos")
    poster = models.ForeignKey(
        ShopImage,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The picture that stands there until somebody presses play.",
    )
    description = models.TextField(
        help_text="What is seen and said, in a few sentences, for people who cannot see or hear it."
    )
    captions = models.FileField(
        upload_to="videos", blank=True, help_text="A WebVTT file (.vtt). Needed when somebody speaks in the film."
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = VideoRows.as_manager()

    base_form_class = VideoForm
    panels = [FieldPanel(name) for name in ("title", "file", "poster", "description", "captions")]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title")]

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete the row, and its files once that is certain. Pages that show it go on without."""
        self.forget_files()
        return super().delete(*args, **kwargs)

    def forget_files(self) -> None:
        """Remove the files when the transaction is through."""
        storage = self.file.storage
        for name in filter(None, (self.file.name, self.captions.name)):
            transaction.on_commit(lambda name=name: storage.delete(name), robust=True)  # type: ignore[misc]
