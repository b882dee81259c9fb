"""The table of orders."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class CustomerOrder(models.Model):
    """One order."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    party_id = models.UUIDField()
    service_id = models.UUIDField(null=True)
    kind = models.TextField()
    channel = models.TextField()
    evidence = models.TextField(blank=True)
    asked = models.JSONField()
    state = models.TextField()
    reason = models.TextField(blank=True)
    agent = models.TextField()
    made_at = models.DateTimeField()
    executed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customer_order"
        constraints = (
            models.CheckConstraint(condition=Q(channel__in=["paper", "electronic", "phone"]), name="order_channel"),
            models.CheckConstraint(
                condition=Q(state__in=["received", "waiting", "executed", "refused"]),
                name="order_state",
            ),
            TenantReference(field="party_id", to="party", name="order_party"),
        )
        indexes = (models.Index(fields=["tenant_id", "party_id", "made_at"], name="order_of_party"),)


class TermsAcceptance(models.Model):
    """That somebody accepted an edition by switching a service on: the proof of it (o2/10.3)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    contract_id = models.UUIDField()
    service_id = models.UUIDField()
    product = models.TextField()
    document = models.TextField()
    edition = models.TextField()
    digest = models.TextField()
    actor = models.TextField()
    channel = models.TextField()
    accepted_at = models.DateTimeField()

    class Meta:
        db_table = "terms_acceptance"
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "service_id", "document"],
                name="terms_acceptance_once",
            ),
            TenantReference(field="contract_id", to="contract", name="terms_acceptance_contract"),
            TenantReference(field="service_id", to="service", name="terms_acceptance_service"),
        )
