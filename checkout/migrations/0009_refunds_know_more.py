"""Refunds know of their dispute and credit note, the ledger can be corrected, and each dispute has a payment.

The tables of the books are rebuilt on SQLite, so that their triggers are made again.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

REBUILT = ("checkout_ledgerentry", "checkout_refund")
KINDS = {
    "capture": "Captured",
    "refund": "Refunded",
    "refund_reversal": "Refund failed after all",
    "fee": "Razorpay’s fee",
    "fee_reversal": "Razorpay’s fee was less",
    "dispute": "Lost in a dispute",
    "dispute_reversal": "The dispute took less",
    "write_off": "Written off",
    "write_off_reversal": "Left by itself after it was written off",
}


def fill_in(apps, schema_editor):
    models_of = lambda name: apps.get_model("checkout", name).objects  # noqa: E731
    models_of("Refund").exclude(credit_note_number=None).update(credited=F("amount"))
    for dispute in models_of("Dispute").filter(payment=None):
        payment, _new = models_of("Payment").get_or_create(razorpay_payment_id=dispute.foreign_payment_id)
        models_of("Dispute").filter(pk=dispute.pk).update(payment=payment)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def make_triggers_again(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    rows = import_module("checkout.migrations.0003_books_are_append_only")
    doors = import_module("checkout.migrations.0005_books_have_no_side_door")
    for statement in rows.SQLITE:
        if any(f" ON {table}\n" in statement for table in REBUILT):
            schema_editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))
    for table, (name, what) in doors.triggers(schema_editor):
        if table in REBUILT:
            schema_editor.execute(f"CREATE TRIGGER IF NOT EXISTS {table}_{name} {what}")


class Migration(migrations.Migration):
    dependencies = [("checkout", "0008_delivery_zones")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, make_triggers_again),
        migrations.AddField("refund", "despite_dispute", models.BooleanField(default=False)),
        migrations.AddField("refund", "before_sale", models.BooleanField(default=False)),
        migrations.AddField("refund", "credited", models.PositiveBigIntegerField(default=0)),
        migrations.AlterField("ledgerentry", "kind", models.CharField(choices=list(KINDS.items()), max_length=20)),
        migrations.RemoveConstraint("ledgerentry", "entry_kind_known"),
        migrations.AddConstraint(
            "ledgerentry", models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="entry_kind_known")
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.RemoveField("dispute", "foreign_payment_id"),
        migrations.AlterField(
            "dispute",
            "payment",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="checkout.payment"
            ),
        ),
        migrations.RunPython(make_triggers_again, migrations.RunPython.noop),
    ]
