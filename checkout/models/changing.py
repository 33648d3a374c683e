"""Writing what differs, and only then."""

from typing import Any

from django.db.models import Model


def take_over(row: Model, **values: Any) -> bool:
    """Set the values and save the row when it is new or one of them differs; tell whether it was saved.

    So a report that comes again does not even touch the time of the last change.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed or row._state.adding:
        row.save()
        return True
    return False
