"""What was deleted unread is counted by application: erased items of an inbox are found by their end."""

from django.db import migrations

ENDED = """
CREATE INDEX message_inbox_ended ON message_inbox (tenant_id, application_id, expires_at) WHERE erased;
"""

GONE = "DROP INDEX message_inbox_ended"


class Migration(migrations.Migration):
    dependencies = [("spojka", "0035_program_downloads")]
    operations = [migrations.RunSQL(ENDED, GONE)]
