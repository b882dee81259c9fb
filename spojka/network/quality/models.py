"""The table of attempted calls."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class CallAttemptDay(models.Model):
    """Attempted domestic calls of one Prague day."""

    pk = models.CompositePrimaryKey("tenant_id", "attempted_on")
    tenant_id = models.UUIDField()
    attempted_on = models.DateField()
    attempts = models.BigIntegerField()
    successful = models.BigIntegerField()
    excluded = models.BigIntegerField()

    class Meta:
        db_table = "call_attempt_day"
        constraints = (
            models.CheckConstraint(
                condition=Q(successful__gte=0) & Q(excluded__gte=0) & Q(attempts__gte=F("successful") + F("excluded")),
                name="call_attempt_day_adds_up",
            ),
        )
