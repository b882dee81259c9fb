"""Parts of which nobody knows whether they were sent are found by when that happened, however many lie behind them."""

from django.db import migrations

BY_INSTANT = "CREATE INDEX message_event_uncertain ON message_event (tenant_id, at) WHERE kind = 'uncertain';"
GONE = "DROP INDEX message_event_uncertain;"


class Migration(migrations.Migration):
    dependencies = [("spojka", "0041_messages_to_numbers")]
    operations = [migrations.RunSQL(BY_INSTANT, GONE)]
