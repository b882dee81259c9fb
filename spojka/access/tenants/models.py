"""The table of tenants, which belongs to none of them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Tenant(models.Model):
    """A provider that runs here."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    pack = models.TextField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "tenant"
