"""
What a sender knows of itself: its last page, parts that wait for each other, receipts that found no part, its lines.

Messages that are to leave later have an index of their own, and those of one application and class are read in their
order without the others. The walls make way to the tables' owner while what waits for later is marked, of every tenant.
"""

from django.db import migrations, models
from django.db.models import Q

SENDING = """
CREATE TABLE message_page (
    tenant_id uuid NOT NULL,
    sender uuid NOT NULL,
    page uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, sender)
) WITH (fillfactor = 20);
CREATE TABLE message_cursor (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    after uuid NOT NULL,
    PRIMARY KEY (tenant_id, name)
) WITH (fillfactor = 20);
CREATE TABLE message_overdue (
    tenant_id uuid NOT NULL,
    message_id uuid NOT NULL,
    look_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
);
CREATE INDEX message_overdue_at ON message_overdue (tenant_id, look_at);
ALTER TABLE message_fragment ADD COLUMN place text NOT NULL DEFAULT 'open'
    CHECK (place IN ('open', 'done', 'repeated'));
CREATE INDEX message_fragment_age ON message_fragment (tenant_id, place, received_at);
ALTER TABLE message_receipt ADD COLUMN given_up_at timestamptz, ADD COLUMN reason text NOT NULL DEFAULT '';
CREATE INDEX message_receipt_age ON message_receipt (tenant_id, received_at);
ALTER TABLE message_queue ADD COLUMN later_at timestamptz;
ALTER TABLE message_queue NO FORCE ROW LEVEL SECURITY;
UPDATE message_queue SET later_at = ready_at WHERE kind = 'sms' AND state = 'waiting' AND ready_at > now();
ALTER TABLE message_queue FORCE ROW LEVEL SECURITY;
CREATE INDEX message_queue_later ON message_queue (tenant_id, later_at) WHERE later_at IS NOT NULL;
CREATE INDEX message_queue_end ON message_queue (tenant_id, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX message_queue_line ON message_queue (tenant_id, application_id, class, id);
DROP INDEX message_queue_of;
"""

GONE = """
DROP TABLE message_page, message_cursor, message_overdue;
DROP INDEX message_fragment_age;
ALTER TABLE message_fragment DROP COLUMN place;
DROP INDEX message_receipt_age;
ALTER TABLE message_receipt DROP COLUMN given_up_at, DROP COLUMN reason;
CREATE INDEX message_queue_of ON message_queue (tenant_id, application_id, id);
DROP INDEX message_queue_line, message_queue_end, message_queue_later;
ALTER TABLE message_queue DROP COLUMN later_at;
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0026_message_rates")]
    operations = [
        migrations.RunSQL(SENDING, GONE),
        migrations.AddField("Route", "queries", models.BooleanField(default=False)),
        migrations.AddField("Route", "multi", models.IntegerField(default=0)),
        migrations.AddField("Route", "presents", models.TextField(default="")),
        migrations.AddConstraint(
            "Route",
            models.CheckConstraint(condition=Q(multi__gte=0, multi__lte=254), name="message_route_multi"),
        ),
    ]
