"""The links of header, footer and announcement bar, read in one query once a minute."""

from dataclasses import dataclass, field

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Site

from home.models import MenuLink
from home.models.navigation import cache_key

# Another process learns of a change within it; whoever follows an outdated link meets a redirect.
SECONDS = 60


@dataclass(frozen=True)
class Link:
    """Words and an address, which an announcement may lack."""

    label: str
    url: str


@dataclass
class Menu:
    """The links by place; `current` is the address of the header's link that leads to where we are."""

    announcement: list[Link] = field(default_factory=list)
    header: list[Link] = field(default_factory=list)
    help: list[Link] = field(default_factory=list)
    shop: list[Link] = field(default_factory=list)
    legal: list[Link] = field(default_factory=list)
    current: str = ""


def read_menu(request: HttpRequest) -> Menu:
    """Return the menu of the request's site; where no link is set, header and footer lead to the shop itself."""
    menu, site = Menu(), Site.find_for_request(request)
    links = cache.get_or_set(cache_key(site), lambda: _read(site, request), SECONDS)
    for place, label, url in links or []:
        getattr(menu, place).append(Link(label, url))
    shop = reverse("wagtail_serve", args=["shop/"])
    menu.header = menu.header or [Link(_("Shop"), shop), Link(_("New arrivals"), f"{shop}?sort=newest")]
    menu.shop = menu.shop or [Link(_("All models"), shop)]
    menu.current = _current(menu.header, request)
    return menu


def _read(site: Site | None, request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return place, words and address of each link whose page can be seen."""
    rows = MenuLink.objects.filter(navigation__site=site).select_related("page").order_by("sort_order", "pk")
    return [
        (row.place, row.label, (row.page.get_url(request) or "" if row.page_id else "") + row.path)
        for row in rows
        if row.page_id is None or row.page.live
    ]


def _current(links: list[Link], request: HttpRequest) -> str:
    """Return the address that is this one, else the longest one that this page stands below."""
    here = request.get_full_path()
    if here in {link.url for link in links}:
        return here
    above = [link.url for link in links if link.url != "/" and request.path.startswith(link.url)]
    return max(above, key=len, default="")
