"""Who took the free program for MMS."""

import spojka.access.database.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spojka", "0034_sealed_secrets"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProgramDownload",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("party_id", models.UUIDField()),
                ("version", models.TextField()),
                ("sha256", models.TextField()),
                ("downloaded_at", models.DateTimeField()),
                ("downloaded_by", models.TextField()),
            ],
            options={
                "db_table": "program_download",
                "indexes": [models.Index(fields=["tenant_id", "party_id", "id"], name="program_download_ix")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="program_download_sha256"
                    ),
                    spojka.access.database.constraints.TenantReference(
                        field="party_id", name="program_download_of", to="party"
                    ),
                ],
            },
        ),
    ]
