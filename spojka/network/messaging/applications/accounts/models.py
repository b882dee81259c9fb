"""The table of accounts that programs bind with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class BindAccount(models.Model):
    """A system_id of an application and the hash of its password; closed when it was set anew or revoked."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    application_id = models.UUIDField()
    system_id = models.TextField(db_collation="C")
    password_hash = models.TextField()
    message_class = models.TextField()
    purpose = models.TextField()
    most_binds = models.IntegerField()
    window = models.IntegerField()
    long_texts = models.TextField()
    set_at = models.DateTimeField()
    set_by = models.TextField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bind_account"
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "system_id"], name="bind_account_system_id", condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(message_class__in=["standard", "priority"]), name="bind_account_message_class"
            ),
            models.CheckConstraint(condition=Q(purpose__in=["commercial", "service"]), name="bind_account_purpose"),
            models.CheckConstraint(condition=Q(long_texts__in=["payload", "parts"]), name="bind_account_long_texts"),
            models.CheckConstraint(condition=Q(most_binds__gt=0, window__gt=0), name="bind_account_bounds"),
            TenantReference(field="application_id", to="application", name="bind_account_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "application_id"], name="bind_account_ix"),)
