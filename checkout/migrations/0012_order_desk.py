"""Notes of staff, the mails that bring them, and the indexes by which staff find an order.

Nothing here rebuilds the table of orders, which keeps its triggers on SQLite.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


# PostgreSQL looks up words of names and beginnings of addresses; SQLite reads `order_found_by` fast enough.
POSTGRESQL = [
    """CREATE INDEX order_name_words ON checkout_order
       USING gin (to_tsvector('simple'::regconfig, COALESCE(full_name, '')))""",
    "CREATE INDEX order_email_begins ON checkout_order (lower(email) text_pattern_ops)",
]
BACK = ["DROP INDEX order_name_words", "DROP INDEX order_email_begins"]


def on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


def protected(to, **options):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [("checkout", "0011_billing"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            "OrderNote",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", protected("checkout.order", related_name="notes")),
                ("for_buyer", models.BooleanField(default=False)),
                ("text", models.TextField(max_length=1000)),
                ("key", models.CharField(max_length=64, unique=True)),
                ("user", protected(settings.AUTH_USER_MODEL, related_name="+")),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            {"ordering": ["pk"]},
        ),
        migrations.AddField(
            "outboxemail", "note", protected("checkout.ordernote", related_name="emails", blank=True, null=True)
        ),
        migrations.RemoveConstraint("outboxemail", "one_mail_of_a_kind_per_order"),
        migrations.AddConstraint(
            "outboxemail",
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(refund__isnull=True, note__isnull=True),
                name="one_mail_of_a_kind_per_order",
            ),
        ),
        migrations.AddConstraint(
            "outboxemail",
            models.UniqueConstraint(fields=["note"], condition=Q(note__isnull=False), name="one_mail_per_note"),
        ),
        migrations.AddIndex("order", models.Index(fields=["paid_at"], name="order_paid_at")),
        migrations.AddIndex("order", models.Index(fields=["tracking_number"], name="order_tracking_number")),
        migrations.AddIndex(
            "order", models.Index(fields=["full_name", "email", "phone", "number", "id"], name="order_found_by")
        ),
        migrations.RunPython(on_postgresql(POSTGRESQL), on_postgresql(BACK)),
    ]
