"""The tables of numbers and cards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import NoOverlap


class Sim(models.Model):
    """A card from the provider's stock."""

    pk = models.CompositePrimaryKey("tenant_id", "iccid")
    tenant_id = models.UUIDField()
    iccid = models.TextField(db_collation="C")
    imsi = models.TextField(db_collation="C")
    codes = models.BinaryField()
    lte = models.BooleanField(default=True)
    state = models.TextField(default="free")
    service_id = models.UUIDField(null=True)

    class Meta:
        db_table = "sim"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "imsi"], name="sim_imsi"),
            models.CheckConstraint(condition=Q(state__in=["free", "used", "void"]), name="sim_state"),
            models.CheckConstraint(
                condition=Q(state="used", service_id__isnull=False) | (~Q(state="used") & Q(service_id__isnull=True)),
                name="sim_holder",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "iccid"], name="sim_free", condition=Q(state="free")),)


class Msisdn(models.Model):
    """A number that the provider may give out."""

    pk = models.CompositePrimaryKey("tenant_id", "msisdn")
    tenant_id = models.UUIDField()
    msisdn = models.TextField(db_collation="C")
    state = models.TextField(default="free")
    service_id = models.UUIDField(null=True)
    quarantined_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "msisdn"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["free", "used", "quarantine", "gone"]),
                name="msisdn_state",
            ),
            models.CheckConstraint(
                condition=Q(state="used", service_id__isnull=False) | (~Q(state="used") & Q(service_id__isnull=True)),
                name="msisdn_holder",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "msisdn"], name="msisdn_free", condition=Q(state="free")),)


class PortedNumber(models.Model):
    """The network that serves a ported number during [valid_from, valid_to)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    msisdn = models.TextField(db_collation="C")
    network = models.TextField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "ported_number"
        constraints = (NoOverlap(key="msisdn", of="tstz", name="ported_number_one"),)
        indexes = (models.Index(fields=["tenant_id", "msisdn", "valid_from"], name="ported_number_ix"),)


class PoolNumber(models.Model):
    """A number of a pool that a service holds, or that rests after one released it; free numbers are no rows."""

    pk = models.CompositePrimaryKey("tenant_id", "number")
    tenant_id = models.UUIDField()
    number = models.TextField(db_collation="C")
    pool = models.TextField()
    service_id = models.UUIDField(null=True)
    taken_at = models.DateTimeField()
    free_from = models.DateTimeField(null=True)

    class Meta:
        db_table = "pool_number"
        constraints = (
            models.CheckConstraint(
                condition=Q(service_id__isnull=False, free_from__isnull=True)
                | Q(service_id__isnull=True, free_from__isnull=False),
                name="pool_number_holder",
            ),
        )
        indexes = (
            models.Index(fields=["tenant_id", "pool"], name="pool_number_of"),
            models.Index(
                fields=["tenant_id", "service_id"], name="pool_number_service", condition=Q(service_id__isnull=False)
            ),
        )
