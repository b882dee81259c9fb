"""The table of parties."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Party(models.Model):
    """A person or a company."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.TextField()
    name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    folded = models.TextField(db_collation="C")
    born_on = models.DateField(null=True)
    ico = models.TextField(null=True)
    dic = models.TextField(null=True)
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    language = models.TextField(default="cs")
    street = models.TextField(blank=True)
    city = models.TextField(blank=True)
    zip_code = models.TextField(blank=True)
    country = models.TextField(default="CZ")
    roles = models.JSONField(default=list)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "party"
        constraints = (models.CheckConstraint(condition=Q(kind__in=["consumer", "business"]), name="party_kind"),)
        indexes = (
            models.Index(fields=["tenant_id", "sort_key"], name="party_order"),
            models.Index(fields=["tenant_id", "folded"], name="party_search"),
            models.Index(fields=["tenant_id", "ico"], name="party_ico", condition=Q(ico__isnull=False)),
        )
