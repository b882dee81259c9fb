"""The tables of consents and withdrawals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Consent(models.Model):
    """A recipient agreed to be sent messages by a subscriber."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    party_id = models.UUIDField()
    recipient = models.TextField(db_collation="C")
    scope = models.TextField()
    given_at = models.DateTimeField()
    channel = models.TextField()
    wording = models.TextField()
    evidence = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        db_table = "consent"
        constraints = (
            models.CheckConstraint(condition=Q(scope__in=["all", "commercial"]), name="consent_scope"),
            TenantReference(field="party_id", to="party", name="consent_party"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "party_id", "recipient", "given_at"], name="consent_ix"),
            models.Index(fields=["tenant_id", "party_id", "given_at", "id"], name="consent_latest"),
        )


class ConsentWithdrawal(models.Model):
    """A recipient took a consent back, or never gave one and wants no messages."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    party_id = models.UUIDField()
    recipient = models.TextField(db_collation="C")
    scope = models.TextField()
    withdrawn_at = models.DateTimeField()
    channel = models.TextField()
    source = models.TextField(blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "consent_withdrawal"
        constraints = (
            models.CheckConstraint(condition=Q(scope__in=["all", "commercial"]), name="withdrawal_scope"),
            TenantReference(field="party_id", to="party", name="withdrawal_party"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "party_id", "recipient", "withdrawn_at"], name="withdrawal_ix"),
            models.Index(fields=["tenant_id", "party_id", "withdrawn_at", "id"], name="withdrawal_latest"),
        )
