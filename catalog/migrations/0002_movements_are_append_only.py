"""The stock book refuses changes in the database itself, whoever writes to it.

No line may be updated, but for the name of a person who was deleted. PostgreSQL refuses deletion too; SQLite does so
from 0003 on. A later migration that rebuilds this table on SQLite must make the triggers again.
"""

from django.db import migrations

COLUMNS = "stock_id, kind, on_hand_delta, reserved_delta, reference, reason, at"

SQLITE = [
    f"""
    CREATE TRIGGER catalog_stockmovement_no_update
    BEFORE UPDATE OF {COLUMNS} ON catalog_stockmovement
    BEGIN SELECT RAISE(ABORT, 'stock movements are never changed'); END
    """,
]
POSTGRESQL = [
    """
    CREATE FUNCTION catalog_stockmovement_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'stock movements are never changed or deleted' USING ERRCODE = 'restrict_violation'; END $$
    """,
    f"""
    CREATE TRIGGER catalog_stockmovement_no_update BEFORE UPDATE OF {COLUMNS} ON catalog_stockmovement
    FOR EACH ROW EXECUTE FUNCTION catalog_stockmovement_is_append_only()
    """,
    """
    CREATE TRIGGER catalog_stockmovement_no_delete BEFORE DELETE ON catalog_stockmovement
    FOR EACH ROW EXECUTE FUNCTION catalog_stockmovement_is_append_only()
    """,
]
BACK_SQLITE = ["DROP TRIGGER catalog_stockmovement_no_update"]
BACK_POSTGRESQL = [
    "DROP TRIGGER catalog_stockmovement_no_update ON catalog_stockmovement",
    "DROP TRIGGER catalog_stockmovement_no_delete ON catalog_stockmovement",
    "DROP FUNCTION catalog_stockmovement_is_append_only()",
]


def forwards(apps, schema_editor):
    run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def backwards(apps, schema_editor):
    run(schema_editor, {"sqlite": BACK_SQLITE, "postgresql": BACK_POSTGRESQL})


def run(schema_editor, statements):
    for statement in statements.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
