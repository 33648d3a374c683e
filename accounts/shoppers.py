"""Accounts of shoppers: how one begins, how it is closed, and what is forgotten of those that nobody took up."""

import secrets
from datetime import timedelta

from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.backend import works_here
from checkout import drafts

PREFIX = "shopper-"
# Whoever typed an address and never the code that went there.
NEVER_TAKEN_UP = timedelta(days=2)


def new_name() -> str:
    """Return a user name, which nobody sees or types: shoppers are known by their address."""
    return f"{PREFIX}{secrets.token_hex(10)}"


def without_rights() -> QuerySet[User]:
    """Return the accounts that began at the shoppers' door and have no right in the admin."""
    began = User.objects.filter(username__startswith=PREFIX)
    return began.filter(is_staff=False, is_superuser=False, groups=None, user_permissions=None)


def find_or_begin(email: str) -> User | None:
    """Return the account of an address, which begins now if there is none. Staff and closed accounts have none here."""
    found: list[User] = filter_users_by_email(email, prefer_verified=True, for_login=True)
    if not found:
        return _begin(email)
    user = min(found, key=lambda one: one.pk)
    if not user.is_active or works_here(user):
        return None
    sync_user_email_address(user)
    return user


def close(user: User) -> None:
    """Remove an account with its addresses, password, name and wishlist. Its orders stay in the books, as a guest's.

    Raises ProtectedError when the books name it: somebody who has worked here.
    """
    with transaction.atomic():
        drafts.forget_account(user)
        user.delete()


def tidy() -> None:
    """Remove accounts that nobody took up, and sessions that are over."""
    begun = without_rights().filter(last_login=None, date_joined__lt=timezone.now() - NEVER_TAKEN_UP)
    begun.exclude(emailaddress__verified=True).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@transaction.atomic
def _begin(email: str) -> User:
    user = User.objects.create_user(username=new_name(), email=email.lower())
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return user
