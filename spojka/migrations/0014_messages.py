"""
Messages, their queue and events, repeated submissions, counters of limits, and the inbox.

What grows with traffic is partitioned by the month that ids carry (UUIDv7); `messages.partitions` makes the months.
The queue holds only what has not left yet, so it is cleaned early and its pages have room.
"""

from django.db import migrations

MESSAGES = """
CREATE TABLE message (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('sms', 'mms')),
    class text NOT NULL CHECK (class IN ('standard', 'priority')),
    purpose text NOT NULL CHECK (purpose IN ('commercial', 'service')),
    recipient text COLLATE "C" NOT NULL,
    sender text COLLATE "C" NOT NULL,
    sender_kind text NOT NULL CHECK (sender_kind IN ('app_number', 'msisdn', 'nickname')),
    network text NOT NULL,
    destination text NOT NULL CHECK (destination IN ('own', 'other_cz', 'foreign')),
    coding text NOT NULL,
    parts int NOT NULL CHECK (parts > 0),
    body bytea,
    body_hash bytea NOT NULL,
    reference text COLLATE "C",
    certificate bytea,
    options jsonb NOT NULL,
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX message_to ON message (tenant_id, recipient, id);
CREATE INDEX message_of ON message (tenant_id, application_id, id);
CREATE TABLE message_rest PARTITION OF message DEFAULT;

CREATE TABLE message_queue (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    class text NOT NULL,
    parts int NOT NULL,
    ready_at timestamptz NOT NULL,
    expires_at timestamptz,
    state text NOT NULL CHECK (state IN ('waiting', 'claimed')),
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX message_queue_of ON message_queue (tenant_id, application_id, id);

CREATE TABLE message_event (
    tenant_id uuid NOT NULL,
    message_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'sent', 'failed', 'deferred', 'uncertain', 'delivered', 'undelivered', 'enroute', 'unknown', 'cancelled', 'expired'
    )),
    part int NOT NULL,
    at timestamptz NOT NULL,
    link text,
    remote_id text COLLATE "C",
    detail jsonb,
    PRIMARY KEY (tenant_id, message_id, id)
) PARTITION BY RANGE (message_id);
CREATE INDEX message_event_remote ON message_event (tenant_id, link, remote_id) WHERE kind = 'sent';
CREATE TABLE message_event_rest PARTITION OF message_event DEFAULT;

CREATE TABLE message_key (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    reference text COLLATE "C" NOT NULL,
    message_id uuid NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, application_id, reference)
);
CREATE INDEX message_key_age ON message_key (tenant_id, at);

CREATE TABLE message_counter (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    period text NOT NULL CHECK (period IN ('day', 'month')),
    period_on date NOT NULL,
    used bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (tenant_id, application_id, period, period_on)
) WITH (fillfactor = 50);

CREATE TABLE message_receipt (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    link text NOT NULL,
    remote_id text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    state text NOT NULL,
    detail jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX message_receipt_parked ON message_receipt (tenant_id, link, remote_id);

CREATE TABLE message_inbox (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('sms', 'mms', 'report')),
    sender text COLLATE "C" NOT NULL,
    network text NOT NULL,
    dialled text COLLATE "C" NOT NULL,
    content jsonb,
    message_id uuid,
    received_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    fetched_at timestamptz,
    acked_at timestamptz,
    erased boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX message_inbox_pending ON message_inbox (tenant_id, application_id, id) WHERE acked_at IS NULL AND NOT erased;
CREATE INDEX message_inbox_end ON message_inbox (tenant_id, expires_at) WHERE NOT erased;
"""

GONE = "DROP TABLE message, message_queue, message_event, message_key, message_counter, message_receipt, message_inbox"


class Migration(migrations.Migration):
    dependencies = [("spojka", "0013_readers_and_advances")]
    operations = [migrations.RunSQL(MESSAGES, GONE)]
