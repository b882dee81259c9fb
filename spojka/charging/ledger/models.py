"""The tables of the ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class LedgerEntry(models.Model):
    """One event in the books."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    booked_on = models.DateField()
    made_at = models.DateTimeField()
    kind = models.TextField()
    reference = models.TextField()

    class Meta:
        db_table = "ledger_entry"
        constraints = (models.UniqueConstraint(fields=["tenant_id", "kind", "reference"], name="ledger_entry_once"),)


class LedgerPosting(models.Model):
    """A debit (above zero) or a credit (below zero) of one account, in micro-units."""

    pk = models.CompositePrimaryKey("tenant_id", "entry_id", "position")
    tenant_id = models.UUIDField()
    entry_id = models.UUIDField()
    position = models.IntegerField()
    account = models.TextField()
    party_id = models.UUIDField(null=True)
    amount_micros = models.BigIntegerField()

    class Meta:
        db_table = "ledger_posting"
        constraints = (
            models.CheckConstraint(condition=~Q(amount_micros=0), name="ledger_posting_not_zero"),
            TenantReference(field="entry_id", to="ledger_entry", name="ledger_posting_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "party_id", "account"], name="ledger_posting_party"),)
