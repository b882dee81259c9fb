"""The tables of fault tickets and outages."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from spojka.access.database.constraints import TenantReference


class FaultTicket(models.Model):
    """A fault that a subscriber reported at the fault desk."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    caller = models.TextField()
    description = models.TextField()
    prechecks = models.JSONField()
    received_at = models.DateTimeField()
    received_by = models.TextField()
    state = models.TextField()
    cause = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "fault_ticket"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["received", "diagnosing"], cause="")
                | (Q(state__in=["cause_set", "resolved", "closed"]) & ~Q(cause="")),
                name="fault_ticket_state",
            ),
            TenantReference(field="service_id", to="service", name="fault_ticket_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "received_at"], name="fault_ticket_ix"),)


class ServiceOutage(models.Model):
    """A time in which an application was not in full operation, with one cause; several make one outage."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    cause = models.TextField()
    degraded = models.BooleanField()
    ticket_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    credited_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_outage"
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="service_outage_time"
            ),
            TenantReference(field="service_id", to="service", name="service_outage_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "starts_at"], name="service_outage_ix"),)
