"""A line of the queue is read in its order without what is to leave later: the index knows which that is."""

from django.db import migrations

LINES = """
DROP INDEX message_queue_line;
CREATE INDEX message_queue_line ON message_queue (tenant_id, application_id, class, later_at, id);
"""

GONE = """
DROP INDEX message_queue_line;
CREATE INDEX message_queue_line ON message_queue (tenant_id, application_id, class, id);
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0030_multimedia")]
    operations = [migrations.RunSQL(LINES, GONE)]
