"""The tables of applications, their options and limits."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class Application(models.Model):
    """A service of a connector product; its id is the service's."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    party_id = models.UUIDField()
    product = models.TextField()
    name = models.TextField()
    app_number = models.TextField(db_collation="C")
    msisdn = models.TextField(db_collation="C")
    consent_mode = models.TextField(default="attest")
    opt_out_route = models.TextField(blank=True)
    webhook_url = models.TextField(blank=True)
    webhook_secret = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "application"
        constraints = (
            models.CheckConstraint(
                condition=Q(product__in=["SMSC", "SMSC_PLUS", "SMSC_EXTRA", "MMSC"]), name="application_product"
            ),
            models.CheckConstraint(condition=Q(consent_mode__in=["attest", "enforce"]), name="application_consent"),
            models.UniqueConstraint(
                fields=["tenant_id", "app_number"], name="application_number", condition=Q(closed_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "msisdn"], name="application_msisdn", condition=Q(closed_at__isnull=True)
            ),
            TenantReference(field="id", to="service", name="application_service"),
            TenantReference(field="party_id", to="party", name="application_party"),
        )
        indexes = (models.Index(fields=["tenant_id", "party_id"], name="application_of_party"),)


class ApplicationOption(models.Model):
    """An optional function of an application: more throughput, a nickname, an SLA (o2/5.1)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    application_id = models.UUIDField()
    kind = models.TextField()
    value = models.TextField()
    folded = models.TextField(db_collation="C")
    state = models.TextField()
    reason = models.TextField(blank=True)
    channel = models.TextField()
    caller = models.TextField()
    evidence = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    active_from = models.DateTimeField(null=True)
    active_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "application_option"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["throughput", "nickname", "sla"]), name="application_option_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "checked", "refused", "active", "ended"]),
                name="application_option_state",
            ),
            TenantReference(field="application_id", to="application", name="application_option_of"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "application_id", "kind"], name="application_option_ix"),
            models.Index(
                fields=["tenant_id", "folded"],
                name="application_nickname",
                condition=Q(kind="nickname", state__in=["requested", "checked", "active"]),
            ),
        )


class ApplicationLimit(models.Model):
    """A limit of messages a day or a month from an instant on; the last one counts (o2/3.3)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    application_id = models.UUIDField()
    period = models.TextField()
    asked = models.BigIntegerField()
    granted = models.BigIntegerField(null=True)
    state = models.TextField()
    reason = models.TextField(blank=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    decided_by = models.TextField(blank=True)
    valid_from = models.DateTimeField(null=True)

    class Meta:
        db_table = "application_limit"
        constraints = (
            models.CheckConstraint(condition=Q(period__in=["day", "month"]), name="application_limit_period"),
            models.CheckConstraint(
                condition=Q(state="granted", granted__gte=0, valid_from__isnull=False)
                | Q(state__in=["asked", "rejected"], granted__isnull=True),
                name="application_limit_state",
            ),
            TenantReference(field="application_id", to="application", name="application_limit_of"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "application_id", "period", "valid_from"], name="application_limit_ix"),
        )


class ResaleConsent(models.Model):
    """The provider's consent that a subscriber serves another company, as it was asked for and decided (o2/8.4)."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    party_id = models.UUIDField()
    company = models.TextField()
    folded = models.TextField(db_collation="C")
    scope = models.TextField()
    state = models.TextField()
    document = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "resale_consent"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["asked"], decided_at__isnull=True)
                | Q(state__in=["granted", "rejected", "withdrawn"], decided_at__isnull=False),
                name="resale_consent_state",
            ),
            models.CheckConstraint(condition=~Q(state="granted") | ~Q(document=""), name="resale_consent_document"),
            TenantReference(field="party_id", to="party", name="resale_consent_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "party_id", "folded"], name="resale_consent_ix"),)
