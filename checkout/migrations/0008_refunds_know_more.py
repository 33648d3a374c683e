"""A refund remembers the dispute that it is made in spite of.

The tables of the books are rebuilt on SQLite, so that their triggers are made again.
"""

from importlib import import_module

from django.db import migrations, models

REBUILT = ("checkout_refund",)


def make_triggers_again(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    rows = import_module("checkout.migrations.0003_books_are_append_only")
    doors = import_module("checkout.migrations.0005_books_have_no_side_door")
    for statement in rows.SQLITE:
        if any(f" ON {table}\n" in statement for table in REBUILT):
            schema_editor.execute(statement)
    for table, (name, what) in doors.triggers(schema_editor):
        if table in REBUILT:
            schema_editor.execute(f"CREATE TRIGGER {table}_{name} {what}")


class Migration(migrations.Migration):
    dependencies = [("checkout", "0007_coupons")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, make_triggers_again),
        migrations.AddField("refund", "despite_dispute", models.BooleanField(default=False)),
        migrations.RunPython(make_triggers_again, migrations.RunPython.noop),
    ]
