"""The table of data sessions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from spojka.access.database.constraints import TenantReference


class NatSession(models.Model):
    """One service behind ports [port_from, port_to] of a public address in [starts_at, ends_at)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    source_id = models.TextField(db_collation="C")
    service_id = models.UUIDField()
    msisdn = models.TextField(db_collation="C")
    private_ip = models.GenericIPAddressField()
    public_ip = models.GenericIPAddressField()
    port_from = models.IntegerField()
    port_to = models.IntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    bytes_up = models.BigIntegerField()
    bytes_down = models.BigIntegerField()
    technology = models.TextField()

    class Meta:
        db_table = "nat_session"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "source_id"], name="nat_session_once"),
            models.CheckConstraint(
                condition=Q(port_from__gte=0) & Q(port_from__lte=F("port_to")) & Q(port_to__lte=65535),
                name="nat_session_ports",
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="nat_session_time"),
            TenantReference(field="service_id", to="service", name="nat_session_service"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "public_ip", "ends_at"], name="nat_session_public"),
            models.Index(fields=["tenant_id", "ends_at"], name="nat_session_end"),
        )
