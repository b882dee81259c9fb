"""The tables of balances."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import NoOverlap, TenantReference

from django.contrib.postgres.fields import ArrayField


class Balance(models.Model):
    """The kernel's state of one service in one period; positions in the arrays are the slots named in slots."""

    pk = models.CompositePrimaryKey("tenant_id", "service_id", "period_on")
    tenant_id = models.UUIDField()
    service_id = models.UUIDField()
    period_on = models.DateField()
    slots = ArrayField(models.TextField())
    capacity = ArrayField(models.BigIntegerField())
    remaining = ArrayField(models.BigIntegerField())
    counters = ArrayField(models.BigIntegerField())
    rated_until = models.DateTimeField()
    version = models.BigIntegerField(default=0)

    class Meta:
        db_table = "balance"
        constraints = (TenantReference(field="service_id", to="service", name="balance_of"),)


class BalanceGrant(models.Model):
    """A bought or carried volume."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    period_on = models.DateField()
    bucket = models.TextField()
    code = models.TextField()
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    key = models.TextField()

    class Meta:
        db_table = "balance_grant"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "key"], name="balance_grant_key"),
            models.CheckConstraint(condition=Q(bucket__in=["carried", "purchased"]), name="balance_grant_bucket"),
            TenantReference(field="service_id", to="service", name="balance_grant_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "period_on"], name="balance_grant_ix"),)


class ChargingSession(models.Model):
    """An online session: what is reserved for it and what it has used."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    period_on = models.DateField()
    state = models.TextField()
    request = models.JSONField()
    reserved = models.BigIntegerField()
    used = models.BigIntegerField(default=0)
    sequence = models.IntegerField(default=0)
    answer = models.JSONField(null=True)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        db_table = "charging_session"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=["open", "released"]), name="charging_session_state"),
            TenantReference(field="service_id", to="service", name="charging_session_of"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "service_id"], name="charging_session_open", condition=Q(state="open")),
        )
