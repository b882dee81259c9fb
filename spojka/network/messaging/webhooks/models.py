"""The table of what programs did not take yet."""

from __future__ import annotations

from django.db import models


class WebhookTry(models.Model):
    """An item of an inbox that is being told to its application, or was not taken."""

    pk = models.CompositePrimaryKey("tenant_id", "item_id")
    tenant_id = models.UUIDField()
    item_id = models.UUIDField()
    application_id = models.UUIDField()
    tries = models.IntegerField()
    due_at = models.DateTimeField()
    error = models.TextField()

    class Meta:
        db_table = "webhook_try"
        indexes = (models.Index(fields=["tenant_id", "application_id", "due_at"], name="webhook_try_due"),)
