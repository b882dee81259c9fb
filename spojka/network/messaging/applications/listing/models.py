"""The table of hidden entries."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from spojka.access.database.constraints import TenantReference


class HiddenEntry(models.Model):
    """An entry was kept out of the directory from one instant to another; `shown_at` is null meanwhile."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    application_id = models.UUIDField()
    reason = models.TextField()
    hidden_at = models.DateTimeField()
    hidden_by = models.TextField()
    shown_at = models.DateTimeField(null=True)
    shown_by = models.TextField(blank=True)

    class Meta:
        db_table = "hidden_entry"
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="hidden_entry_reason"),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True) | Q(shown_at__gte=F("hidden_at")), name="hidden_entry_time"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "application_id"],
                name="hidden_entry_once",
                condition=Q(shown_at__isnull=True),
            ),
            TenantReference(field="application_id", to="application", name="hidden_entry_of"),
        )
