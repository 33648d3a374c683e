"""The inbox: every signed report of Razorpay, as it came."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from checkout import claims


class Outcome(models.TextChoices):
    """What became of an event."""

    WAITING = "waiting", "Waiting"
    APPLIED = "applied", "Applied"
    UNCHANGED = "unchanged", "Nothing new"
    UNMATCHED = "unmatched", "No order of ours"
    ASK_RAZORPAY = "ask_razorpay", "Left to reconciliation"
    IGNORED = "ignored", "Not needed"
    FOREIGN = "foreign", "Of another account"
    QUARANTINED = "quarantined", "Unreadable"
    FAILED = "failed", "Failed"


class WebhookEvent(models.Model):
    """One signed body, stored before it is acted on. Its hash is its identity: the event id is not signed.

    `payment_id` is the payment that it tells of. `compared_at` is when Razorpay itself said the same of that payment.
    """

    body_sha256 = models.CharField(max_length=64, unique=True)
    event_id = models.CharField(max_length=64, blank=True, db_index=True)
    event = models.CharField(max_length=64, blank=True)
    payment_id = models.CharField(max_length=40, blank=True, db_index=True)
    raw = models.BinaryField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.WAITING, db_index=True)
    error = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        permissions = [("replay_webhookevent", "Can apply webhook events again")]

    def __str__(self) -> str:
        return f"{self.event or 'event'} {self.event_id or self.body_sha256[:12]}"


class Heartbeat(models.Model):
    """When a job last ran, so that a silent worker can be seen, and who does it now, so that one at a time does."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def beat(cls, name: str, *, at: datetime | None = None) -> None:
        """Note that the job `name` has just run, or has come as far as `at`."""
        cls.objects.update_or_create(name=name, defaults={"at": at or timezone.now()})

    @classmethod
    @contextmanager
    def turn(cls, name: str, *, every: timedelta, lease: timedelta) -> Iterator[bool]:
        """Tell whether this process shall do the job `name` now: one process at a time does it, every so often.

        A process that was killed at it is waited for until the lease is over.
        """
        now = timezone.now()
        cls.objects.get_or_create(name=name, defaults={"at": now - every})
        # A time in the future was noted before the clock was set back.
        is_time = Q(at__lte=now - every) | Q(at__gt=now + every)
        row = claims.take(cls.objects.filter(is_time, name=name), lease=lease)
        try:
            yield row is not None
        finally:
            if row is not None:
                claims.done(row, at=timezone.now())

    @classmethod
    def ages(cls) -> dict[str, float]:
        """Return how many seconds ago each job last ran."""
        now = timezone.now()
        return {beat.name: (now - beat.at).total_seconds() for beat in cls.objects.all()}
