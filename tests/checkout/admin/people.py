"""The people who try the admin, in the groups that the demo shop makes."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q
from django.test import Client

from home.demo.people import ROLES

VIEWER = ("wagtailadmin.access_admin", "checkout.view_order")


def person(name: str, permissions: tuple[str, ...] = (), **fields: bool) -> User:
    """Return a user in a group with these permissions ("app.codename")."""
    wanted = Q(pk=None)
    for permission in permissions:
        app, codename = permission.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    group, _new = Group.objects.get_or_create(name=f"People like {name}")
    group.permissions.set(Permission.objects.filter(wanted))
    user = User.objects.create_user(name, f"{name}@shop.example", "a-long-password", first_name=name.title(), **fields)
    user.groups.add(group)
    return user


def in_role(name: str) -> User:
    """Return the owner, a member of staff, an editor, or somebody who may only look at orders."""
    if name == "owner":
        return person(name, ROLES["Owners"], is_superuser=True)
    return person(name, {"staff": ROLES["Order staff"], "editor": ROLES["Content editors"], "viewer": VIEWER}[name])


def browser_of(user: User) -> Client:
    """Return a browser in which this person is logged in."""
    client = Client()
    client.force_login(user)
    return client
