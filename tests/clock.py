"""A clock that tests move: `timezone.now()`, which is the only clock that the shop reads for what it keeps."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone

true_now = timezone.now


class Clock:
    """Stands still at a time until it is moved; without a time it runs from the true one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: dt.datetime | None = None) -> None:
        self._still, self._ahead = at, dt.timedelta(0)
        monkeypatch.setattr(timezone, "now", lambda: self.at)
        for model in apps.get_models():
            for field in model._meta.fields:
                # Such a field holds the function that the module had when the model was made.
                if field.default is true_now:
                    monkeypatch.setattr(field, "default", timezone.now)
                    monkeypatch.setitem(vars(field), "_get_default", timezone.now)

    @property
    def at(self) -> dt.datetime:
        """The time that it shows."""
        return (self._still or true_now()) + self._ahead

    def move(self, **by: float) -> dt.datetime:
        """Move by days, hours, minutes or seconds, also backwards, and return the new time."""
        self._ahead += dt.timedelta(**by)
        return self.at
