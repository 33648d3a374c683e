"""SQLite refuses to delete a line of the stock book too, as PostgreSQL does since 0002.

A later migration that rebuilds this table on SQLite must make both triggers again.
"""

from django.db import migrations

FORWARDS = """
    CREATE TRIGGER catalog_stockmovement_no_delete
    BEFORE DELETE ON catalog_stockmovement
    BEGIN SELECT RAISE(ABORT, 'stock movements are never changed or deleted'); END
"""
BACKWARDS = "DROP TRIGGER catalog_stockmovement_no_delete"


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(FORWARDS)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(BACKWARDS)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_movements_are_append_only")]

    operations = [migrations.RunPython(forwards, backwards)]
