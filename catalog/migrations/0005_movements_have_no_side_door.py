"""The stock book has no side door: nobody empties it as a whole, and nobody writes over a line of it.

`TRUNCATE` fires no trigger of a row, and SQLite deletes the row that `REPLACE` writes over without firing any. A later
migration that rebuilds this table on SQLite must make these triggers again, beside those of 0002 and 0003.
"""

from django.db import migrations

SQLITE = {
    "catalog_stockmovement_no_replace": """
        BEFORE INSERT ON catalog_stockmovement
        WHEN EXISTS (
            SELECT 1 FROM catalog_stockmovement
            WHERE id = NEW.id
            OR (kind = 'sell' AND NEW.kind = 'sell' AND stock_id = NEW.stock_id AND reference = NEW.reference)
        )
        BEGIN SELECT RAISE(ABORT, 'stock movements are never changed or deleted'); END
    """,
    "catalog_stockmovement_same_id": """
        BEFORE UPDATE OF id ON catalog_stockmovement
        BEGIN SELECT RAISE(ABORT, 'stock movements are never changed or deleted'); END
    """,
}
POSTGRESQL = {
    "catalog_stockmovement_no_truncate": """
        BEFORE TRUNCATE ON catalog_stockmovement
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_stockmovement_is_append_only()
    """,
    "catalog_stockmovement_same_id": """
        BEFORE UPDATE OF id ON catalog_stockmovement
        FOR EACH ROW EXECUTE FUNCTION catalog_stockmovement_is_append_only()
    """,
}


def forwards(apps, schema_editor):
    for name, what in triggers(schema_editor).items():
        schema_editor.execute(f"CREATE TRIGGER {name} {what}")


def backwards(apps, schema_editor):
    on_table = " ON catalog_stockmovement" if schema_editor.connection.vendor == "postgresql" else ""
    for name in triggers(schema_editor):
        schema_editor.execute(f"DROP TRIGGER {name}{on_table}")


def triggers(schema_editor):
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(schema_editor.connection.vendor, {})


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_a_gift_costs_nothing")]

    operations = [migrations.RunPython(forwards, backwards)]
