"""Priority messages that wait are found among any number of others: they have an index of their own."""

from django.db import migrations

PRIORITY = "CREATE INDEX message_queue_priority ON message_queue (tenant_id, id) WHERE class = 'priority'"


class Migration(migrations.Migration):
    dependencies = [("spojka", "0036_uncollected_items")]
    operations = [migrations.RunSQL(PRIORITY, "DROP INDEX message_queue_priority")]
