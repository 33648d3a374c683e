"""The database itself keeps the books: no ledger entry is changed or deleted, no number given out is given anew.

A later migration that rebuilds one of these tables on SQLite must make its triggers again.
"""

from django.db import migrations

NUMBERS = (("checkout_order", "invoice_number"), ("checkout_refund", "credit_note_number"))

SQLITE = [
    """
    CREATE TRIGGER checkout_ledgerentry_no_update BEFORE UPDATE ON checkout_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END
    """,
    """
    CREATE TRIGGER checkout_ledgerentry_no_delete BEFORE DELETE ON checkout_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'the ledger is never deleted from'); END
    """,
    *(
        f"""
        CREATE TRIGGER {table}_{column}_stays BEFORE UPDATE OF {column} ON {table}
        WHEN OLD.{column} IS NOT NULL AND NEW.{column} IS NOT OLD.{column}
        BEGIN SELECT RAISE(ABORT, 'a number that was given out never changes'); END
        """
        for table, column in NUMBERS
    ),
]
BACK_SQLITE = [
    "DROP TRIGGER checkout_ledgerentry_no_update",
    "DROP TRIGGER checkout_ledgerentry_no_delete",
    *(f"DROP TRIGGER {table}_{column}_stays" for table, column in NUMBERS),
]
POSTGRESQL = [
    """
    CREATE FUNCTION checkout_books_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the books are never changed' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER checkout_ledgerentry_no_change BEFORE UPDATE OR DELETE ON checkout_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION checkout_books_are_append_only()
    """,
    *(
        f"""
        CREATE TRIGGER {table}_{column}_stays BEFORE UPDATE OF {column} ON {table}
        FOR EACH ROW WHEN (OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})
        EXECUTE FUNCTION checkout_books_are_append_only()
        """
        for table, column in NUMBERS
    ),
]
BACK_POSTGRESQL = [
    "DROP TRIGGER checkout_ledgerentry_no_change ON checkout_ledgerentry",
    *(f"DROP TRIGGER {table}_{column}_stays ON {table}" for table, column in NUMBERS),
    "DROP FUNCTION checkout_books_are_append_only()",
]


def forwards(apps, schema_editor):
    run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def backwards(apps, schema_editor):
    run(schema_editor, {"sqlite": BACK_SQLITE, "postgresql": BACK_POSTGRESQL})


def run(schema_editor, statements):
    for statement in statements.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("checkout", "0002_money_is_exact")]

    operations = [migrations.RunPython(forwards, backwards)]
