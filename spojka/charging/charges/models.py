"""The table of billable items."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Charge(models.Model):
    """One billable item; gross for consumers' price lists."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    contract_id = models.UUIDField()
    service_id = models.UUIDField(null=True)
    group = models.TextField()
    line = models.TextField()
    period_on = models.DateField()
    billable_on = models.DateField()
    quantity = models.BigIntegerField(default=1)
    unit = models.TextField(default="")
    amount_micros = models.BigIntegerField()
    vat_rate_pct = models.DecimalField(max_digits=5, decimal_places=2)
    words = models.JSONField()
    finding = models.JSONField(null=True)
    clauses = models.JSONField()
    key = models.TextField()
    made_at = models.DateTimeField()
    invoice_id = models.UUIDField(null=True)

    class Meta:
        db_table = "charge"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "key"], name="charge_key"),
            TenantReference(field="contract_id", to="contract", name="charge_contract"),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "contract_id", "billable_on"],
                name="charge_open",
                condition=Q(invoice_id__isnull=True),
            ),
            models.Index(fields=["tenant_id", "invoice_id"], name="charge_of_invoice"),
            models.Index(fields=["tenant_id", "service_id", "period_on"], name="charge_of_service"),
        )
