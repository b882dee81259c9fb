"""The tables of payments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Payment(models.Model):
    """Money that was credited to the provider's account."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    source = models.TextField()
    source_id = models.TextField()
    received_on = models.DateField()
    amount_micros = models.BigIntegerField()
    allocated_micros = models.BigIntegerField(default=0)
    variable_symbol = models.TextField(blank=True)
    counter_account = models.TextField(blank=True)
    message = models.TextField(blank=True)
    party_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "payment"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "source", "source_id"], name="payment_once"),
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="payment_above_zero"),
            models.CheckConstraint(
                condition=Q(allocated_micros__gte=0, allocated_micros__lte=models.F("amount_micros")),
                name="payment_allocated",
            ),
        )
        indexes = (
            models.Index(fields=["tenant_id", "received_on"], name="payment_day"),
            models.Index(
                fields=["tenant_id", "party_id"],
                name="payment_open",
                condition=Q(allocated_micros__lt=models.F("amount_micros")),
            ),
            models.Index(fields=["tenant_id", "party_id", "received_on"], name="payment_of_party"),
        )


class PaymentAllocation(models.Model):
    """The part of a payment that settles a part of an invoice."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    payment_id = models.UUIDField()
    invoice_id = models.UUIDField()
    amount_micros = models.BigIntegerField()
    allocated_at = models.DateTimeField()

    class Meta:
        db_table = "payment_allocation"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "payment_id", "invoice_id"], name="payment_allocation_once"),
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="payment_allocation_above_zero"),
            TenantReference(field="payment_id", to="payment", name="payment_allocation_payment"),
            TenantReference(field="invoice_id", to="invoice", name="payment_allocation_invoice"),
        )
        indexes = (models.Index(fields=["tenant_id", "invoice_id"], name="payment_allocation_ix"),)
