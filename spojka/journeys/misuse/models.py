"""The table of misuse cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class MisuseCase(models.Model):
    """One suspected breach on one service in one period."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    rule = models.TextField()
    period_on = models.DateField()
    state = models.TextField()
    opened_at = models.DateTimeField()
    answer_by_on = models.DateField()
    evidence = models.JSONField()
    proposal = models.JSONField()
    explanation = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True)

    class Meta:
        db_table = "misuse_case"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "service_id", "rule", "period_on"], name="misuse_case_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["under_review", "explained", "restricted", "interrupted", "closed", "terminated"],
                ),
                name="misuse_case_state",
            ),
            TenantReference(field="service_id", to="service", name="misuse_case_of"),
        )
