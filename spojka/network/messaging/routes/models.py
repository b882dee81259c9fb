"""The table of ways to SMS centres and MMSCs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Route(models.Model):
    """One way to networks."""

    pk = models.CompositePrimaryKey("tenant_id", "name")
    tenant_id = models.UUIDField()
    name = models.TextField(db_collation="C")
    kind = models.TextField(default="smpp")
    networks = ArrayField(models.TextField())
    host = models.TextField()
    port = models.IntegerField()
    system_id = models.TextField()
    password = models.BinaryField()
    encrypted = models.BooleanField(default=False)
    window = models.IntegerField(default=10)
    per_s = models.IntegerField(null=True)
    answer_ids = models.TextField(default="text")
    receipt_ids = models.TextField(default="text")
    queries = models.BooleanField(default=False)
    multi = models.IntegerField(default=0)
    presents = models.TextField(default="")
    url = models.TextField(default="")
    vasp_id = models.TextField(default="")
    vas_id = models.TextField(default="")
    heard_as = models.TextField(default="")
    heard_password = models.BinaryField(default=b"")
    set_at = models.DateTimeField()

    class Meta:
        db_table = "message_route"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["smpp", "mm7"]), name="message_route_kind"),
            models.CheckConstraint(condition=Q(port__gt=0, port__lt=65536), name="message_route_port"),
            models.CheckConstraint(condition=Q(window__gt=0, window__lte=1000), name="message_route_window"),
            models.CheckConstraint(condition=Q(per_s__isnull=True) | Q(per_s__gt=0), name="message_route_pace"),
            models.CheckConstraint(condition=Q(multi__gte=0, multi__lte=254), name="message_route_multi"),
            models.CheckConstraint(
                condition=Q(answer_ids__in=["text", "decimal", "hex"], receipt_ids__in=["text", "decimal", "hex"]),
                name="message_route_ids",
            ),
        )
