"""Every address of the admin, what each role finds there, and the table of it in `docs/roles.md`.

The usual run asks for the addresses of orders and for a sample of the others; with PROVE_FULL=1 it asks for all, and
`WRITE_ROLES=1 .venv/bin/python -m pytest tests/test_roles.py` writes the table anew.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, get_resolver

from tests import effort

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/roles.md"
ROLES = ("anonymous", "editor", "staff", "refunder", "owner")
# Where buyers stand, and where somebody who may refund can find more than other order staff.
OF_BUYERS = ("attention", "bulk", "orders", "messages", "webhook-events", "reconcile", "replay-waiting")
OF_ORDERS = ("", "attention", "bulk", "orders", "reports", "webhook-events")
# What stands in an address where its pattern leaves a gap. Whatever has a number has the same one.
GAPS = {
    "app_label": "checkout",
    "app_name": "catalog",
    "model_name": "order",
    "content_type_app_name": "catalog",
    "content_type_model_name": "productpage",
    "action_name": "copy",
    "kind": "products",
    "key": "paid",
    "filter_spec": "original",
}
# A pattern whose gaps decide much has an address for each way to fill them.
MORE = {
    "bulk/<str:app_label>/<str:model_name>/<str:action>/": [
        *(f"bulk/checkout/order/{act}/?id=1" for act in ("mark_packed", "mark_shipped", "packing_slips", "labels")),
        "bulk/checkout/order/delete/?id=1",
        "bulk/webhooks/webhookevent/replay/?id=1",
    ],
    "settings/<slug:app_name>/<slug:model_name>/": [
        "settings/catalog/shopsettings/",
        "settings/home/navigation/",
    ],
    "^(?P<act>pack|ship|deliver)/(?P<pk>[0-9]{1,18})/$": ["pack/1/", "ship/1/", "deliver/1/"],
}
# Wagtail's page that fails on purpose, what catches the rest, and the door itself.
LEFT_OUT = ("failwhale/", "^.*/$", "admin/login/", "admin/logout/")
INTRODUCTION = """# Who gets where in the admin

Each address of the admin, asked for by everybody: somebody who is not logged in, a content editor, order staff, order
staff who may refund, and an owner, in the groups of the demo shop. **open**: there is a page, a file, or an answer to
what was asked; **no**: the way leads to the login, back to the first page, or to a refusal; **post**: only a form is
taken; **none**: there is nothing. Where the answer is **no**, a POST is refused as well, and nobody who may not see
orders reads a name, an address, a number or an email of a buyer anywhere.

`tests/test_roles.py` asks and compares: in `make test` for the addresses of orders and a tenth of the others, in
`make prove` for all. After a new address: `WRITE_ROLES=1 .venv/bin/python -m pytest tests/test_roles.py`, and look at
what has changed.
"""


@dataclass(frozen=True)
class Address:
    """A place of the admin: the beginning of its address, and the address without /admin/ that is asked for."""

    area: str
    path: str

    @property
    def name(self) -> str:
        """How the table calls it, whatever numbers its page has."""
        return re.sub(r"\b\d+\b", "1", self.path)

    @property
    def url(self) -> str:
        """What is asked for."""
        return f"/admin/{self.path}"


def addresses(page: int) -> list[Address]:
    """Return an address for each pattern of the resolver, with the number of a page where it wants one."""
    found = []
    for prefix, pattern in _walk(get_resolver().url_patterns):
        whole = prefix + pattern
        if whole.startswith("admin/") and not whole.endswith(LEFT_OUT):
            ways = MORE.get(whole.removeprefix("admin/")) or [
                prefix.removeprefix("admin/") + way for way in MORE.get(pattern, [_fill(pattern, page)])
            ]
            found += [Address(way.partition("/")[0], _fill(way, page)) for way in ways]
    return sorted(found, key=lambda address: address.path)


def sample(found: list[Address]) -> list[Address]:
    """Return those of orders and a tenth of the others; all of them in a proof."""
    if effort.IS_FULL or os.environ.get("WRITE_ROLES"):
        return found
    return [each for place, each in enumerate(found) if each.area in OF_BUYERS or place % 10 == 0]


def table() -> dict[str, dict[str, str]]:
    """Return what the document says of each address, by role."""
    rows = [line.split(" | ") for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    told = [(re.findall(r"`(.*?)`", row[0]), [word.strip(" |") for word in row[1:]]) for row in rows]
    return {name: dict(zip(ROLES, words, strict=True)) for names, words in told for name in names}


def verdict(response: Any) -> str:
    """Return in a word what an answer means."""
    target = response.headers.get("Location", "")
    if response.status_code in (401, 403) or target.startswith("/admin/login/") or target == "/admin/":
        return "no"
    return {404: "none", 405: "post"}.get(response.status_code, "open")


def text(found: dict[str, dict[Address, str]]) -> str:
    """Return the document for what each role found."""
    rows: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for address in found[ROLES[0]]:
        rows[(address.area, *(found[role][address] for role in ROLES))].append(address.name)
    head = [f"| address | {' | '.join(ROLES)} |", f"|---|{'---|' * len(ROLES)}"]
    lines = [f"| {_named(paths)} | {' | '.join(words)} |" for (_area, *words), paths in sorted(rows.items())]
    return "\n".join([INTRODUCTION, *head, *lines, ""])


def _named(paths: Iterable[str]) -> str:
    return "<br>".join(f"`{path}`" for path in sorted(set(paths)))


def _walk(patterns: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for each in patterns:
        if isinstance(each, URLPattern):
            yield prefix, str(each.pattern)
        else:
            yield from _walk(each.url_patterns, prefix + str(each.pattern))


def _fill(pattern: str, page: int) -> str:
    """Return a pattern with its gaps filled."""

    def value(name: str) -> str:
        return str(page) if "page" in name or name == "destination_id" else GAPS.get(name, "1")

    filled = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda gap: value(gap[1]), pattern)
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda gap: value(gap[1]), filled)
    filled = re.sub(r"\([^)]*\)", "1", filled)
    return filled.replace("\\.", ".").replace("^", "").replace("$", "")
