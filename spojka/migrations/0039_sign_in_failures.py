from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spojka", "0038_diagnosis"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInFailure",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("place", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "sign_in_failure",
                "indexes": [
                    models.Index(fields=["tenant_id", "place", "at"], name="sign_in_failure_place"),
                    models.Index(fields=["tenant_id", "at"], name="sign_in_failure_at"),
                ],
            },
        ),
    ]
