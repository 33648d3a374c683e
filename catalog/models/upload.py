"""A table that somebody uploaded: checked first, carried out once confirmed, row by row. `catalog/uploads/` does it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """An uploaded table and how far it has come. Each row is carried out in one transaction with its line."""

    class Kind(models.TextChoices):
        PRODUCTS = "products", _("Products")
        STOCKTAKE = "stocktake", _("Stocktake")

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("To be confirmed")
        WORKING = "working", _("Being imported")
        DONE = "done", _("Done")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    remarks = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CHECKING, db_index=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def is_moving(self) -> bool:
        """Whether there is work to do on it."""
        return self.state in (self.State.CHECKING, self.State.WORKING)


class UploadLine(models.Model):
    """What was said of one row: when it was checked, and when it was carried out."""

    class Stage(models.TextChoices):
        CHECK = "check", _("Checked")
        IMPORT = "import", _("Imported")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="lines")
    stage = models.CharField(max_length=8, choices=Stage.choices)
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    sku = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=12)
    notes = models.JSONField(default=list)
    difference = models.IntegerField(default=0)

    class Meta:
        ordering = ["position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["upload", "stage", "position"], name="one_line_for_each_row_and_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"
