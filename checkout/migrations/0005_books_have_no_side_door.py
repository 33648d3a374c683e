"""The books have no side door: they are not emptied as a whole, not written over, and no numbered document is deleted.

`TRUNCATE` fires no trigger of a row, and SQLite deletes the rows that `REPLACE` writes over without firing any. A later
migration that rebuilds one of these tables on SQLite must make its triggers again, beside those of 0003.
"""

from django.db import migrations

NUMBERS = {"checkout_order": "invoice_number", "checkout_refund": "credit_note_number"}
# By what a row that is written takes the place of another one.
UNIQUE = {
    "checkout_ledgerentry": [("id",), ("kind", "entity_id")],
    "checkout_order": [("id",), ("number",), ("token",), ("cart_id", "checkout_key"), ("invoice_number",)],
    "checkout_refund": [("id",), ("razorpay_refund_id",), ("key",), ("credit_note_number",)],
}


def forwards(apps, schema_editor):
    for table, (name, what) in triggers(schema_editor):
        schema_editor.execute(f"CREATE TRIGGER {table}_{name} {what}")


def backwards(apps, schema_editor):
    for table, (name, _what) in triggers(schema_editor):
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_{name}{on_table}")


def triggers(schema_editor):
    made_by = {"sqlite": sqlite, "postgresql": postgresql}.get(schema_editor.connection.vendor)
    return [(table, trigger) for table in UNIQUE if made_by for trigger in made_by(table)]


def postgresql(table):
    refuse = "EXECUTE FUNCTION checkout_books_are_append_only()"
    yield "no_truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
    if number := NUMBERS.get(table):
        kept = f"FOR EACH ROW WHEN (OLD.{number} IS NOT NULL)"
        yield "no_delete", f"BEFORE DELETE ON {table} {kept} {refuse}"


def sqlite(table):
    refuse = "BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END"
    same = " OR ".join(
        f"({' AND '.join(f'{column} = NEW.{column}' for column in columns)})" for columns in UNIQUE[table]
    )
    yield "no_replace", f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
    if number := NUMBERS.get(table):
        columns = ", ".join(column for columns in UNIQUE[table] for column in columns)
        other = f"SELECT 1 FROM {table} WHERE id <> OLD.id AND ({same})"
        yield "no_update_over", f"BEFORE UPDATE OF {columns} ON {table} WHEN EXISTS ({other}) {refuse}"
        yield "no_delete", f"BEFORE DELETE ON {table} WHEN OLD.{number} IS NOT NULL {refuse}"


class Migration(migrations.Migration):
    dependencies = [("checkout", "0004_one_open_case_per_payment")]

    operations = [migrations.RunPython(forwards, backwards)]
