"""The guides in docs/guides/ as help in the admin: one text, read in the repository and here."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from markdown_it import MarkdownIt
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

FOLDER = Path(settings.ROOT) / "docs" / "guides"
GUIDES = {"editors": _("For editors"), "orders": _("For order staff"), "owner": _("For the owner")}


@dataclass(frozen=True)
class Guide:
    """A guide as HTML, with the tasks that it explains: their anchors and names."""

    html: SafeString
    tasks: tuple[tuple[str, str], ...]


@cache
def guide(name: str) -> Guide:
    """Return a guide. Its own title is left out: the admin's page has one."""
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text())[3:]
    tasks = []
    for token, words in pairwise(tokens):
        if token.type == "heading_open":
            tasks.append((slugify(words.content), words.content))
            token.attrSet("id", slugify(words.content))
        for image in token.children or []:
            if image.type == "image":
                image.attrSet("src", reverse("guide_picture", args=[Path(str(image.attrGet("src"))).stem]))
                image.attrSet("loading", "lazy")
    html = markdown.renderer.render(tokens, markdown.options, {})
    # The text is the project's own, and the renderer lets no HTML through.
    return Guide(mark_safe(html), tuple(tasks))  # noqa: S308


class GuideView(WagtailAdminTemplateMixin, TemplateView):
    """One guide; everybody who works here may read all of them."""

    template_name = "home/admin/guide.html"
    header_icon = "help"

    def get_page_title(self) -> str:
        """Name the guide."""
        return str(GUIDES[self._name()])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Name the page in its header."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the text, and the ways to the others."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        name = self._name()
        others = [(reverse("guide", args=[each]), title, each == name) for each, title in GUIDES.items()]
        return {**context, "guide": guide(name), "guides": others}

    def _name(self) -> str:
        name = str(self.kwargs["name"])
        if name not in GUIDES:
            raise Http404
        return name


def picture(request: HttpRequest, name: str) -> FileResponse:
    """Send a picture of a guide."""
    file = FOLDER / "pictures" / f"{name}.webp"
    if not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


def urls() -> list[URLPattern]:
    """Return the guides' addresses."""
    return [
        path("guides/<slug:name>/", GuideView.as_view(), name="guide"),
        path("guides/pictures/<slug:name>.webp", picture, name="guide_picture"),
    ]


def menu_item(name: str, place: int) -> MenuItem:
    """Return a guide's entry in the menu Help."""
    return MenuItem(GUIDES[name], reverse("guide", args=[name]), name=f"guide-{name}", icon_name="help", order=place)
