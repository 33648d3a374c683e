"""What becomes of an uploaded table: it is checked, waits for a word, and is carried out row by row, exactly once.

Whoever carries a row out locks the upload first and looks how far it is. Any number of workers and people may be at
one upload, and each may be killed: a row and its line are written together or not at all.
"""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Upload, UploadLine
from catalog.uploads.lines import Line
from catalog.uploads.products import ProductRows
from catalog.uploads.stocktake import CountedRows
from catalog.uploads.table import UnreadableTable, read_table

Rows = ProductRows | CountedRows
KINDS: dict[str, type[ProductRows] | type[CountedRows]] = {
    Upload.Kind.PRODUCTS: ProductRows,
    Upload.Kind.STOCKTAKE: CountedRows,
}
SMALL = 100
"""Rows that a person may wait for in the browser."""
BUDGET = 20.0
KEPT = timedelta(days=90)
TELL_EVERY = 50


def receive(*, kind: str, name: str, content: bytes, user: Any) -> Upload:
    """Take in a table; a small one is checked at once. Raises UnreadableTable. Forgets what is older than 90 days."""
    table = read_table(content, name)
    rows = KINDS[kind](table, name=name, user=user)
    if not table.rows:
        raise UnreadableTable(_("Below the headings stands no row: fill in one for each SKU."))
    Upload.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    upload = Upload.objects.create(
        kind=kind, name=name[-120:], content=content, user=user, total=len(table.rows), remarks=rows.remarks()
    )
    # A count is compared with the stock book of this moment, however long it is.
    if len(table.rows) <= SMALL or kind == Upload.Kind.STOCKTAKE:
        check(upload)
    return upload


def check(upload: Upload) -> None:
    """Say of each row what would become of it. Whoever is first writes it down."""
    rows, lines = rows_of(upload), []
    for done, line in enumerate(rows.check(), start=1):
        lines.append(_stored(upload, UploadLine.Stage.CHECK, done - 1, line))
        if done % TELL_EVERY == 0:
            Upload.objects.filter(pk=upload.pk, state=Upload.State.CHECKING).update(done=done, moved_at=timezone.now())
    with transaction.atomic():
        is_first = Upload.objects.filter(pk=upload.pk, state=Upload.State.CHECKING).update(
            state=Upload.State.CHECKED, done=len(lines), moved_at=timezone.now()
        )
        if is_first:
            UploadLine.objects.bulk_create(lines, batch_size=500)
    upload.refresh_from_db()


def confirm(upload: Upload, *, user: Any) -> bool:
    """Let it be carried out; return False when that was said before, or nothing was checked yet."""
    waiting = Upload.objects.filter(pk=upload.pk, state=Upload.State.CHECKED)
    return bool(waiting.update(state=Upload.State.WORKING, done=0, moved_at=timezone.now(), user=user))


def carry_on(upload: Upload, *, budget: float) -> None:
    """Carry out rows for about `budget` seconds."""
    rows, until = rows_of(upload), time.monotonic() + budget
    while _step(upload.pk, rows) and time.monotonic() < until:
        pass
    upload.refresh_from_db()


def work_waiting() -> None:
    """Do a share of everything that waits. For the worker."""
    waiting = Upload.objects.filter(state__in=[Upload.State.CHECKING, Upload.State.WORKING]).defer("content")
    # In any order: one that fails whenever it is touched must not keep the others from their turn.
    for upload in waiting.order_by("?")[:10]:
        if upload.state == Upload.State.CHECKING:
            check(upload)
        else:
            carry_on(upload, budget=BUDGET)


def rows_of(upload: Upload) -> Rows:
    """Return the rows of an upload. An upload of somebody who is gone may write no pages."""
    nobody = AnonymousUser() if upload.kind == Upload.Kind.PRODUCTS else None
    table = read_table(bytes(upload.content), upload.name)
    return KINDS[upload.kind](table, name=upload.name, user=upload.user or nobody)


def counts(upload: Upload, stage: str) -> Counter[str]:
    """Return how many rows came to which end."""
    found = upload.lines.filter(stage=stage).order_by().values_list("outcome").annotate(number=Count("pk"))
    return Counter(dict(found))


@transaction.atomic
def _step(pk: int, rows: Rows) -> bool:
    """Carry out the next row; return False when there is none."""
    waiting = Upload.objects.select_for_update(of=("self",)).defer("content").filter(state=Upload.State.WORKING, pk=pk)
    upload = waiting.first()
    if upload is None:
        return False
    if upload.done < upload.total:
        checked = upload.lines.get(stage=UploadLine.Stage.CHECK, position=upload.done)
        line = rows.carry_out(rows.table.rows[upload.done], checked.difference)
        _stored(upload, UploadLine.Stage.IMPORT, upload.done, line).save()
        upload.done += 1
    if upload.done == upload.total:
        upload.state = Upload.State.DONE
    upload.moved_at = timezone.now()
    upload.save(update_fields=["done", "state", "moved_at"])
    return upload.is_moving


def _stored(upload: Upload, stage: str, position: int, line: Line) -> UploadLine:
    return UploadLine(
        upload=upload,
        stage=stage,
        position=position,
        number=line.number,
        sku=line.sku,
        title=line.title,
        outcome=line.outcome,
        notes=[[note.column, note.text] for note in line.notes],
        difference=line.difference,
    )
