"""Who may do what with records that nobody deletes."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Model, QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from checkout.models import AttentionCase, Coupon, LedgerEntry, Order


class NamedActsPolicy(ModelPermissionPolicy):
    """Allow nothing but the named acts, and those to people with their permission. Superusers are no exception."""

    def __init__(self, model: type[Model], acts: Collection[str]) -> None:
        super().__init__(model)
        self.acts = frozenset(acts)

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Return whether the act exists for these records and this person may do it."""
        return action in self.acts and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Return whether this person may do one of the acts."""
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        """Return the people who may do one of the acts."""
        known = self.acts.intersection(actions)
        people: QuerySet[Any] = super().users_with_any_permission(known) if known else get_user_model().objects.none()
        return people

    def permissions(self) -> QuerySet[Permission]:
        """Return the permissions that a group can be given for these records."""
        codenames = [get_permission_codename(act, self.model._meta) for act in self.acts]
        return Permission.objects.filter(content_type__app_label=self.app_label, codename__in=codenames)


ORDERS = NamedActsPolicy(Order, {"view", "change", "ship", "refund"})
COUPONS = NamedActsPolicy(Coupon, {"view", "add", "change"})
CASES = NamedActsPolicy(AttentionCase, {"view", "change"})
BOOKS = NamedActsPolicy(LedgerEntry, {"view"})
LOOK = ("view", "change")
