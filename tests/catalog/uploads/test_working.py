"""An upload is a row: checked, confirmed once, and carried out once however many are at it and get killed."""

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from catalog.models import ProductPage, StockMovement, Upload, UploadLine, Variant
from catalog.uploads import working
from catalog.uploads.products import ProductRows
from catalog.uploads.report import template
from catalog.uploads.table import read_table
from tests.catalog.uploads.tables import HEADINGS, csv_of, products, row
from tests.factories import make_product


@pytest.fixture
def owner() -> User:
    make_product("AAA-1")
    return User.objects.create_superuser("owner")


def receive(content: bytes, user: User, kind: str = "products") -> Upload:
    return working.receive(kind=kind, name="models.csv", content=content, user=user)


@pytest.mark.django_db
def test_a_small_table_is_checked_at_once_and_nothing_is_written(owner: User) -> None:
    upload = receive(products(row(), row("BAD-1", "Bad", Price="x")), owner)
    assert (upload.state, upload.done) == ("checked", 2)
    assert working.counts(upload, "check") == {"new": 1, "bad": 1}
    assert ProductPage.objects.count() == 1


@pytest.mark.django_db
def test_a_confirmed_table_is_imported_by_the_worker_once(owner: User) -> None:
    upload = receive(products(row(), row("BAD-1", "Bad", Price="x"), row("NEW-2", "Two")), owner)
    assert working.confirm(upload, user=owner)
    assert not working.confirm(upload, user=owner)
    for _time in range(2):
        working.work_waiting()
    upload.refresh_from_db()
    assert (upload.state, upload.done) == ("done", 3)
    assert working.counts(upload, "import") == {"new": 2, "bad": 1}
    assert not working.confirm(upload, user=owner)
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["AAA-1", "NEW-1", "NEW-2"]
    assert ProductPage.objects.get(title="Two").owner == owner


@pytest.mark.django_db
def test_nothing_is_carried_out_before_a_word(owner: User) -> None:
    upload = receive(products(row()), owner)
    working.carry_on(upload, budget=5)
    working.work_waiting()
    assert not Variant.objects.filter(sku="NEW-1").exists()


@pytest.mark.django_db
def test_a_large_table_is_checked_by_the_worker(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "SMALL", 1)
    monkeypatch.setattr(working, "TELL_EVERY", 1)
    upload = receive(products(row(), row("NEW-2", "Two")), owner)
    assert upload.state == "checking"
    working.work_waiting()
    # Two workers may check the same table; it is written down once.
    working.check(upload)
    upload.refresh_from_db()
    assert (upload.state, upload.lines.count()) == ("checked", 2)


@pytest.mark.django_db(transaction=True)
def test_a_row_and_its_line_are_written_together_or_not_at_all(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = receive(products(row(), row("NEW-2", "Two")), owner)
    working.confirm(upload, user=owner)
    save = UploadLine.save

    def killed(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(UploadLine, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        working.carry_on(upload, budget=60)
    assert (Variant.objects.filter(sku="NEW-1").exists(), upload.lines.filter(stage="import").count()) == (False, 0)
    monkeypatch.setattr(UploadLine, "save", save)
    working.work_waiting()
    assert working.counts(upload, "import") == {"new": 2}


@pytest.mark.covers("ED1")
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_one_table(owner: User) -> None:
    content = csv_of([[*HEADINGS, "Opening stock"], *([*row(f"NEW-{n}", f"Model {n}"), "3"] for n in range(6))])
    upload = receive(content, owner)
    working.confirm(upload, user=owner)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            working.work_waiting()
        except BaseException as error:  # noqa: BLE001 - told below.
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    upload.refresh_from_db()
    assert (failures, upload.state) == ([], "done")
    assert working.counts(upload, "import") == {"new": 6}
    assert StockMovement.objects.filter(kind="receive", on_hand_delta=3).count() == 6


@pytest.mark.django_db
def test_what_somebody_confirmed_who_is_gone_writes_no_pages(owner: User) -> None:
    upload = receive(products(row()), owner)
    working.confirm(upload, user=owner)
    owner.delete()
    working.work_waiting()
    assert working.counts(upload, "import") == {"bad": 1}
    assert not Variant.objects.filter(sku="NEW-1").exists()


@pytest.mark.django_db
def test_the_template_can_be_imported_as_it_is(owner: User) -> None:
    content = template("products")
    rows = ProductRows(read_table(content, "template.xlsx"), name="t")
    assert rows.remarks() == []
    [line] = rows.check()
    # The example's genre is unknown to this shop; everything else fits.
    assert [note.column for note in line.notes] == ["Genre"]
