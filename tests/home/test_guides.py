"""The guides: each role reads each of them in the admin; each picture is there, and can be made again."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from home import guides
from tests.checkout.admin.people import browser_of, in_role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.covers("ED11")]
TASKS = {
    "editors": ["Put a new model into the shop", "Bring in many models at once", "Change many prices"],
    "orders": ["Ship an order", "Refund a part", "Decide what needs attention"],
    "owner": ["Open the shop", "Approve new prices", "See who changed a setting"],
}


@pytest.mark.parametrize("role", ["editor", "staff", "owner"])
def test_every_role_reads_them_and_finds_them_under_help(role: str) -> None:
    browser = browser_of(in_role(role))
    menu = browser.get(reverse("guide", args=["owner"])).content.decode()
    for name, tasks in TASKS.items():
        url = reverse("guide", args=[name])
        assert url in menu
        html = browser.get(url).content.decode()
        for task in tasks:
            assert f">{task}</h2>" in html
            assert f'">{task}</a>' in html
    # Wagtail's own guide is about another program, and on the Internet.
    first_page = browser.get("/admin/").content.decode()
    assert "guide.wagtail.org" not in menu + first_page
    assert f'href="{reverse("guide", args=["editors"])}"' in first_page


@pytest.mark.parametrize("name", sorted(guides.GUIDES))
def test_every_picture_is_there(name: str) -> None:
    browser = browser_of(in_role("editor"))
    html = guides.guide(name).html
    urls = [part.split('"')[0] for part in html.split('src="')[1:]]
    assert urls
    for url in urls:
        answer: Any = browser.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert len(b"".join(answer.streaming_content)) < 100_000
    assert html.count('alt=""') == 0


def test_what_is_no_guide_is_not_found() -> None:
    browser = browser_of(in_role("editor"))
    for url in (
        "/admin/guides/nothing/",
        "/admin/guides/pictures/nothing.webp",
        "/admin/guides/pictures/../editors.md/",
    ):
        assert browser.get(url).status_code == 404


def test_they_are_for_those_who_work_here(client: Client) -> None:
    for url in (reverse("guide", args=["owner"]), reverse("guide_picture", args=["orders"])):
        assert "/admin/login" in client.get(url)["Location"]


def test_each_picture_shows_a_page_that_can_be_photographed_again() -> None:
    from tests.journeys.states import ADMIN_STATES
    from tests.shots import pictured

    assert {f"admin-{name}" for name in pictured()} <= set(ADMIN_STATES)
