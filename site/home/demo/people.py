"""The demo shop's staff: three roles with their groups and permissions."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

DEMO_USERS: list[tuple[str, str, str]] = [
    ("editor", "editor-demo", "content editor: pages, pictures, makers, promoted results and stock"),
    ("staff", "staff-demo", "order staff: sees orders, packs and ships them"),
    ("owner", "owner-demo", "owner: everything"),
]
"""User name, password and role of the people that the demo shop knows."""

ADMIN = ("wagtailadmin.access_admin",)
GOODS = (
    "catalog.delete_video",
    *(
        f"catalog.{verb}_{model}"
        for model in ("brand", "genre", "hsncode", "video")
        for verb in ("add", "change", "view")
    ),
)
PICKS = tuple(f"wagtailsearchpromotions.{verb}_searchpromotion" for verb in ("add", "change", "delete"))
STOCK = (
    "catalog.view_emptysearch",
    "catalog.view_stock",
    "catalog.view_stockmovement",
    "catalog.receive_stock",
    "catalog.adjust_stock",
)
ORDERS = (
    "checkout.view_order",
    "checkout.change_order",
    "checkout.ship_order",
    "checkout.view_attentioncase",
    "checkout.change_attentioncase",
    "home.view_contactmessage",
    "home.change_contactmessage",
)
PATHS = (
    "home.change_navigation",
    *(f"wagtailredirects.{verb}_redirect" for verb in ("add", "change", "delete", "view")),
)
WANTED = ("home.view_stockrequest",)
ZONES = tuple(f"checkout.{verb}_deliveryzone" for verb in ("add", "change", "delete", "view"))
ROLES: dict[str, tuple[str, ...]] = {
    "Content editors": (*ADMIN, *GOODS, *PICKS, *STOCK, *PATHS, *WANTED),
    "Order staff": (*ADMIN, *ORDERS, "checkout.view_deliveryzone", "catalog.view_stock", "catalog.view_stockmovement"),
    "Owners": (
        *ADMIN,
        *GOODS,
        *PICKS,
        *STOCK,
        *ORDERS,
        *PATHS,
        *WANTED,
        "home.delete_contactmessage",
        *ZONES,
        "checkout.refund_order",
        "checkout.view_ledgerentry",
        "checkout.add_coupon",
        "checkout.change_coupon",
        "checkout.view_coupon",
        "catalog.change_shopsettings",
        "webhooks.view_webhookevent",
        "webhooks.replay_webhookevent",
    ),
}
MEMBERS = {"editor": "Content editors", "staff": "Order staff", "owner": "Owners"}
PAGES = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page")
PICTURES = ("add_image", "change_image", "choose_image")


def load_people(home: Page) -> None:
    """Make groups and users that are missing and give the groups their permissions; passwords are set once only."""
    for role, names in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(_permissions(names))
        if role != "Order staff":
            _give_content(group, home)
    for username, password, role in DEMO_USERS:
        user, is_new = User.objects.get_or_create(username=username, defaults=_details(username, role))
        if is_new:
            user.set_password(password)
            user.save()
        user.groups.add(Group.objects.get(name=MEMBERS[username]))


def _details(username: str, role: str) -> dict[str, object]:
    return {
        "first_name": role.split(":")[0].capitalize(),
        "email": f"{username}@chhota-garage.example",
        "is_superuser": username == "owner",
    }


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    """Return the permissions by "app.codename"; those of parts that are not installed are left out."""
    wanted = Q(pk__isnull=True)
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))


def _give_content(group: Group, home: Page) -> None:
    """Let a group write, publish and order pages below `home`, and add pictures."""
    for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGES):
        GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)
    library = Collection.get_first_root_node()
    for permission in Permission.objects.filter(content_type__app_label="wagtailimages", codename__in=PICTURES):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=library, permission=permission)
