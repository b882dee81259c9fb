"""
Messages to a number are found day by day.

An index that begins with the number is written all over; with millions of messages behind them, those that came in
waited for its pages. Beginning with the day it is written in its newest part alone. The day is a column: what a policy
guards is looked up by columns, not by expressions that might tell of other rows.
"""

from django.db import migrations

BY_DAY = """
ALTER TABLE message ADD COLUMN accepted_on date NOT NULL
    GENERATED ALWAYS AS ((accepted_at AT TIME ZONE 'UTC')::date) STORED;
CREATE INDEX message_to_on ON message (tenant_id, accepted_on, recipient, id);
DROP INDEX message_to;
"""
BY_NUMBER = """
CREATE INDEX message_to ON message (tenant_id, recipient, id);
DROP INDEX message_to_on;
ALTER TABLE message DROP COLUMN accepted_on;
"""


class Migration(migrations.Migration):
    dependencies = [("spojka", "0040_advances_outlive")]
    operations = [migrations.RunSQL(BY_DAY, BY_NUMBER)]
