"""The tables of safety rules, authorised persons and visits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from spojka.access.database.constraints import TenantReference


class SafetyRules(models.Model):
    """One version of the fire and safety rules; the highest is in force."""

    pk = models.CompositePrimaryKey("tenant_id", "version")
    tenant_id = models.UUIDField()
    version = models.IntegerField()
    text = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.TextField()

    class Meta:
        db_table = "safety_rules"
        constraints = (models.CheckConstraint(condition=Q(version__gt=0) & ~Q(text=""), name="safety_rules_text"),)


class SitePerson(models.Model):
    """Somebody whom a subscriber sends to the premises."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    contract_id = models.UUIDField()
    name = models.TextField()
    authorised_at = models.DateTimeField()
    authorised_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "site_person"
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="site_person_name"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("authorised_at")),
                name="site_person_time",
            ),
            TenantReference(field="contract_id", to="contract", name="site_person_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "contract_id", "authorised_at"], name="site_person_ix"),)


class SafetyAcknowledgement(models.Model):
    """A person acknowledged a version of the rules."""

    pk = models.CompositePrimaryKey("tenant_id", "person_id", "version")
    tenant_id = models.UUIDField()
    person_id = models.UUIDField()
    version = models.IntegerField()
    acknowledged_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        db_table = "safety_acknowledgement"
        constraints = (TenantReference(field="person_id", to="site_person", name="safety_acknowledgement_of"),)


class SiteVisit(models.Model):
    """A pass for a day: who comes, with whom, and under which version of the rules."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    person_id = models.UUIDField()
    visits_on = models.DateField()
    companions = models.JSONField()
    version = models.IntegerField(null=True)
    issued_at = models.DateTimeField()
    issued_by = models.TextField()

    class Meta:
        db_table = "site_visit"
        constraints = (TenantReference(field="person_id", to="site_person", name="site_visit_of"),)
        indexes = (models.Index(fields=["tenant_id", "person_id", "visits_on"], name="site_visit_ix"),)
