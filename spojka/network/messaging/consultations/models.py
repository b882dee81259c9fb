"""The table of consultations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Consultation(models.Model):
    """A written request for an expert, the offer made for it, and the agreement with its number."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    state = models.TextField()
    channel = models.TextField()
    text = models.TextField()
    requested_at = models.DateTimeField()
    requested_by = models.TextField()
    scope = models.TextField(blank=True)
    content = models.TextField(blank=True)
    price_micros = models.BigIntegerField(null=True)
    offered_at = models.DateTimeField(null=True)
    offered_by = models.TextField(blank=True)
    agreement = models.TextField(null=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)

    class Meta:
        db_table = "consultation"
        constraints = (
            models.CheckConstraint(
                condition=Q(channel__in=["letter", "email", "portal"]) & ~Q(text=""), name="consultation_written"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "offered", "withdrawn"], agreement__isnull=True)
                | Q(
                    state__in=["agreed", "done"],
                    agreement__isnull=False,
                    agreed_at__isnull=False,
                    price_micros__isnull=False,
                ),
                name="consultation_agreed",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="consultation_done",
            ),
            models.CheckConstraint(
                condition=Q(price_micros__isnull=True) | Q(price_micros__gte=0), name="consultation_price"
            ),
            models.UniqueConstraint(fields=["tenant_id", "agreement"], name="consultation_agreement"),
            TenantReference(field="service_id", to="service", name="consultation_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "requested_at"], name="consultation_ix"),)
