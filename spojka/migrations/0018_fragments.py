"""Parts of long messages from mobile numbers, until the others are there."""

from django.db import migrations

FRAGMENTS = """
CREATE TABLE message_fragment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    link text NOT NULL,
    source text COLLATE "C" NOT NULL,
    dialled text COLLATE "C" NOT NULL,
    reference int NOT NULL,
    total int NOT NULL,
    octets bytea NOT NULL,
    data_coding int NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX message_fragment_of ON message_fragment (tenant_id, source, dialled, reference);
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0017_number_pools")]
    operations = [migrations.RunSQL(FRAGMENTS, "DROP TABLE message_fragment")]
