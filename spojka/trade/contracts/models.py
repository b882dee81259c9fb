"""The tables of contracts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Contract(models.Model):
    """One contract with one party."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    number = models.TextField()
    party_id = models.UUIDField()
    product = models.TextField()
    state = models.TextField()
    signed_at = models.DateTimeField()
    signed_on = models.DateField()
    channel = models.TextField()
    proof = models.TextField()
    editions = models.JSONField()
    declared_no_resale = models.BooleanField(default=False)
    committed_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contract"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=["draft", "concluded", "ended"]), name="contract_state"),
            models.CheckConstraint(condition=Q(state="draft") | ~Q(proof=""), name="contract_proof"),
            TenantReference(field="party_id", to="party", name="contract_party"),
        )
        indexes = (models.Index(fields=["tenant_id", "party_id"], name="contract_of_party"),)


class ContractNumber(models.Model):
    """A public number (variable symbol) of a contract, kept as an alias forever."""

    pk = models.CompositePrimaryKey("tenant_id", "number")
    tenant_id = models.UUIDField()
    number = models.TextField()
    contract_id = models.UUIDField()
    given_at = models.DateTimeField()

    class Meta:
        db_table = "contract_number"
        constraints = (TenantReference(field="contract_id", to="contract", name="contract_number_of"),)


class NumberSeries(models.Model):
    """The next number of a series without gaps."""

    pk = models.CompositePrimaryKey("tenant_id", "series")
    tenant_id = models.UUIDField()
    series = models.TextField()
    next_value = models.BigIntegerField()

    class Meta:
        db_table = "number_series"
