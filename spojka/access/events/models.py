"""The outbox."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One piece of news."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    at = models.DateTimeField()
    kind = models.TextField()
    key = models.TextField()
    body = models.JSONField()

    class Meta:
        db_table = "event"
        indexes = (models.Index(fields=["tenant_id", "key", "id"], name="event_key"),)
