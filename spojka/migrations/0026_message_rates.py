"""Counts of messages by second, and the index by which the few messages that went wrong are found."""

from django.db import migrations

RATES = """
CREATE TABLE message_rate (
    tenant_id uuid NOT NULL,
    at timestamptz NOT NULL,
    source uuid NOT NULL,
    link text COLLATE "C" NOT NULL,
    accepted bigint NOT NULL,
    sent bigint NOT NULL,
    delivered bigint NOT NULL,
    failed bigint NOT NULL,
    uncertain bigint NOT NULL,
    gone bigint NOT NULL,
    PRIMARY KEY (tenant_id, at, source, link)
) WITH (fillfactor = 50);
CREATE INDEX message_event_rare ON message_event (tenant_id, kind, message_id)
    WHERE kind IN ('failed', 'undelivered', 'uncertain', 'unknown', 'cancelled', 'expired');
"""

GONE = """
DROP TABLE message_rate;
DROP INDEX message_event_rare;
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0025_queue_kinds")]
    operations = [migrations.RunSQL(RATES, GONE)]
