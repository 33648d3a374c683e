import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0012_order_desk")]

    operations = [
        migrations.CreateModel(
            name="CheckoutDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("typed", models.JSONField()),
                ("updated_at", models.DateTimeField(auto_now=True, db_index=True)),
                (
                    "cart",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="draft", to="checkout.cart"
                    ),
                ),
            ],
        ),
    ]
