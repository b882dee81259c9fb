"""The tables of certificates, of the authorities' roots, of reports, and the version that gateways poll."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from spojka.access.database.constraints import TenantReference
from spojka.network.messaging.certificates.chains import OWN_TOOL

AUTHORITIES = ["VERISIGN", "ICA", "O2CA"]


class ConnectorCertificate(models.Model):
    """A certificate of an application; its block and a request for one are of its key wherever it is registered."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    service_id = models.UUIDField()
    party_id = models.UUIDField()
    kind = models.TextField()
    subject = models.TextField()
    issuer = models.TextField()
    serial = models.TextField(db_collation="C")
    fingerprint = models.BinaryField()
    key_digest = models.BinaryField()
    der = models.BinaryField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    owner_proof = models.JSONField()
    registered_at = models.DateTimeField()
    registered_by = models.TextField()
    block_due_at = models.DateTimeField(null=True)
    revocation_asked_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    blocked_by = models.TextField(blank=True)

    class Meta:
        db_table = "connector_certificate"
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "fingerprint", "service_id"], name="connector_certificate_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=[*AUTHORITIES, OWN_TOOL]), name="connector_certificate_kind"),
            models.CheckConstraint(condition=Q(not_before__lte=F("not_after")), name="connector_certificate_time"),
            models.CheckConstraint(
                condition=Q(revocation_asked_at__isnull=True) | Q(block_due_at__isnull=False),
                name="connector_certificate_asked",
            ),
            TenantReference(field="service_id", to="service", name="connector_certificate_of"),
            TenantReference(field="party_id", to="party", name="connector_certificate_party"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "service_id"], name="connector_certificate_ix"),
            models.Index(fields=["tenant_id", "key_digest"], name="connector_certificate_key"),
        )


class CertificateReport(models.Model):
    """Somebody reported that a certificate may be misused."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    fingerprint = models.BinaryField()
    key_digest = models.BinaryField()
    reported_at = models.DateTimeField()
    reported_by = models.TextField()
    by_contact_person = models.BooleanField()
    reason = models.TextField()
    block_due_at = models.DateTimeField()

    class Meta:
        db_table = "certificate_report"
        indexes = (models.Index(fields=["tenant_id", "key_digest", "reported_at"], name="certificate_report_ix"),)


class CertificateRoot(models.Model):
    """A certificate of an authority that certificates of a kind chain to."""

    pk = models.CompositePrimaryKey("tenant_id", "fingerprint")
    tenant_id = models.UUIDField()
    fingerprint = models.BinaryField()
    kind = models.TextField()
    subject = models.TextField()
    der = models.BinaryField()
    not_after = models.DateTimeField()
    trusted_at = models.DateTimeField()
    trusted_by = models.TextField()

    class Meta:
        db_table = "certificate_root"
        constraints = (models.CheckConstraint(condition=Q(kind__in=AUTHORITIES), name="certificate_root_kind"),)


class CertificateVersion(models.Model):
    """How often a tenant's register of certificates changed; its row also orders those who change it."""

    tenant_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField()

    class Meta:
        db_table = "certificate_version"
