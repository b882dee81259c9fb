"""The tables of complaints, warnings and claims of damages."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from spojka.access.database.constraints import TenantReference


class Complaint(models.Model):
    """A complaint about a message, or a case about what messages say, on one service."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    party_id = models.UUIDField()
    ground = models.TextField()
    complainant = models.TextField(blank=True)
    phone = models.TextField(blank=True, db_collation="C")
    text = models.TextField(blank=True)
    happened_at = models.DateTimeField(null=True)
    matched_by = models.TextField()
    evidence = models.JSONField()
    state = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True)
    decision = models.TextField(blank=True)

    class Meta:
        db_table = "complaint"
        constraints = (
            models.CheckConstraint(
                condition=Q(ground__in=["SPAM", "HARM_PROVIDER", "HARM_SUBSCRIBERS", "SERVICE_IMPACT", "UNLAWFUL"]),
                name="complaint_ground",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "suspended", "terminated", "closed"]), name="complaint_state"
            ),
            models.CheckConstraint(condition=~Q(ground="SPAM") | ~Q(phone=""), name="complaint_of_recipient"),
            TenantReference(field="service_id", to="service", name="complaint_about"),
            TenantReference(field="party_id", to="party", name="complaint_party"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "service_id", "opened_at"], name="complaint_ix"),
            models.Index(fields=["tenant_id", "opened_at"], name="complaint_opened_ix"),
        )


class ComplaintWarning(models.Model):
    """A warning to a subscriber; its delivery is that of its notices, or one that was proved otherwise."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    case_id = models.UUIDField()
    service_id = models.UUIDField()
    kind = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.TextField()
    delivered_at = models.DateTimeField(null=True)
    proof = models.TextField(blank=True)

    class Meta:
        db_table = "complaint_warning"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "case_id"], name="complaint_warning_once"),
            models.CheckConstraint(condition=Q(kind__in=["spam", "content"]), name="complaint_warning_kind"),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True, proof="")
                | (Q(delivered_at__gte=F("written_at")) & ~Q(proof="")),
                name="complaint_warning_proof",
            ),
            TenantReference(field="case_id", to="complaint", name="complaint_warning_case"),
            TenantReference(field="service_id", to="service", name="complaint_warning_service"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "kind"], name="complaint_warning_ix"),)


class DamagesClaim(models.Model):
    """Damages for what messages said: claimed with a calculation, asserted after a warning."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    case_id = models.UUIDField()
    amount_micros = models.BigIntegerField()
    calculation = models.TextField()
    due_on = models.DateField()
    claimed_at = models.DateTimeField()
    claimed_by = models.TextField()
    asserted_at = models.DateTimeField(null=True)
    asserted_by = models.TextField(blank=True)

    class Meta:
        db_table = "damages_claim"
        constraints = (
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="damages_claim_amount"),
            TenantReference(field="case_id", to="complaint", name="damages_claim_case"),
        )
        indexes = (models.Index(fields=["tenant_id", "case_id"], name="damages_claim_ix"),)
