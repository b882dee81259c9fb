"""The table of keys that calls were made with."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class OperationKey(models.Model):
    """A caller's idempotency key and the first answer to it."""

    pk = models.CompositePrimaryKey("tenant_id", "key")
    tenant_id = models.UUIDField()
    key = models.TextField()
    operation = models.TextField()
    digest = models.BinaryField()
    answer = models.JSONField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "operation_key"
