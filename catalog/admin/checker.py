"""What the editor's preview checks while a page is written: Wagtail's accessibility checks, and a few more."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.userbar import ContentCheckerItem


class ContentChecker(ContentCheckerItem):
    """Looks at the part of a page that its editor writes; header and footer are not theirs to mend."""

    axe_include = ["main"]
    axe_run_only = [*ContentCheckerItem.axe_run_only, "image-alt", "list", "table-duplicate-name"]


def use_our_checker(request: HttpRequest, items: list[Any], page: Any) -> None:
    """Put the checker of this shop in the place of Wagtail's."""
    items[:] = [
        ContentChecker(in_editor=item.in_editor) if isinstance(item, ContentCheckerItem) else item for item in items
    ]
