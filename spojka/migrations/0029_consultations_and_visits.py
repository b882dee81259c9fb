"""Consultations with their agreements; safety rules, who knows them, and passes for visits."""

import spojka.access.database.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spojka", "0028_bind_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("service_id", models.UUIDField()),
                ("state", models.TextField()),
                ("channel", models.TextField()),
                ("text", models.TextField()),
                ("requested_at", models.DateTimeField()),
                ("requested_by", models.TextField()),
                ("scope", models.TextField(blank=True)),
                ("content", models.TextField(blank=True)),
                ("price_micros", models.BigIntegerField(null=True)),
                ("offered_at", models.DateTimeField(null=True)),
                ("offered_by", models.TextField(blank=True)),
                ("agreement", models.TextField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("agreed_by", models.TextField(blank=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("report", models.TextField(blank=True)),
            ],
            options={
                "db_table": "consultation",
                "indexes": [models.Index(fields=["tenant_id", "service_id", "requested_at"], name="consultation_ix")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["letter", "email", "portal"]), models.Q(("text", ""), _negated=True)
                        ),
                        name="consultation_written",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreement__isnull", True), ("state__in", ["requested", "offered", "withdrawn"])),
                            models.Q(
                                ("agreed_at__isnull", False),
                                ("agreement__isnull", False),
                                ("price_micros__isnull", False),
                                ("state__in", ["agreed", "done"]),
                            ),
                            _connector="OR",
                        ),
                        name="consultation_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="consultation_done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_micros__isnull", True), ("price_micros__gte", 0), _connector="OR"),
                        name="consultation_price",
                    ),
                    models.UniqueConstraint(fields=("tenant_id", "agreement"), name="consultation_agreement"),
                    spojka.access.database.constraints.TenantReference(
                        field="service_id", name="consultation_of", to="service"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyAcknowledgement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id",
                        "person_id",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("version", models.IntegerField()),
                ("acknowledged_at", models.DateTimeField()),
                ("recorded_by", models.TextField()),
            ],
            options={
                "db_table": "safety_acknowledgement",
                "constraints": [
                    spojka.access.database.constraints.TenantReference(
                        field="person_id", name="safety_acknowledgement_of", to="site_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyRules",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "version", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("version", models.IntegerField()),
                ("text", models.TextField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.TextField()),
            ],
            options={
                "db_table": "safety_rules",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__gt", 0), models.Q(("text", ""), _negated=True)),
                        name="safety_rules_text",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SitePerson",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("contract_id", models.UUIDField()),
                ("name", models.TextField()),
                ("authorised_at", models.DateTimeField()),
                ("authorised_by", models.TextField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "site_person",
                "indexes": [models.Index(fields=["tenant_id", "contract_id", "authorised_at"], name="site_person_ix")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="site_person_name"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True),
                            ("withdrawn_at__gte", models.F("authorised_at")),
                            _connector="OR",
                        ),
                        name="site_person_time",
                    ),
                    spojka.access.database.constraints.TenantReference(
                        field="contract_id", name="site_person_of", to="contract"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteVisit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("visits_on", models.DateField()),
                ("companions", models.JSONField()),
                ("version", models.IntegerField(null=True)),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.TextField()),
            ],
            options={
                "db_table": "site_visit",
                "indexes": [models.Index(fields=["tenant_id", "person_id", "visits_on"], name="site_visit_ix")],
                "constraints": [
                    spojka.access.database.constraints.TenantReference(
                        field="person_id", name="site_visit_of", to="site_person"
                    )
                ],
            },
        ),
    ]
