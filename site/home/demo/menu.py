"""The demo shop's links."""

from wagtail.models import Page, Site

from home.demo.data import read
from home.models import MenuLink, Navigation


def load_links(home: Page) -> None:
    """Set the links of header, footer and announcement, unless the site has some."""
    navigation, is_new = Navigation.objects.get_or_create(site=Site.objects.get(root_page=home))
    if not is_new:
        return
    rows = read("links.toml")["links"]
    pages = {
        page.slug: page for page in Page.objects.descendant_of(home).filter(slug__in={row["page"] for row in rows})
    }
    navigation.links = [
        MenuLink(**{**row, "page": pages[row["page"]]}, sort_order=position) for position, row in enumerate(rows)
    ]
    navigation.save()
