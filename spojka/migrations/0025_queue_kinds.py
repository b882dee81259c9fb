"""
The queue knows the kind of its messages, so that each sender reads its own; MMS are few and have an index of their own.

A new column with a constant takes no time however long the queue is; only waiting MMS are touched, of every tenant, for
which the walls make way to the tables' owner.
"""

from django.db import migrations

KINDS = """
ALTER TABLE message_queue ADD COLUMN kind text NOT NULL DEFAULT 'sms' CHECK (kind IN ('sms', 'mms'));
ALTER TABLE message NO FORCE ROW LEVEL SECURITY;
ALTER TABLE message_queue NO FORCE ROW LEVEL SECURITY;
UPDATE message_queue q SET kind = m.kind FROM message m
WHERE m.tenant_id = q.tenant_id AND m.id = q.id AND m.kind <> 'sms';
ALTER TABLE message FORCE ROW LEVEL SECURITY;
ALTER TABLE message_queue FORCE ROW LEVEL SECURITY;
CREATE INDEX message_queue_mms ON message_queue (tenant_id, id) WHERE kind = 'mms';
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0024_consents_latest")]
    operations = [migrations.RunSQL(KINDS, "ALTER TABLE message_queue DROP COLUMN kind")]
