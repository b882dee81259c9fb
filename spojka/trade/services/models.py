"""The tables of services."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import NoOverlap, TenantReference


class Service(models.Model):
    """One line: a number on a card under a contract."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    contract_id = models.UUIDField()
    party_id = models.UUIDField()
    msisdn = models.TextField(db_collation="C")
    imsi = models.TextField(db_collation="C")
    iccid = models.TextField(db_collation="C")
    state = models.TextField()
    activated_at = models.DateTimeField(null=True)
    established_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "active", "ended"]),
                name="service_state",
            ),
            TenantReference(field="contract_id", to="contract", name="service_contract"),
            TenantReference(field="party_id", to="party", name="service_party"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "contract_id"], name="service_of_contract"),
            models.Index(fields=["tenant_id", "party_id"], name="service_of_party"),
            models.Index(fields=["tenant_id", "msisdn"], name="service_msisdn"),
        )


class ServiceTariff(models.Model):
    """The tariff of a service on the days [valid_from, valid_to)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    tariff = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    reason = models.TextField()
    order_id = models.UUIDField(null=True)

    class Meta:
        db_table = "service_tariff"
        constraints = (
            NoOverlap(key="service_id", of="date", name="service_tariff_one"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="service_tariff_days",
            ),
            TenantReference(field="service_id", to="service", name="service_tariff_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "valid_from"], name="service_tariff_days_ix"),)


class ServiceAddon(models.Model):
    """An add-on of a service on the days [valid_from, valid_to)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    addon = models.TextField()
    activated_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "service_addon"
        constraints = (TenantReference(field="service_id", to="service", name="service_addon_of"),)
        indexes = (models.Index(fields=["tenant_id", "service_id"], name="service_addon_ix"),)


class ServiceHold(models.Model):
    """One reason that holds a service, from an instant until it is released."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    reason = models.TextField()
    scope = models.TextField()
    clauses = models.JSONField()
    held_at = models.DateTimeField()
    planned_until = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    requested_by = models.TextField()

    class Meta:
        db_table = "service_hold"
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="service_hold_reason"),
            models.CheckConstraint(
                condition=Q(scope__in=["outgoing", "both", "data", "payments"]),
                name="service_hold_scope",
            ),
            TenantReference(field="service_id", to="service", name="service_hold_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "held_at"], name="service_hold_ix"),)


class ServiceSwitch(models.Model):
    """A feature of a service switched on or off at an instant; the last one counts."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    feature = models.TextField()
    is_on = models.BooleanField()
    at = models.DateTimeField()
    channel = models.TextField()
    actor = models.TextField()
    order_id = models.UUIDField(null=True)

    class Meta:
        db_table = "service_switch"
        constraints = (TenantReference(field="service_id", to="service", name="service_switch_of"),)
        indexes = (models.Index(fields=["tenant_id", "service_id", "feature", "at"], name="service_switch_ix"),)


class ServiceReader(models.Model):
    """Somebody whom the holder of a contract lets read the list of one service, from an instant until it is ended."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    party_id = models.UUIDField()
    granted_at = models.DateTimeField()
    granted_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True)

    class Meta:
        db_table = "service_reader"
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "party_id", "service_id"],
                condition=Q(ended_at__isnull=True),
                name="service_reader_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("granted_at")),
                name="service_reader_in_order",
            ),
            TenantReference(field="service_id", to="service", name="service_reader_of"),
            TenantReference(field="party_id", to="party", name="service_reader_who"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id"], name="service_reader_ix"),)
