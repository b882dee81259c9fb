"""The tables of rated output."""

from __future__ import annotations

from django.db import models

from spojka.access.database.constraints import TenantReference


class RatedSegment(models.Model):
    """The rated Parquet file of one period and shard, and the run that wrote it."""

    pk = models.CompositePrimaryKey("tenant_id", "period_on", "shard")
    tenant_id = models.UUIDField()
    period_on = models.DateField()
    shard = models.IntegerField()
    path = models.TextField()
    records = models.IntegerField()
    rated_at = models.DateTimeField()
    terms_digest = models.TextField()

    class Meta:
        db_table = "rated_segment"


class RatedTotal(models.Model):
    """What has been posted to the charges for one service, period, line and generation."""

    pk = models.CompositePrimaryKey("tenant_id", "service_id", "period_on", "generation", "line")
    tenant_id = models.UUIDField()
    service_id = models.UUIDField()
    period_on = models.DateField()
    generation = models.IntegerField()
    line = models.TextField()
    records = models.BigIntegerField()
    quantity = models.BigIntegerField()
    amount_micros = models.BigIntegerField()
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "rated_total"
        constraints = (TenantReference(field="service_id", to="service", name="rated_total_of"),)
