"""Ways to MMSCs beside those to SMS centres, the media of what handsets send, and deliveries that were kept."""

from django.db import migrations, models
from django.db.models import Q

MULTIMEDIA = """
CREATE TABLE message_medium (
    tenant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    part int NOT NULL CHECK (part > 0),
    content_type text NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (tenant_id, item_id, part)
);
CREATE TABLE message_delivery (
    tenant_id uuid NOT NULL,
    link text NOT NULL,
    transaction_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, link, transaction_id, digest)
);
CREATE INDEX message_delivery_age ON message_delivery (tenant_id, at);
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0029_consultations_and_visits")]
    operations = [
        migrations.RunSQL(MULTIMEDIA, "DROP TABLE message_medium, message_delivery"),
        migrations.AddField("Route", "kind", models.TextField(default="smpp")),
        migrations.AddField("Route", "url", models.TextField(default="")),
        migrations.AddField("Route", "vasp_id", models.TextField(default="")),
        migrations.AddField("Route", "vas_id", models.TextField(default="")),
        migrations.AddField("Route", "heard_as", models.TextField(default="")),
        migrations.AddField("Route", "heard_password", models.BinaryField(default=b"")),
        migrations.AddConstraint(
            "Route", models.CheckConstraint(condition=Q(kind__in=["smpp", "mm7"]), name="message_route_kind")
        ),
    ]
