from django.db import migrations, models

SELLER = ("shop_name", "legal_name", "address", "state", "gstin", "email", "phone")
BUYER = ("full_name", "address_line1", "address_line2", "city", "postcode", "state", "gstin")


def keep(apps, schema_editor):
    """Invoices that were issued before name the seller and the buyer of today: nothing older is known."""
    shops, orders = apps.get_model("catalog", "ShopSettings"), apps.get_model("checkout", "Order")
    shop = shops.objects.filter(site__is_default_site=True).first() or shops()
    seller = {name: getattr(shop, name) for name in SELLER}
    for order in orders.objects.filter(invoice_number__isnull=False).only("pk", *BUYER).iterator():
        buyer = {name: getattr(order, name) for name in BUYER}
        orders.objects.filter(pk=order.pk).update(parties={"seller": seller, "buyer": buyer})


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_movements_have_no_side_door"),
        ("checkout", "0005_books_have_no_side_door"),
    ]

    operations = [
        # A column that may be empty is added without rebuilding the table, which keeps its triggers on SQLite.
        migrations.AddField(
            model_name="order",
            name="parties",
            field=models.JSONField(
                editable=False, help_text="Seller and buyer as the invoice names them.", null=True
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
