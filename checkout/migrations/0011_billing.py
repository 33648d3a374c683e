from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0010_accounts")]

    operations = [
        # A column that may be empty is added without rebuilding the table, which keeps its triggers on SQLite.
        migrations.AddField(
            model_name="order",
            name="billing",
            field=models.JSONField(
                editable=False, help_text="The bill, where it is not simply the buyer's.", null=True
            ),
        ),
    ]
