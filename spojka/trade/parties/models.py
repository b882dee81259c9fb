"""The tables of parties and of the words they are found by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


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
            models.Index(fields=["tenant_id", "ico"], name="party_ico", condition=Q(ico__isnull=False)),
        )


class PartyWord(models.Model):
    """One word of a party's name, or its e-mail address, as search compares it."""

    pk = models.CompositePrimaryKey("tenant_id", "kind", "word", "party_id")
    tenant_id = models.UUIDField()
    kind = models.TextField()
    word = models.TextField(db_collation="C")
    party_id = models.UUIDField()

    class Meta:
        db_table = "party_word"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["name", "email"]), name="party_word_kind"),
            TenantReference(field="party_id", to="party", name="party_word_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "party_id", "kind", "word"], name="party_word_party"),)
