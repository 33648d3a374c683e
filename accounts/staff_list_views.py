"""The list of users in the admin. Shoppers would fill it, and a wrong click would give one of them the keys."""

from django.contrib.auth.models import User
from django.db.models import QuerySet
from wagtail.users.views.users import IndexView, UserViewSet

from accounts import shoppers


class StaffIndexView(IndexView):
    """Lists everybody but shoppers."""

    def get_base_queryset(self) -> QuerySet[User]:
        """Return users who have rights in the admin, or could get some."""
        found: QuerySet[User] = super().get_base_queryset()
        return found.exclude(pk__in=shoppers.without_rights())


class StaffViewSet(UserViewSet):
    """Wagtail's own pages, with that list."""

    index_view_class = StaffIndexView
