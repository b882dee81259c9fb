"""The tables of contact persons and of their disclosures."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from spojka.access.database.constraints import NoOverlap, TenantReference


class ContactPerson(models.Model):
    """Who was the contact person of an application in [valid_from, valid_to)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    name = models.TextField()
    phone = models.TextField(db_collation="C")
    login = models.TextField(blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    named_by = models.TextField()

    class Meta:
        db_table = "contact_person"
        constraints = (
            NoOverlap(key="service_id", of="tstz", name="contact_person_one"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="contact_person_time"
            ),
            models.CheckConstraint(condition=~Q(name="") & Q(phone__startswith="+"), name="contact_person_reachable"),
            TenantReference(field="service_id", to="service", name="contact_person_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "service_id", "valid_from"], name="contact_person_ix"),)


class ContactDisclosure(models.Model):
    """A complainant was told who the contact person is: to whom, in which case, when, which values."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    complainant = models.TextField()
    phone = models.TextField(db_collation="C")
    case_number = models.TextField()
    told = models.JSONField()
    told_at = models.DateTimeField()
    told_by = models.TextField()

    class Meta:
        db_table = "contact_disclosure"
        constraints = (TenantReference(field="service_id", to="service", name="contact_disclosure_of"),)
        indexes = (models.Index(fields=["tenant_id", "service_id", "told_at"], name="contact_disclosure_ix"),)
