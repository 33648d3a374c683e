"""Messages in the admin: who sees them, who marks them, and that nobody writes one there."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from home.models import ContactMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def message() -> ContactMessage:
    """What somebody wrote."""
    return ContactMessage.objects.create(
        subject="grievance", name="Asha <b>", email="asha@example.in", text="=1+1\nThe mirror is missing."
    )


def person(name: str, *codenames: str) -> Client:
    """Return the browser of somebody with these permissions."""
    user = User.objects.create_user(name)
    names = ("access_admin", *codenames)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_staff_read_and_mark_a_message(message: ContactMessage) -> None:
    staff = person("staff", "view_contactmessage", "change_contactmessage")
    listed = staff.get(reverse("messages:index")).content.decode()
    assert message.ticket in listed
    assert "Asha &lt;b&gt;" in listed
    url = reverse("messages:inspect", args=[message.pk])
    assert "The mirror is missing." in staff.get(url).content.decode()
    assert staff.post(url, {"answered": ""}).status_code == 302
    message.refresh_from_db()
    assert message.answered_at is not None
    assert message.answered_by is not None
    staff.get(reverse("messages:index"))
    assert message.ticket not in staff.get(reverse("messages:index"), {"state": "open"}).content.decode()
    staff.post(url, {"open": ""})
    message.refresh_from_db()
    assert message.answered_at is None


def test_the_first_page_tells_how_many_wait(message: ContactMessage) -> None:
    staff = person("staff", "view_contactmessage")
    assert "message to answer" in " ".join(staff.get(reverse("wagtailadmin_home")).content.decode().split())
    assert "to answer" not in person("editor").get(reverse("wagtailadmin_home")).content.decode()


def test_who_may_only_look_marks_nothing(message: ContactMessage) -> None:
    reader = person("reader", "view_contactmessage")
    url = reverse("messages:inspect", args=[message.pk])
    assert "Mark as answered" not in reader.get(url).content.decode()
    assert reader.post(url, {"answered": ""}).status_code in (302, 403)
    assert reader.post(reverse("messages:delete", args=[message.pk])).status_code in (302, 403)
    message.refresh_from_db()
    assert message.answered_at is None


def test_others_see_nothing(message: ContactMessage) -> None:
    other = person("other")
    for name, keys in (("index", []), ("inspect", [message.pk]), ("delete", [message.pk])):
        assert other.get(reverse(f"messages:{name}", args=keys)).status_code in (302, 403)


def test_a_sender_is_forgotten_on_request(message: ContactMessage) -> None:
    owner = person("owner", "view_contactmessage", "change_contactmessage", "delete_contactmessage")
    assert owner.post(reverse("messages:delete", args=[message.pk])).status_code == 302
    assert not ContactMessage.objects.exists()
