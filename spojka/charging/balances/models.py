"""The tables of balances."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Balance(models.Model):
    """
    The kernel's state of one service in one period; positions in the arrays are the slots named in slots.

    `rated_until` is the instant of the last whole walk, `latest_at` microseconds of the latest record that was added to
    it since, by group of kinds, and `facts` a mark of the entitlements it was walked with.
    """

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
    latest_at = ArrayField(models.BigIntegerField(), db_default=models.Value("{}"))
    facts = models.TextField(db_default="")

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
    """
    An online session: what is reserved for it and what it has used.

    A session of data is cut where a period ends or a volume is bought; `started_at`, `used` and `reserved` are those of
    its present `part`. `answer` is the last one, given again when its `sequence` is repeated.
    """

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    period_on = models.DateField()
    state = models.TextField()
    request = models.JSONField()
    reserved = models.BigIntegerField()
    used = models.BigIntegerField(default=0)
    part = models.IntegerField(default=1)
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


class SpendingLimit(models.Model):
    """The most that one kind of use of a service may come to in a period, as its provider or its customer set it."""

    pk = models.CompositePrimaryKey("tenant_id", "service_id", "kind", "period", "set_by")
    tenant_id = models.UUIDField()
    service_id = models.UUIDField()
    kind = models.TextField()
    period = models.TextField()
    set_by = models.TextField()
    value = models.BigIntegerField()
    action = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "spending_limit"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["spend"]), name="spending_limit_kind"),
            models.CheckConstraint(condition=Q(period__in=["period"]), name="spending_limit_period"),
            models.CheckConstraint(condition=Q(set_by__in=["provider", "customer"]), name="spending_limit_by"),
            models.CheckConstraint(
                condition=Q(action__in=["notify", "restrict", "interrupt"]), name="spending_limit_action"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="spending_limit_value"),
            TenantReference(field="service_id", to="service", name="spending_limit_of"),
        )


class SpendingAdvance(models.Model):
    """What of a payment is an advance on a period: the one it came in, and each after that which it outlives."""

    pk = models.CompositePrimaryKey("tenant_id", "payment_id", "period_on")
    tenant_id = models.UUIDField()
    payment_id = models.UUIDField()
    service_id = models.UUIDField()
    period_on = models.DateField()
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "spending_advance"
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=0), name="spending_advance_amount"),
            TenantReference(field="service_id", to="service", name="spending_advance_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "period_on"], name="spending_advance_ix"),)
