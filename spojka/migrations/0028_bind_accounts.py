"""Accounts to bind with over SMPP, and items of inboxes that are lent to links."""

import spojka.access.database.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spojka", "0027_sending"),
    ]

    operations = [
        migrations.CreateModel(
            name="BindAccount",
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
                ("system_id", models.TextField(db_collation="C")),
                ("password_hash", models.TextField()),
                ("message_class", models.TextField()),
                ("purpose", models.TextField()),
                ("most_binds", models.IntegerField()),
                ("window", models.IntegerField()),
                ("long_texts", models.TextField()),
                ("set_at", models.DateTimeField()),
                ("set_by", models.TextField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "bind_account",
                "indexes": [models.Index(fields=["tenant_id", "application_id"], name="bind_account_ix")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("tenant_id", "system_id"),
                        name="bind_account_system_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("message_class__in", ["standard", "priority"])),
                        name="bind_account_message_class",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["commercial", "service"])), name="bind_account_purpose"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("long_texts__in", ["payload", "parts"])), name="bind_account_long_texts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_binds__gt", 0), ("window__gt", 0)), name="bind_account_bounds"
                    ),
                    spojka.access.database.constraints.TenantReference(
                        field="application_id", name="bind_account_of", to="application"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxLease",
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
                ("until_at", models.DateTimeField()),
            ],
            options={
                "db_table": "inbox_lease",
                "indexes": [models.Index(fields=["tenant_id", "until_at"], name="inbox_lease_until")],
            },
        ),
    ]
