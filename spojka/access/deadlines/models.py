"""The table of deadlines."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce


class Deadline(models.Model):
    """One thing that will happen."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    due_at = models.DateTimeField()
    operation = models.TextField()
    arguments = models.JSONField()
    subject = models.TextField()
    key = models.TextField()
    clauses = models.JSONField()
    unless_cs = models.TextField(blank=True)
    unless_en = models.TextField(blank=True)
    state = models.TextField(default="pending")
    done_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    attempts = models.IntegerField(db_default=0)
    again_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "deadline"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "key"], name="deadline_key"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "done", "cancelled", "refused"]),
                name="deadline_state",
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "due_at", "id"],
                name="deadline_due",
                condition=models.Q(state="pending"),
            ),
            models.Index(
                models.F("tenant_id"),
                Coalesce("again_at", "due_at"),
                models.F("id"),
                name="deadline_next",
                condition=models.Q(state="pending"),
            ),
            models.Index(fields=["tenant_id", "subject", "due_at"], name="deadline_subject"),
        )
