"""The outbox of notices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Notice(models.Model):
    """One notice to one recipient by one channel."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    party_id = models.UUIDField()
    service_id = models.UUIDField(null=True)
    kind = models.TextField()
    channel = models.TextField()
    recipient = models.TextField()
    language = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    clauses = models.JSONField()
    invoice_id = models.UUIDField(null=True)
    key = models.TextField()
    state = models.TextField(default="queued")
    attempts = models.IntegerField(default=0)
    written_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    proof = models.JSONField(null=True)

    class Meta:
        db_table = "notice"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "key"], name="notice_key"),
            models.CheckConstraint(condition=Q(channel__in=["email", "sms", "portal"]), name="notice_channel"),
            models.CheckConstraint(condition=Q(state__in=["queued", "sent", "failed"]), name="notice_state"),
            TenantReference(field="party_id", to="party", name="notice_party"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "next_at"], name="notice_due", condition=Q(state="queued")),
            models.Index(fields=["tenant_id", "party_id", "written_at"], name="notice_of_party"),
        )
