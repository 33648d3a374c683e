"""Mail of accounts that waits for the worker."""

from django.db import models
from django.utils import timezone


class Letter(models.Model):
    """One mail to somebody who comes in or changes something. It may hold a code, so it is removed once it is sent.

    After `good_until` nobody could use what it says, and it is removed unsent.
    """

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    good_until = models.DateTimeField()
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Letter {self.pk}"
