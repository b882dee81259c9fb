"""Tables of the audit."""

from __future__ import annotations

from django.db import models

from spojka.access.database.constraints import TenantReference


class Audit(models.Model):
    """One call."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    at = models.DateTimeField()
    actor = models.TextField()
    operation = models.TextField()
    digest = models.BinaryField()
    outcome = models.TextField()
    items = models.IntegerField(default=1)

    class Meta:
        db_table = "audit"
        indexes = (models.Index(fields=["tenant_id", "at"], name="audit_at"),)


class AuditSeal(models.Model):
    """One link of a tenant's chain."""

    pk = models.CompositePrimaryKey("tenant_id", "position")
    tenant_id = models.UUIDField()
    position = models.BigIntegerField()
    audit_id = models.UUIDField()
    link = models.BinaryField()

    class Meta:
        db_table = "audit_seal"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "audit_id"], name="audit_sealed_once"),
            TenantReference(field="audit_id", to="audit", name="audit_seal_row"),
        )
