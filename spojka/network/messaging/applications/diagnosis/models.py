"""The tables of refused requests and of measurements."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class RefusedRequest(models.Model):
    """How many requests of an application were refused for one reason in one minute; nobody's have a nil id."""

    pk = models.CompositePrimaryKey("tenant_id", "application_id", "at", "door", "code")
    tenant_id = models.UUIDField()
    application_id = models.UUIDField()
    at = models.DateTimeField()
    door = models.TextField()
    code = models.TextField()
    count = models.BigIntegerField()

    class Meta:
        db_table = "refused_request"
        constraints = (
            models.CheckConstraint(condition=Q(count__gt=0), name="refused_request_count"),
            models.CheckConstraint(condition=Q(door__in=["https", "smpp"]), name="refused_request_door"),
        )
        indexes = (models.Index(fields=["tenant_id", "at"], name="refused_request_ix"),)


class InterfaceProbe(models.Model):
    """A synthetic submission and its pick-up at the platform's own interface; without a `fault` both went well."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    at = models.DateTimeField()
    submit_ms = models.IntegerField(null=True)
    pickup_ms = models.IntegerField(null=True)
    fault = models.TextField(blank=True)
    recorded_by = models.TextField()

    class Meta:
        db_table = "interface_probe"
        constraints = (
            models.CheckConstraint(
                condition=~Q(fault="") | Q(submit_ms__gte=0, pickup_ms__gte=0), name="interface_probe_measured"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "at"], name="interface_probe_ix"),)
