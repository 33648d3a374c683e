"""What an edit changed, from what to what, in Wagtail's log: settings, and snippets whose model says `logs_changes`.

Wagtail notes by itself who saved what and when. Orders are left out on purpose: a log that nobody can redact must not
hold addresses of buyers.
"""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from wagtail.admin.panels import Panel
from wagtail.log_actions import LogFormatter, log
from wagtail.log_actions import registry as logs

from catalog.fields import PaiseField
from catalog.money import rupees

CHANGED = "catalog.changed"
NEWEST = 10
LONGEST = 200


def remember(request: HttpRequest, instance: models.Model) -> None:
    """Keep what an edit is about to change."""
    request.before_the_edit = values(instance)  # type: ignore[attr-defined]


def tell(request: HttpRequest, instance: models.Model) -> None:
    """Log what the edit changed, if anything."""
    before, after = getattr(request, "before_the_edit", {}), values(instance)
    changed = [[name, before.get(name, ""), after[name]] for name in after if before.get(name, "") != after[name]]
    if changed:
        log(instance=instance, action=CHANGED, user=request.user, data={"changes": changed})


def remember_snippet(request: HttpRequest, instance: models.Model) -> None:
    """The same for snippets that ask for it."""
    if getattr(instance, "logs_changes", False):
        remember(request, instance)


def tell_snippet(request: HttpRequest, instance: models.Model) -> None:
    """The same for snippets that ask for it."""
    if getattr(instance, "logs_changes", False):
        tell(request, instance)


def values(instance: Any) -> dict[str, str]:
    """Return what a row and its children hold, in words, by the names of the fields."""
    fields = [field for field in instance._meta.concrete_fields if field.editable and not field.primary_key]
    found = {_name(field.name): _words(instance, field) for field in fields}
    for relation in get_all_child_relations(type(instance)):
        name = relation.get_accessor_name()
        found[_name(name)] = "; ".join(str(child) for child in getattr(instance, name).all())
    return {name: Truncator(text).chars(LONGEST) for name, text in found.items()}


def register_action(actions: Any) -> None:
    """Name the entry, and tell in it what changed."""

    @actions.register_action(CHANGED)
    class ChangeFormatter(LogFormatter):
        label = _("Change values")

        def format_message(self, log_entry: Any) -> str:
            nothing = _("nothing")
            parts = [f"{name}: {old or nothing} → {new or nothing}" for name, old, new in log_entry.data["changes"]]
            return ". ".join(parts)


class NewestChanges(Panel):
    """The newest changes of what is edited, below its form."""

    class BoundPanel(Panel.BoundPanel):
        """The panel with a row."""

        template_name = "catalog/admin/parts/changes.html"

        def is_shown(self) -> bool:
            """Show it once there is a row."""
            return bool(super().is_shown() and self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> Any:
            """Add the entries of the log."""
            context = super().get_context_data(parent_context)
            entries = logs.get_logs_for_instance(self.instance).filter(action=CHANGED).select_related("user")
            context["changes"] = entries.order_by("-timestamp", "-pk")[:NEWEST]
            return context


def _name(name: str) -> str:
    return capfirst(name.replace("_", " "))


def _words(instance: Any, field: Any) -> str:
    value = field.value_from_object(instance)
    if value is None or value == "":
        return ""
    if isinstance(field, PaiseField):
        return rupees(value, always_paise=True)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if field.is_relation:
        return str(getattr(instance, field.name))
    return str(getattr(instance, f"get_{field.name}_display")()) if field.choices else str(value)
