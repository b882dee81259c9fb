"""The tables of usage: files, identities, segments, the buffer, suspense."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class UsageFile(models.Model):
    """One file or batch that was taken in whole."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    source = models.TextField()
    name = models.TextField()
    layout = models.TextField()
    digest = models.TextField()
    taken_at = models.DateTimeField()
    records = models.IntegerField()
    accepted = models.IntegerField()
    duplicates = models.IntegerField()
    suspended = models.IntegerField()

    class Meta:
        db_table = "usage_file"
        constraints = (models.UniqueConstraint(fields=["tenant_id", "source", "digest"], name="usage_file_once"),)


class UsagePeriod(models.Model):
    """A period that was closed; what arrives for it later is late."""

    pk = models.CompositePrimaryKey("tenant_id", "period_on")
    tenant_id = models.UUIDField()
    period_on = models.DateField()
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "usage_period"


class UsageIdentity(models.Model):
    """The identity of a record that was taken: (source, record id), hashed."""

    pk = models.CompositePrimaryKey("tenant_id", "identity")
    tenant_id = models.UUIDField()
    identity = models.UUIDField()

    class Meta:
        db_table = "usage_identity"


class UsageVoid(models.Model):
    """A record in a segment that counts no more: it was repaired anew or given up."""

    pk = models.CompositePrimaryKey("tenant_id", "identity")
    tenant_id = models.UUIDField()
    identity = models.UUIDField()

    class Meta:
        db_table = "usage_void"


class UsageSegment(models.Model):
    """A Parquet file of one period and shard."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    period_on = models.DateField()
    shard = models.IntegerField()
    generation = models.IntegerField(default=0)
    path = models.TextField()
    records = models.IntegerField()
    file_id = models.UUIDField(null=True)

    class Meta:
        db_table = "usage_segment"
        constraints = (models.UniqueConstraint(fields=["tenant_id", "path"], name="usage_segment_path"),)
        indexes = (models.Index(fields=["tenant_id", "period_on", "shard"], name="usage_segment_ix"),)


class UsageBuffer(models.Model):
    """Records that came one by one, ready to rate, until they are written into a segment."""

    pk = models.CompositePrimaryKey("tenant_id", "identity")
    tenant_id = models.UUIDField()
    identity = models.UUIDField()
    period_on = models.DateField()
    generation = models.IntegerField(default=0)
    service_id = models.UUIDField()
    at = models.DateTimeField()
    record = models.JSONField()

    class Meta:
        db_table = "usage_buffer"
        indexes = (models.Index(fields=["tenant_id", "period_on", "service_id"], name="usage_buffer_ix"),)


class Suspense(models.Model):
    """A record that cannot be rated, with its reason, until it is repaired or dropped."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    file_id = models.UUIDField(null=True)
    source = models.TextField()
    record_id = models.TextField()
    line = models.IntegerField(null=True)
    reason = models.TextField()
    detail = models.TextField(blank=True)
    clauses = ArrayField(models.TextField(), db_default=models.Value("{}"))
    since = models.DateTimeField(null=True)
    record = models.JSONField()
    state = models.TextField(default="open")
    suspended_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)

    class Meta:
        db_table = "suspense"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=["open", "repaired", "dropped"]), name="suspense_state"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "suspended_at", "id"], name="suspense_open", condition=Q(state="open")),
            models.Index(
                fields=["tenant_id", "source", "record_id"], name="suspense_record", condition=Q(state="open")
            ),
        )
