"""Entries that are kept out of the directory."""

import spojka.access.database.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spojka", "0032_erased_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="HiddenEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("application_id", models.UUIDField()),
                ("reason", models.TextField()),
                ("hidden_at", models.DateTimeField()),
                ("hidden_by", models.TextField()),
                ("shown_at", models.DateTimeField(null=True)),
                ("shown_by", models.TextField(blank=True)),
            ],
            options={
                "db_table": "hidden_entry",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="hidden_entry_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("shown_at__isnull", True), ("shown_at__gte", models.F("hidden_at")), _connector="OR"
                        ),
                        name="hidden_entry_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("shown_at__isnull", True)),
                        fields=("tenant_id", "application_id"),
                        name="hidden_entry_once",
                    ),
                    spojka.access.database.constraints.TenantReference(
                        field="application_id", name="hidden_entry_of", to="application"
                    ),
                ],
            },
        ),
    ]
