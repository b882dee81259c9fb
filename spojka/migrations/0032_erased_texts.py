"""How far the words of sent messages were erased, and which of those passed still wait."""

from django.db import migrations

ERASURE = """
CREATE TABLE message_erasure (
    tenant_id uuid PRIMARY KEY,
    up_to uuid NOT NULL,
    waiting uuid[] NOT NULL
);
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0031_queue_lines")]
    operations = [migrations.RunSQL(ERASURE, "DROP TABLE message_erasure")]
