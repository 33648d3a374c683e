"""The shoppers' door. Staff have another one, and whoever came in here never stands in the admin."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import User
from django.http import HttpRequest


def works_here(user: User) -> bool:
    """Tell whether somebody may enter the admin, by whatever right."""
    return user.is_staff or user.is_superuser or user.has_perm("wagtailadmin.access_admin")


class ShopperBackend(AuthenticationBackend):
    """Lets shoppers in by email address, and keeps staff out: at the door, and whenever a session is looked at.

    A session remembers the backend that opened it. So one that was opened by a code, which is no more than access to a
    mailbox, ends in the moment in which its account gets rights in the admin.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the shopper with this address and password. A name, which the admin's form sends, is no address."""
        if "username" in credentials:
            return None
        user: User | None = super().authenticate(request, **credentials)
        return None if user is None or works_here(user) else user

    def get_user(self, user_id: Any) -> User | None:
        """Return the shopper of a session, or None when the account is closed or belongs to staff now."""
        user: User | None = super().get_user(user_id)
        return None if user is None or works_here(user) else user
