"""What programs that want to be called did not take yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spojka", "0022_complaints")]
    operations = [
        migrations.CreateModel(
            name="WebhookTry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "item_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("item_id", models.UUIDField()),
                ("application_id", models.UUIDField()),
                ("tries", models.IntegerField()),
                ("due_at", models.DateTimeField()),
                ("error", models.TextField()),
            ],
            options={
                "db_table": "webhook_try",
                "indexes": [models.Index(fields=["tenant_id", "application_id", "due_at"], name="webhook_try_due")],
            },
        ),
    ]
