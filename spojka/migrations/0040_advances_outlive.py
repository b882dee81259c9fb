from django.db import migrations, models

BY_PERIOD = """
ALTER TABLE spending_advance DROP CONSTRAINT spending_advance_pkey, ADD PRIMARY KEY (tenant_id, payment_id, period_on);
"""

ONCE = """
DELETE FROM spending_advance a USING spending_advance b
WHERE b.tenant_id = a.tenant_id AND b.payment_id = a.payment_id AND b.period_on > a.period_on;
ALTER TABLE spending_advance DROP CONSTRAINT spending_advance_pkey, ADD PRIMARY KEY (tenant_id, payment_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("spojka", "0039_sign_in_failures"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(BY_PERIOD, ONCE)],
            [
                migrations.AlterField(
                    "SpendingAdvance",
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "payment_id", "period_on", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        ),
    ]
