"""The table of a month's messages by line, and what was posted for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class MessageTotal(models.Model):
    """
    Dispatched parts of an application's month by line and edition of the price.

    Posted where `reason` is empty; the provider's risk and what no price was found for stand beside it, posted never.
    """

    pk = models.CompositePrimaryKey("tenant_id", "service_id", "period_on", "line", "edition", "reason")
    tenant_id = models.UUIDField()
    service_id = models.UUIDField()
    period_on = models.DateField()
    line = models.TextField(db_collation="C")
    edition = models.TextField(db_collation="C")
    reason = models.TextField(db_collation="C")
    messages = models.BigIntegerField()
    parts = models.BigIntegerField()
    amount_micros = models.BigIntegerField(null=True)
    version = models.IntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "message_total"
        constraints = (
            models.CheckConstraint(
                condition=Q(reason="", amount_micros__isnull=False)
                | Q(reason="OPERATOR_RISK", amount_micros=0)
                | Q(reason="PRICE_MISSING", amount_micros__isnull=True),
                name="message_total_reason",
            ),
            TenantReference(field="service_id", to="service", name="message_total_of"),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "period_on"], name="message_total_unpriced", condition=Q(reason="PRICE_MISSING")
            ),
        )
