"""The table of items that are on their way to a program; the partitioned tables are written in SQL."""

from __future__ import annotations

from django.db import models


class InboxLease(models.Model):
    """An item of an inbox that was given to a link and not answered yet, or that is to be tried again later."""

    pk = models.CompositePrimaryKey("tenant_id", "item_id")
    tenant_id = models.UUIDField()
    item_id = models.UUIDField()
    application_id = models.UUIDField()
    tries = models.IntegerField()
    until_at = models.DateTimeField()

    class Meta:
        db_table = "inbox_lease"
        indexes = (models.Index(fields=["tenant_id", "until_at"], name="inbox_lease_until"),)
