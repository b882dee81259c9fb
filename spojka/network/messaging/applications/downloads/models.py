"""The table of downloads."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class ProgramDownload(models.Model):
    """Somebody of a subscriber took a version of the program."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    party_id = models.UUIDField()
    version = models.TextField()
    sha256 = models.TextField()
    downloaded_at = models.DateTimeField()
    downloaded_by = models.TextField()

    class Meta:
        db_table = "program_download"
        constraints = (
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="program_download_sha256"),
            TenantReference(field="party_id", to="party", name="program_download_of"),
        )
        indexes = (models.Index(fields=["tenant_id", "party_id", "id"], name="program_download_ix"),)
