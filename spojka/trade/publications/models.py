"""The table of published editions."""

from __future__ import annotations

from django.db import models


class Publication(models.Model):
    """One edition as it was published."""

    pk = models.CompositePrimaryKey("tenant_id", "document", "edition")
    tenant_id = models.UUIDField()
    document = models.TextField()
    edition = models.TextField()
    cites_as = models.TextField()
    kind = models.TextField()
    effective_from = models.DateField()
    body = models.TextField()
    digest = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "publication"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "document", "effective_from"], name="publication_one_a_day"),
        )
